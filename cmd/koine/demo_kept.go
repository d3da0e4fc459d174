package main

import (
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// kept is what came out of the collector.
type kept struct {
	mu      sync.Mutex
	spans   int64
	traces  map[string]bool
	found   map[string]found // by trace, where a root says what is unusual
	oldKeys map[string]int64
	example map[string]string
}

func newKept() *kept {
	return &kept{traces: map[string]bool{}, found: map[string]found{}, oldKeys: map[string]int64{}, example: map[string]string{}}
}

func (k *kept) add(td ptrace.Traces) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.spans += int64(td.SpanCount())
	for _, rs := range td.ResourceSpans().All() {
		k.scan(rs.Resource().Attributes(), translate.Resource)
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				id := span.TraceID().String()
				k.traces[id] = true
				if f, ok := foundIn(span.Attributes()); ok {
					k.found[id] = f
				}
				k.scan(span.Attributes(), places[span.Kind()])
			}
		}
	}
}

var places = map[ptrace.SpanKind]translate.Place{
	ptrace.SpanKindUnspecified: translate.Internal, ptrace.SpanKindInternal: translate.Internal, ptrace.SpanKindServer: translate.Server,
	ptrace.SpanKindClient: translate.Client, ptrace.SpanKindProducer: translate.Producer, ptrace.SpanKindConsumer: translate.Consumer,
}

// scan counts the keys that there is a rule for: they should be gone. One that the
// conventions dropped without a successor (db.user) has nowhere to go and stays.
func (k *kept) scan(m pcommon.Map, place translate.Place) {
	for key, value := range m.All() {
		if a := registry.Lookup(key); a != nil && a.Deprecation == registry.Live {
			continue
		}
		if len(translate.Default().Targets(key, place)) > 0 {
			k.oldKeys[key]++
			k.example[key] = value.AsString()
		}
	}
}
