package bottleneck

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/criticalpath"
	"github.com/koine-otel/koine/spans/tree"
)

// plan is what is odd about one of the shop's requests. Its zero value is nothing.
type plan struct {
	spread          float64 // of the logarithms of all times; 0: all are the median
	skew            map[string]float64
	db, gap, net    float64 // ms more for the query, in the cart, between web and cart
	wait, audit     float64 // ms more until the mail is taken up, in what nobody waits for
	selects, prices int     // more of them
	failed          bool    // the first of the selects, all but one
	shared          bool    // the cart's server has its client's id
	lookup          bool    // the optional call
	without         string  // the name of a span that is not there
	relink          bool    // its children name its parent
	errors          map[string]uint16
}

// shop is a baseline and a judge for the traces of a small shop.
type shop struct {
	*Judge
	baseline *baseline.Baseline
	now      int64
	random   *rand.Rand
	services map[string]uint32

	trace Trace
	names []string
}

func newShop() *shop {
	b := baseline.New(baseline.Options{MaxOperations: 1000})
	return &shop{Judge: NewJudge(b), baseline: b, now: int64(time.Hour), random: rand.New(rand.NewPCG(1, 2)), services: map[string]uint32{}}
}

func (s *shop) op(service, name string, kind tree.Kind) baseline.Operation {
	id := baseline.Identity{Service: service, Name: name, Kind: kind}
	return s.baseline.Intern(id.Hash(), s.now, func() baseline.Identity { return id })
}

// span adds one at milliseconds since the trace's beginning and gives its id.
func (s *shop) span(p *plan, service, name string, kind tree.Kind, parent uint64, start, end float64) uint64 {
	number, known := s.services[service]
	if !known {
		number = uint32(len(s.services) + 1)
		s.services[service] = number
	}
	id := uint64(len(s.trace.Spans) + 1)
	at := func(ms float64) uint64 { return uint64(1e15 + (ms+p.skew[service])*1e6) }
	s.trace.Add(criticalpath.Span{ID: id, Parent: parent, Start: at(start), End: at(end), Service: number, Clock: number, Kind: kind},
		s.op(service, name, kind), p.errors[name])
	s.names = append(s.names, name)
	return id
}

// request makes a trace: web asks the cart, which reads the database, then some prices at once,
// beside an audit that is shorter than they, and has a mail sent.
func (s *shop) request(p plan) *Trace {
	s.trace.Reset()
	s.names = s.names[:0]
	ms := func(median float64) float64 { return median * math.Exp(p.spread*s.random.NormFloat64()) }
	root := s.span(&p, "web", "GET /", tree.Server, 0, 0, 0)
	call := s.span(&p, "web", "GET", tree.Client, root, 2, 0)
	cart := s.span(&p, "cart", "GET /cart", tree.Server, call, 3+p.net/2, 0)
	at := 3 + p.net/2 + ms(2)
	for i := range 1 + p.selects {
		from := at
		if at += ms(4); i == 0 {
			at += p.db
		}
		query := s.span(&p, "cart", "select", tree.Client, cart, from, at)
		if p.failed && i < p.selects {
			s.trace.Errors[query-1] = 7
		}
	}
	at += p.gap + ms(2)
	s.end(&p, cart, at)
	at += 1 + p.net/2
	s.end(&p, call, at)
	if p.lookup {
		from := at + 0.1
		at = from + ms(1)
		s.span(&p, "web", "lookup", tree.Client, root, from, at)
	}
	at += ms(1)
	last := at
	s.span(&p, "web", "audit", tree.Client, root, at, at+1+p.audit)
	for i := range 3 + p.prices {
		from := at + 0.01*float64(i)
		if i >= 3 {
			from = at + 8*float64(i-2)
		}
		to := from + ms(20)
		s.span(&p, "web", "price", tree.Client, root, from, to)
		last = max(last, to)
	}
	at = last + ms(1)
	send := s.span(&p, "web", "send", tree.Producer, root, at, at+0.5)
	at += 0.5
	taken := at + ms(30) + p.wait
	s.span(&p, "mail", "process", tree.Consumer, send, taken, taken+ms(3))
	s.end(&p, root, at+ms(2))
	if p.shared {
		s.share(call, cart)
	}
	if p.without != "" {
		s.lose(p.without, p.relink)
	}
	return &s.trace
}

func (s *shop) end(p *plan, id uint64, ms float64) {
	span := &s.trace.Spans[id-1]
	span.End = uint64(1e15 + (ms+p.skew[s.service(span.Service)])*1e6)
}

func (s *shop) service(number uint32) string {
	for name, n := range s.services {
		if n == number {
			return name
		}
	}
	return ""
}

// share gives a server the id of its client, as Zipkin does.
func (s *shop) share(client, server uint64) {
	spans := s.trace.Spans
	spans[server-1].ID, spans[server-1].Parent, spans[server-1].Shared = client, spans[client-1].Parent, true
	for i := range spans {
		if spans[i].Parent == server {
			spans[i].Parent = client
		}
	}
}

// lose takes a span out.
func (s *shop) lose(name string, relink bool) {
	old, gone := s.trace, Trace{}
	for i := range old.Spans {
		if s.names[i] == name {
			for k := range old.Spans {
				if relink && old.Spans[k].Parent == old.Spans[i].ID {
					old.Spans[k].Parent = old.Spans[i].Parent
				}
			}
			continue
		}
		gone.Add(old.Spans[i], old.Operations[i], old.Errors[i])
	}
	s.trace = gone
}

// learn makes the baseline know some hundred normal requests.
func (s *shop) learn(p plan) {
	var seen Observations
	p.spread = 0.2
	for i := range 600 {
		p.lookup = i%2 == 0
		if f := s.Judge.Judge(s.request(p)); f.Whole {
			s.Observe(&seen)
		}
		seen.Learn(s.baseline, s.now)
		seen.Reset()
		s.now += int64(10 * time.Millisecond)
	}
	for range 120 { // what was learned since the last norm
		s.now += int64(time.Second)
		s.baseline.Tick(s.now)
	}
}

func (s *shop) judge(p plan) (Finding, baseline.Identity) {
	f := s.Judge.Judge(s.request(p))
	return f, s.baseline.Identity(f.Operation)
}

func TestPatterns(t *testing.T) {
	for _, skew := range []map[string]float64{nil, {"cart": 15, "mail": 0}, {"cart": -40}} {
		s := newShop()
		s.learn(plan{skew: skew})
		for name, c := range map[string]struct {
			plan            plan
			pattern         Pattern
			service, lasted string
			excess          float64
		}{
			"slow":          {plan{db: 40}, Slow, "cart", "select", 0.040},
			"gap":           {plan{gap: 60}, Gap, "cart", "GET /cart", 0.060},
			"call's queue":  {plan{net: 60}, Queue, "web", "GET", 0.060},
			"mail's queue":  {plan{wait: 200}, Queue, "mail", "process", 0.200},
			"repeated":      {plan{selects: 14}, Repeated, "cart", "select", 14 * 0.004},
			"retry":         {plan{selects: 5, failed: true}, Retry, "cart", "select", 5 * 0.004},
			"fan_out":       {plan{prices: 9}, FanOut, "web", "price", 0.072},
			"off the path":  {plan{audit: 15}, None, "", "", 0},
			"as ever":       {plan{}, None, "", "", 0},
			"optional call": {plan{lookup: true}, None, "", "", 0},
		} {
			t.Run(name, func(t *testing.T) {
				c.plan.skew = skew
				f, id := s.judge(c.plan)
				require.Equal(t, c.pattern, f.Pattern, "%+v %+v", f, id)
				assert.Equal(t, c.pattern != None, f.Unusual())
				assert.True(t, f.Whole)
				assert.Equal(t, s.trace.Operations[0], f.Entry)
				if c.pattern == None {
					assert.NotEqual(t, "audit", id.Name)
					return
				}
				assert.Equal(t, []string{c.service, c.lasted}, []string{id.Service, id.Name})
				assert.Equal(t, c.lasted, s.names[f.Span])
				assert.Equal(t, s.trace.Operations[f.Span], f.Operation)
				assert.InEpsilon(t, c.excess, f.Excess, 0.2)
				assert.GreaterOrEqual(t, f.Self, f.Excess)
				assert.GreaterOrEqual(t, f.Surprise, unusual)
			})
		}
	}
}

func TestWaitBelowSkewIsNone(t *testing.T) {
	s := newShop()
	s.learn(plan{skew: map[string]float64{"mail": -500}})
	f, _ := s.judge(plan{wait: 300})
	assert.Equal(t, None, f.Pattern, "the mail's clock was found to be off by more")
	f, _ = s.judge(plan{wait: 3000})
	assert.Equal(t, Queue, f.Pattern)
}

func TestMissingSpansAreNotUnusual(t *testing.T) {
	s, shared := newShop(), newShop()
	s.learn(plan{})
	shared.learn(plan{shared: true})
	for _, name := range []string{"select", "GET", "GET /cart"} {
		for _, relink := range []bool{false, true} {
			f, id := s.judge(plan{without: name, relink: relink})
			assert.False(t, f.Unusual(), "%s %v: %+v %+v", name, relink, f, id)
			assert.Equal(t, relink || name == "select", f.Whole, name)
		}
		f, id := shared.judge(plan{without: name, shared: true})
		assert.False(t, f.Unusual(), "shared %s: %+v %+v", name, f, id)
	}
	f, _ := s.judge(plan{without: "price"})
	assert.False(t, f.Unusual(), "all of the prices")
	f, id := s.judge(plan{without: "lookup", db: 60})
	assert.Equal(t, Slow, f.Pattern)
	assert.Equal(t, "select", id.Name)
}

func TestColdBaselineNamesTheLongest(t *testing.T) {
	s := newShop()
	f, id := s.judge(plan{gap: 500})
	assert.Equal(t, None, f.Pattern)
	assert.Equal(t, "GET /cart", id.Name)
	assert.InDelta(t, 0.504, f.Self, 0.001)
	assert.Zero(t, f.Excess)
	assert.True(t, math.IsInf(f.Score, -1))
}

func TestErrorIsTheDeepest(t *testing.T) {
	s := newShop()
	error := func(errors map[string]uint16) uint64 {
		f, _ := s.judge(plan{errors: errors})
		return f.Error
	}
	assert.Zero(t, error(nil))
	deepest := error(map[string]uint16{"select": 3})
	assert.Equal(t, deepest, error(map[string]uint16{"GET /": 1, "GET": 2, "GET /cart": 2, "select": 3}))
	assert.Equal(t, deepest, error(map[string]uint16{"select": 3, "price": 3}), "it ended first")
	assert.NotEqual(t, deepest, error(map[string]uint16{"select": 4}), "another type")
	assert.NotEqual(t, deepest, error(map[string]uint16{"price": 3}), "another operation")
	assert.NotZero(t, error(map[string]uint16{"process": 1}), "in a fragment of its own")
}

func TestPathIsWhichCallWhich(t *testing.T) {
	s := newShop()
	path := func(p plan) uint64 {
		f, _ := s.judge(p)
		return f.Path
	}
	usual := path(plan{})
	assert.Equal(t, usual, path(plan{selects: 5, prices: 2, db: 100}))
	assert.NotEqual(t, usual, path(plan{lookup: true}))
}

func TestOddTraces(t *testing.T) {
	j := newShop()
	j.judge(plan{})
	f := j.Judge.Judge(&Trace{})
	assert.Equal(t, Nothing(), f)
	var seen Observations
	j.Observe(&seen)
	assert.Empty(t, seen.Spans)
	assert.Empty(t, seen.Sites, "nothing of the trace before")

	var one Trace
	one.Add(criticalpath.Span{ID: 1, Start: 10, End: 2e9 + 10, Kind: tree.Server}, j.op("a", "b", tree.Server), 0)
	f = j.Judge.Judge(&one)
	assert.Equal(t, int32(0), f.Span)
	assert.Equal(t, 2.0, f.Self)
	assert.True(t, f.Whole)

	one.Spans[0].End = one.Spans[0].Start
	f = j.Judge.Judge(&one)
	assert.Equal(t, int32(-1), f.Span, "nothing took any time")
}

// TestRecursionKeepsItsNorms: an operation that calls itself must not share norms with the parts
// of a site.
func TestRecursionKeepsItsNorms(t *testing.T) {
	s := newShop()
	op := s.op("tree", "visit", tree.Internal)
	trace := func(children int) *Trace {
		s.trace.Reset()
		s.trace.Add(criticalpath.Span{ID: 1, Start: 1e9, End: 1e9 + 1e6*uint64(1+10*children), Kind: tree.Internal}, op, 0)
		for i := range uint64(children) {
			s.trace.Add(criticalpath.Span{ID: 2 + i, Parent: 1, Start: 1e9 + 1e7*i, End: 1e9 + 1e7*(i+1), Kind: tree.Internal}, op, 0)
		}
		return &s.trace
	}
	var seen Observations
	for range 300 {
		s.Judge.Judge(trace(6))
		s.Observe(&seen)
		seen.Learn(s.baseline, s.now)
		seen.Reset()
		s.now += 1e7
	}
	for range 120 {
		s.now += 1e9
		s.baseline.Tick(s.now)
	}
	count, sum := s.baseline.Site(op, op, op)
	assert.InDelta(t, 6, count.P50, 0.5)
	assert.InEpsilon(t, 60e6, sum.P50, 0.13)
	s.Judge.Judge(trace(6))
	c := &s.sites.all[0]
	assert.InEpsilon(t, 10e6, s.first(c).P50, 0.13)
	assert.InEpsilon(t, 50e6, s.others(c).P50, 0.13)
}

// TestWideWaits: waits that are mostly nothing do not cut off what is known of the long ones.
func TestWideWaits(t *testing.T) {
	s := newShop()
	var seen Observations
	for i := range 4000 {
		wait := 60 * s.random.ExpFloat64()
		if i%5 == 0 {
			wait = 0.001 * s.random.Float64()
		}
		s.Judge.Judge(s.request(plan{wait: wait - 30}))
		s.Observe(&seen)
		seen.Learn(s.baseline, s.now)
		seen.Reset()
		s.now += 1e7
	}
	for range 120 {
		s.now += 1e9
		s.baseline.Tick(s.now)
	}
	n := s.waiting(s.op("web", "send", tree.Producer), s.op("mail", "process", tree.Consumer))
	assert.InEpsilon(t, 60e6*math.Log(0.8/0.1), n.P90, 0.15)
	assert.InEpsilon(t, 60e6*math.Log(0.8/0.01), n.P99, 0.35)
}
