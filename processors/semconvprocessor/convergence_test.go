package semconvprocessor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/tracegen"
)

// differences are what the same shop says in one of the two versions only, or in other
// words, however it is converted: kind, attribute, and why.
var differences = map[string]string{
	"Client db.user is more":                          "retired without a successor",
	"Client db.query.summary is missing":              "1.20 has none",
	"Client db.namespace differs":                     "1.20 does not name the schema",
	"Client network.peer.address is missing":          "Redis's client of 1.20 does not say it",
	"Client network.peer.port is missing":             "likewise",
	"Client error.type is missing":                    "1.20 has none",
	"Internal error.type is missing":                  "1.20 has none",
	"Producer error.type is missing":                  "1.20 has none",
	"Server error.type is missing":                    "1.20 has none",
	"Consumer messaging.client.id is missing":         "the client of 1.20 does not say it",
	"Producer messaging.client.id is missing":         "likewise",
	"Producer messaging.message.body.size is missing": "likewise",
	"Producer messaging.operation.name differs":       "the clients name their operations themselves: publish, send",
}

// TestConvergence: a shop that speaks 1.20 and is normalised says what the same shop says
// that speaks 1.44. Nobody wrote one after the other or either after the rules.
func TestConvergence(t *testing.T) {
	old, want := shop(t, tracegen.V120), shop(t, tracegen.V144)
	require.Equal(t, len(want), len(old))
	w := newWork(jobOf(t, nil))
	seen := map[string]bool{}
	differ := func(s ptrace.Span, key, how string, have, want any) {
		what := s.Kind().String() + " " + key + " " + how
		seen[what] = true
		if !assert.Contains(t, differences, what, "%s: %v, want %v", s.Name(), have, want) {
			t.FailNow() // the next thousand say the same
		}
	}
	compared := 0
	for i := range want {
		w.traces(old[i])
		once := ptrace.NewTraces()
		old[i].CopyTo(once)
		w.traces(old[i])
		require.Equal(t, once, old[i], "the second time")
		a, b := spansOf(old[i]), spansOf(want[i])
		require.Equal(t, len(b), len(a))
		for id, s := range a {
			compared++
			s2, ok := b[id]
			require.True(t, ok)
			require.Equal(t, s2.Kind(), s.Kind())
			if s.Name() != s2.Name() {
				differ(s, "@name", "differs", s.Name(), s2.Name())
			}
			have, want := s.Attributes().AsRaw(), s2.Attributes().AsRaw()
			for key, v := range want {
				if v2, ok := have[key]; !ok {
					differ(s, key, "is missing", nil, v)
				} else if v2 != v {
					differ(s, key, "differs", v2, v)
				}
			}
			for key, v := range have {
				if a := registry.Lookup(key); a != nil && key != "db.user" {
					assert.Equal(t, registry.Live, a.Deprecation, key)
				}
				if _, ok := want[key]; !ok {
					differ(s, key, "is more", v, nil)
				}
			}
		}
		again := ptrace.NewTraces()
		old[i].CopyTo(again)
		w.traces(again)
		require.Equal(t, old[i], again, "a second time")
	}
	assert.Greater(t, compared, 1000)
	for what, why := range differences {
		assert.True(t, seen[what], "%s does not differ any more (%s)", what, why)
	}
}

// shop is the traffic of a shop whose services all speak one version.
func shop(t *testing.T, c tracegen.Convention) (requests []ptrace.Traces) {
	cfg := tracegen.DefaultConfig()
	cfg.Protocol, cfg.Convention, cfg.Errors = tracegen.OTLPHTTP, c, 0.2
	g, err := tracegen.New(cfg)
	require.NoError(t, err)
	end := time.Unix(1_700_000_000, 0)
	for range 200 {
		spans := map[int][]tracegen.Span{}
		for _, s := range g.Next(end).Spans {
			spans[s.Service] = append(spans[s.Service], s)
		}
		for i := range g.Services() {
			if len(spans[i]) == 0 {
				continue
			}
			td, err := tracegen.Traces(&g.Services()[i], spans[i])
			require.NoError(t, err)
			requests = append(requests, td)
		}
	}
	return requests
}

func spansOf(td ptrace.Traces) map[string]ptrace.Span {
	list := map[string]ptrace.Span{}
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				list[s.SpanID().String()] = s
			}
		}
	}
	return list
}
