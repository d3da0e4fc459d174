package semconvprocessor

import (
	"context"
	"errors"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/koine-otel/koine/processors/semconvprocessor/internal/metadata"
)

// expose makes the tally the source of the processor's own metrics. They are read when
// somebody collects them: a batch only adds to numbers.
func (t *tally) expose(b *metadata.TelemetryBuilder) error {
	return errors.Join(
		b.RegisterProcessorSemconvElementsCallback(t.observeElements),
		b.RegisterProcessorSemconvRulesCallback(t.observeRules),
		b.RegisterProcessorSemconvPlansCallback(t.observePlans),
		b.RegisterProcessorSemconvProblemsCallback(t.observeProblems),
		b.RegisterProcessorSemconvInvalidValuesCallback(t.perService(func(s *service) *atomic.Int64 { return &s.invalid })),
		b.RegisterProcessorSemconvConflictsCallback(t.perService(func(s *service) *atomic.Int64 { return &s.conflicts })),
		b.RegisterProcessorSemconvDuplicatesCallback(t.perService(func(s *service) *atomic.Int64 { return &s.duplicates })),
		b.RegisterProcessorSemconvSpanNamesCallback(t.perService(func(s *service) *atomic.Int64 { return &s.spanNames })),
	)
}

func (t *tally) observeElements(_ context.Context, o metric.Int64Observer) error {
	for _, s := range t.services() {
		for e := range s.elements {
			for outcome := range s.elements[e] {
				observe(o, s.elements[e][outcome].Load(),
					attribute.String("koine.element", elementNames[e]),
					attribute.String("koine.outcome", outcomeNames[outcome]),
					attribute.String("koine.service", s.name))
			}
		}
	}
	return nil
}

func (t *tally) observeRules(_ context.Context, o metric.Int64Observer) error {
	services := t.services()
	for n, rule := range t.rules {
		sum := int64(0)
		for _, s := range services {
			sum += s.rules[n].Load()
		}
		observe(o, sum, attribute.String("koine.from", rule.From), attribute.String("koine.to", rule.To))
	}
	return nil
}

func (t *tally) observePlans(_ context.Context, o metric.Int64Observer) error {
	observe(o, t.hits.Load(), attribute.String("koine.plan", "hit"))
	observe(o, t.misses.Load(), attribute.String("koine.plan", "miss"))
	return nil
}

func (t *tally) observeProblems(_ context.Context, o metric.Int64Observer) error {
	for _, s := range t.services() {
		for n := range s.problems {
			observe(o, s.problems[n].Load(), attribute.String("koine.code", string(problemCodes[n])), attribute.String("koine.service", s.name))
		}
	}
	return nil
}

func (t *tally) perService(of func(*service) *atomic.Int64) metric.Int64Callback {
	return func(_ context.Context, o metric.Int64Observer) error {
		for _, s := range t.services() {
			observe(o, of(s).Load(), attribute.String("koine.service", s.name))
		}
		return nil
	}
}

// observe leaves out what never happened: most combinations never do.
func observe(o metric.Int64Observer, n int64, attributes ...attribute.KeyValue) {
	if n > 0 {
		o.Observe(n, metric.WithAttributes(attributes...))
	}
}
