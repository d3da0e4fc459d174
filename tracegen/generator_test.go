package tracegen

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// overrides are the configurations that a property must hold in.
func overrides() map[string]Config {
	all := map[string]Config{}
	for name, change := range map[string]func(*Config){
		"default":     func(*Config) {},
		"all OTLP":    func(c *Config) { c.Protocol = OTLPHTTP },
		"all Zipkin":  func(c *Config) { c.Protocol = ZipkinJSON },
		"1.20 Zipkin": func(c *Config) { c.Protocol, c.Convention = ZipkinProto, V120 },
		"1.44":        func(c *Config) { c.Convention = V144 },
		"small":       func(c *Config) { c.Spans = 6 },
		"large":       func(c *Config) { c.Spans = 200 },
		"faulty":      func(c *Config) { c.Faults, c.Errors = 0.6, 0.4 },
	} {
		cfg := DefaultConfig()
		change(&cfg)
		all[name] = cfg
	}
	return all
}

func TestSameSeedSameBytes(t *testing.T) {
	for name, cfg := range overrides() {
		t.Run(name, func(t *testing.T) {
			first, err := Corpus(cfg, 100, 10)
			require.NoError(t, err)
			second, err := Corpus(cfg, 100, 10)
			require.NoError(t, err)
			require.Equal(t, first, second)

			cfg.Seed++
			other, err := Corpus(cfg, 100, 10)
			require.NoError(t, err)
			assert.NotEqual(t, first, other)
		})
	}
}

// The length of a request must not depend on when it happens.
func TestTimeOnlyMovesTraces(t *testing.T) {
	a, b := newGenerator(t, DefaultConfig()), newGenerator(t, DefaultConfig())
	later := 90 * time.Minute
	for range 200 {
		first, second := a.Next(testEnd), b.Next(testEnd.Add(later))
		require.Equal(t, len(first.Spans), len(second.Spans))
		for i := range first.Spans {
			s := second.Spans[i]
			s.Start, s.End = s.Start-int64(later), s.End-int64(later)
			require.Equal(t, first.Spans[i], s)
		}
	}
}

func TestTreesAreValid(t *testing.T) {
	for name, cfg := range overrides() {
		t.Run(name, func(t *testing.T) {
			g := newGenerator(t, cfg)
			for range 400 {
				checkTree(t, g, g.Next(testEnd))
			}
		})
	}
}

type spanKey struct {
	id     SpanID
	shared bool
}

func checkTree(t *testing.T, g *Generator, r *Request) {
	t.Helper()
	byKey := map[spanKey]*Span{}
	shared, last := 0, int64(0)
	for i := range r.Spans {
		s := &r.Spans[i]
		require.Equal(t, r.TraceID, s.TraceID)
		require.NotContains(t, byKey, spanKey{s.ID, s.Shared}, "id twice")
		byKey[spanKey{s.ID, s.Shared}] = s
		require.Greater(t, s.End, s.Start)
		require.Zero(t, s.Start%1000+s.End%1000, "whole microseconds")
		last = max(last, s.End)
		if s.Shared {
			shared++
		}
		if i == 0 {
			require.True(t, s.Parent.IsZero())
			require.Equal(t, r.Entry, s.Service)
			continue
		}
		checkParent(t, g, byKey, s)
	}
	require.Equal(t, shared, r.Shared)
	require.Equal(t, testEnd.UnixMicro()*1000, last, "the last span ends at the end")
}

func checkParent(t *testing.T, g *Generator, byKey map[spanKey]*Span, s *Span) {
	t.Helper()
	parent := byKey[spanKey{s.Parent, false}]
	if joined := byKey[spanKey{s.Parent, true}]; joined != nil && joined.Service == s.Service {
		parent = joined
	}
	if s.Shared {
		parent = byKey[spanKey{s.ID, false}]
		require.Equal(t, Client, parent.Kind)
		require.Equal(t, Server, s.Kind)
		require.Equal(t, parent.Parent, s.Parent, "both sides report the client's parent")
		require.NotEqual(t, parent.Service, s.Service)
		for _, service := range []int{parent.Service, s.Service} {
			require.Equal(t, Brave, g.Services()[service].Convention)
			require.True(t, g.Services()[service].Protocol.isZipkin())
		}
	}
	require.NotNil(t, parent, "parent of %s exists", s.Name)
	require.GreaterOrEqual(t, s.Start, parent.Start)
	switch s.Kind {
	case Consumer:
		require.Equal(t, Producer, parent.Kind)
		require.NotEqual(t, parent.Service, s.Service)
		require.Greater(t, s.Start, parent.End, "a message is taken up after it was sent")
		return
	case Server:
		require.Equal(t, Client, parent.Kind)
	default:
		require.Equal(t, parent.Service, s.Service)
	}
	require.LessOrEqual(t, s.End, parent.End, "%s within %s", s.Name, parent.Name)
}

func TestTraceIDsHaveTheEntrysWidth(t *testing.T) {
	g := newGenerator(t, DefaultConfig())
	short := 0
	for range 500 {
		r := g.Next(testEnd)
		brave := g.Services()[r.Entry].Convention == Brave
		require.Equal(t, brave, r.TraceID.Is64Bit())
		if brave {
			short++
		}
	}
	assert.InDelta(t, 200, short, 80)
}

func TestTheShopIsPolyglot(t *testing.T) {
	g := newGenerator(t, DefaultConfig())
	languages, protocols := map[string]bool{}, map[Protocol]bool{}
	kinds, scopes := map[Kind]bool{}, map[Scope]bool{}
	seen := map[int]bool{}
	for range 2000 {
		for _, s := range g.Next(testEnd).Spans {
			service := g.Services()[s.Service]
			languages[service.Language], protocols[service.Protocol] = true, true
			kinds[s.Kind], scopes[s.Scope], seen[s.Service] = true, true, true
		}
	}
	assert.GreaterOrEqual(t, len(seen), 9)
	assert.Len(t, seen, len(g.Services()))
	assert.Len(t, languages, 4)
	assert.Len(t, protocols, 4)
	assert.Len(t, kinds, 5)
	assert.Len(t, scopes, int(scopeCount))
}

func TestSpansScale(t *testing.T) {
	for _, spans := range []int{6, 12, 24, 60, 300} {
		cfg := DefaultConfig()
		cfg.Spans = spans
		g := newGenerator(t, cfg)
		total := 0
		for range 3000 {
			total += len(g.Next(testEnd).Spans)
		}
		assert.InEpsilon(t, spans, float64(total)/3000, 0.25, "about %d", spans)
	}
}

// durations are those of roots by route, in seconds, sorted.
func durations(g *Generator, requests int) map[string][]float64 {
	all := map[string][]float64{}
	for range requests {
		r := g.Next(testEnd)
		root := r.Spans[0]
		all[r.Route] = append(all[r.Route], float64(root.End-root.Start)/1e9)
	}
	for _, d := range all {
		slices.Sort(d)
	}
	return all
}

func TestLatenciesArePlausible(t *testing.T) {
	cfg := DefaultConfig()
	cfg.Faults, cfg.Errors = 0, 0
	all := durations(newGenerator(t, cfg), 20_000)
	for route, d := range all {
		median, p99 := d[len(d)/2], d[len(d)*99/100]
		assert.Greater(t, p99/median, 1.1, route)
		assert.Less(t, p99/median, 4.0, route)
	}
	// A threshold that spares the report's ordinary requests misses what is slow
	// elsewhere, and one that catches that keeps every report.
	median := func(route string) float64 { return all[route][len(all[route])/2] }
	assert.Less(t, median("GET /products/:item"), 0.1)
	assert.Less(t, median("POST /checkout"), 0.6)
	assert.Greater(t, median("GET /reports/daily"), 3.0)
	assert.Greater(t, median("POST /admin/reprice"), 1.0)
}

func TestLatencyIsLogNormal(t *testing.T) {
	g := newGenerator(t, DefaultConfig())
	l := around(40*time.Millisecond, 0.5)
	sum, squares, n := 0.0, 0.0, 50_000.0
	for range int(n) {
		x := math.Log(float64(l.draw(g.rng)))
		sum, squares = sum+x, squares+x*x
	}
	mean := sum / n
	assert.InDelta(t, math.Log(40_000), mean, 0.02)
	assert.InDelta(t, 0.5, math.Sqrt(squares/n-mean*mean), 0.02)
}

func TestErrorsInTheirShare(t *testing.T) {
	cfg := DefaultConfig()
	cfg.Errors, cfg.Faults = 0.2, 0
	g := newGenerator(t, cfg)
	failed, roots := 0, 0
	for range 5000 {
		r := g.Next(testEnd)
		is := slices.ContainsFunc(r.Spans, func(s Span) bool { return s.Status == Error })
		require.Equal(t, r.Failed, is)
		if is {
			failed++
		}
		if r.Spans[0].Status == Error {
			roots++
		}
	}
	assert.InDelta(t, 1000, failed, 120)
	assert.Greater(t, roots, failed/2, "most failures reach the user")
	assert.Less(t, roots, failed, "some are tolerated")
}

func TestErrorsAreToldInEachDialect(t *testing.T) {
	cfg := DefaultConfig()
	cfg.Errors, cfg.Faults = 1, 0
	g := newGenerator(t, cfg)
	seen := map[Convention]bool{}
	for range 500 {
		r := g.Next(testEnd)
		for i := range r.Spans {
			s := &r.Spans[i]
			convention := g.Services()[s.Service].Convention
			key := map[Convention]string{Brave: "error", V144: "error.type"}[convention]
			if convention == V120 || key == "error.type" && s.Kind == Internal {
				continue
			}
			has := slices.ContainsFunc(s.Attributes, func(a Attribute) bool { return a.Key == key })
			require.Equal(t, s.Status == Error, has, "%s of %s", key, s.Name)
			seen[convention] = true
		}
	}
	assert.Len(t, seen, 2)
}

func TestAttributesAreOfTheConvention(t *testing.T) {
	foreign := map[Convention][]string{
		Brave: {"http.request.method", "db.system", "net.peer.name", "server.address"},
		V120:  {"http.request.method", "db.system.name", "server.address", "url.full", "sql.query", "rpc.system.name"},
		V144:  {"http.method", "http.status_code", "db.system", "net.peer.name", "sql.query", "rpc.service"},
	}
	for name, cfg := range overrides() {
		t.Run(name, func(t *testing.T) {
			g := newGenerator(t, cfg)
			for range 200 {
				for _, s := range g.Next(testEnd).Spans {
					convention := g.Services()[s.Service].Convention
					keys := map[string]bool{}
					for _, a := range s.Attributes {
						require.False(t, keys[a.Key], "%s twice on %s", a.Key, s.Name)
						keys[a.Key] = true
						require.NotContains(t, foreign[convention], a.Key)
						if convention == Brave {
							require.Equal(t, String, a.Type)
						}
						require.False(t, a.Key != "http.route" && strings.ContainsAny(a.Str, "{}"), "%s=%s", a.Key, a.Str)
					}
					require.NotEmpty(t, keys, s.Name)
				}
			}
		})
	}
}
