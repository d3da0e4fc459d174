// Package guard finds in a running service what breaks the semantic conventions:
//
//	shutdown, err := koine.Start(ctx, koine.Service("checkout", "1.4.2"), koine.Process(guard.New()))
//
// It is a package of its own so that a service without it does not carry the conventions' tables.
package guard

import (
	"context"
	"fmt"
	"hash/maphash"
	"log/slog"
	"math/bits"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/koine-otel/koine/instrumentation/internal/verdict"
	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/translate"
)

// HighCardinality is the guard's own code: a scope has had more span names than a reader or a
// metrics backend copes with.
const HighCardinality semconv.Code = "high_cardinality"

const (
	// maxShapes bounds the verdicts that are remembered, about 100 bytes each. A service has a
	// few hundred kinds of spans; one that has more has names or keys that differ from span to
	// span, which is reported long before.
	maxShapes = 4096
	// maxNames is how many span names a scope may have: what a large service's routes come to.
	maxNames = 200
	// maxScopes bounds the scopes whose names are counted.
	maxScopes = 256
	// maxTold bounds what is reported: nobody reads more, and a process may run for months.
	maxTold = 256
)

// Guard is a span processor that puts what it sees to the conventions' judge, counts the mistakes
// (koine.guard.mistakes, by koine.guard.code) and reports each cause once. It changes nothing.
//
// Spans of one shape (scope, name, kind, the keys and types of the attributes, the names of the
// events) are judged once, so that the next one costs a hash: a value that is wrong in a shape
// whose first span was right is not seen. Make one with New.
type Guard struct {
	log  func() *slog.Logger
	seed maphash.Seed

	resource sync.Once
	counts   sync.Map // semconv.Code -> *atomic.Int64

	mu     sync.RWMutex
	shapes map[uint64][]semconv.Code
	names  map[string]map[string]struct{} // by scope
	told   map[string]struct{}
}

// New makes a guard that reports to slog's default logger.
func New() *Guard {
	return &Guard{log: slog.Default, seed: maphash.MakeSeed(), shapes: map[uint64][]semconv.Code{}, names: map[string]map[string]struct{}{}, told: map[string]struct{}{}}
}

var _ sdktrace.SpanProcessor = (*Guard)(nil)

// OnEnd judges a span.
func (g *Guard) OnEnd(s sdktrace.ReadOnlySpan) {
	g.resource.Do(func() { g.judgeResource(s) })
	shape := g.shapeOf(s)
	g.mu.RLock()
	codes, known := g.shapes[shape]
	g.mu.RUnlock()
	if !known {
		codes = g.judge(shape, s)
	}
	for _, c := range codes {
		g.count(c)
	}
}

// OnStart, Shutdown and ForceFlush do nothing.
func (*Guard) OnStart(context.Context, sdktrace.ReadWriteSpan) {}
func (*Guard) Shutdown(context.Context) error                  { return nil }
func (*Guard) ForceFlush(context.Context) error                { return nil }

// Mistakes are how many there were, by code.
func (g *Guard) Mistakes() map[semconv.Code]int64 {
	all := map[semconv.Code]int64{}
	g.counts.Range(func(code, n any) bool {
		all[code.(semconv.Code)] = n.(*atomic.Int64).Load()
		return true
	})
	return all
}

func (g *Guard) count(c semconv.Code) {
	n, ok := g.counts.Load(c)
	if !ok {
		n, _ = g.counts.LoadOrStore(c, new(atomic.Int64))
	}
	n.(*atomic.Int64).Add(1)
}

// shapeOf is a hash of what a verdict depends on, but for values.
func (g *Guard) shapeOf(s sdktrace.ReadOnlySpan) uint64 {
	h := g.mix(uint64(s.SpanKind()), s.InstrumentationScope().Name)
	h = g.mixAll(g.mix(h, s.Name()), s.Attributes())
	for _, e := range s.Events() {
		h = g.mixAll(g.mix(h, e.Name), e.Attributes)
	}
	return h
}

func (g *Guard) mixAll(h uint64, attributes []attribute.KeyValue) uint64 {
	for i := range attributes {
		h = g.mix(h+uint64(attributes[i].Value.Type()), string(attributes[i].Key))
	}
	return h
}

// mix adds a text to a hash. It is a multiplication for each text: maphash.Hash, which copies
// them together first, takes three times as long.
func (g *Guard) mix(h uint64, text string) uint64 {
	hi, lo := bits.Mul64(h^0x9e3779b97f4a7c15, maphash.String(g.seed, text)|1)
	return hi ^ lo
}

// judge judges a new shape, as long as there is room to remember it: without that bound a
// service whose names differ from span to span would be judged for every span.
func (g *Guard) judge(shape uint64, s sdktrace.ReadOnlySpan) []semconv.Code {
	scope := s.InstrumentationScope().Name
	g.mu.RLock()
	full := len(g.shapes) >= maxShapes
	g.mu.RUnlock()
	if full {
		g.tell("full", "the guard has seen too many shapes of spans, and judges no new ones", HighCardinality, s.Name(), scope)
		return nil
	}
	problems := verdict.Span(s)
	if g.crowded(scope, s.Name()) {
		g.count(HighCardinality)
		g.tell("names "+scope, fmt.Sprintf("more than %d span names: use names with few values, and attributes for the rest", maxNames), HighCardinality, s.Name(), scope)
	}
	codes := make([]semconv.Code, len(problems))
	for i, p := range problems {
		codes[i] = p.Code
		g.tell(causeKey(p, scope), verdict.Text(p), p.Code, s.Name(), scope)
	}
	g.mu.Lock()
	g.shapes[shape] = codes
	g.mu.Unlock()
	return codes
}

// crowded notes a scope's span name, and says whether it is a new one above the limit.
func (g *Guard) crowded(scope, name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	names := g.names[scope]
	if names == nil {
		if len(g.names) >= maxScopes {
			return false
		}
		names = map[string]struct{}{}
		g.names[scope] = names
	}
	if _, known := names[name]; known {
		return false
	}
	if len(names) >= maxNames {
		return true
	}
	names[name] = struct{}{}
	return false
}

// causeKey is what mistakes of one cause have in common: not the name that differs.
func causeKey(p semconv.Problem, scope string) string {
	have := p.Have
	if p.Code == semconv.Name {
		have = ""
	}
	return string(p.Code) + " " + p.Key + " " + have + " " + scope
}

// tell reports a cause that was not told.
func (g *Guard) tell(key, text string, code semconv.Code, span, scope string) {
	g.mu.Lock()
	_, known := g.told[key]
	room := len(g.told) < maxTold
	if room {
		g.told[key] = struct{}{}
	}
	g.mu.Unlock()
	if !known && room {
		g.log().Warn("koine: against the conventions: "+text, "code", string(code), "span", span, "scope", scope)
	}
}

func (g *Guard) judgeResource(s sdktrace.ReadOnlySpan) {
	for _, p := range verdict.Attributes(translate.Resource, "", s.Resource().Attributes()) {
		g.count(p.Code)
		g.tell("resource "+causeKey(p, ""), verdict.Text(p), p.Code, "", "")
	}
}

// Observe registers the counter koine.guard.mistakes. Start does that for a guard that it gets.
func (g *Guard) Observe(m metric.Meter) error {
	_, err := m.Int64ObservableCounter("koine.guard.mistakes", metric.WithUnit("{mistake}"),
		metric.WithDescription("What the guard found to break the semantic conventions, by what is wrong."),
		metric.WithInt64Callback(func(_ context.Context, o metric.Int64Observer) error {
			for code, n := range g.Mistakes() {
				o.Observe(n, metric.WithAttributes(attribute.String("koine.guard.code", string(code))))
			}
			return nil
		}))
	return err
}
