package policy

import (
	"context"
	"errors"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottlspan"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/contexts/ottlspanevent"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl/ottlfuncs"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// condition asks spans and their events for OTTL conditions. It has two bits: one was met,
// or one failed. The first outcome is the trace's.
type condition struct {
	fact   // one was met; the next bit is that one failed
	spans  *ottl.ConditionSequence[*ottlspan.TransformContext]
	events *ottl.ConditionSequence[*ottlspanevent.TransformContext]
}

func (f *facts) condition(spans *ottl.ConditionSequence[*ottlspan.TransformContext], events *ottl.ConditionSequence[*ottlspanevent.TransformContext]) node {
	c := condition{f.take(2), spans, events}
	f.conditions = append(f.conditions, c)
	return conditionFact{c.fact}
}

func (c *condition) both() uint64 { return c.mask | c.mask<<1 }

func (c *condition) read(ctx context.Context, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span, bits []uint64) {
	if bits[c.word]&c.both() != 0 {
		return
	}
	switch met, err := c.eval(ctx, rs, ss, span); {
	case err != nil:
		bits[c.word] |= c.mask << 1
	case met:
		bits[c.word] |= c.mask
	}
}

func (c *condition) eval(ctx context.Context, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span) (bool, error) {
	if c.spans != nil {
		t := ottlspan.NewTransformContextPtr(rs, ss, span)
		met, err := c.spans.Eval(ctx, t)
		t.Close()
		if met || err != nil {
			return met, err
		}
	}
	if c.events == nil {
		return false, nil
	}
	for _, event := range span.Events().All() {
		t := ottlspanevent.NewTransformContextPtr(rs, ss, span, event)
		met, err := c.events.Eval(ctx, t)
		t.Close()
		if met || err != nil {
			return met, err
		}
	}
	return false, nil
}

// conditionFact is the policy that asks for a condition's outcome.
type conditionFact struct{ fact }

// errCondition stands for what a condition said on arrival. It is counted, not logged.
var errCondition = errors.New("an OTTL condition failed on one of the trace's spans")

func (f conditionFact) decide(e *evaluation) (samplingpolicy.Decision, error) {
	if e.trace.Facts[f.word]&(f.mask<<1) != 0 {
		return samplingpolicy.Error, errCondition
	}
	return f.fact.decide(e)
}

func (f conditionFact) chance(e *evaluation) chance {
	if e.trace.Facts[f.word]&(f.mask<<1) != 0 {
		return chance{odd: samplingpolicy.Error}
	}
	return f.fact.chance(e)
}

// spanConditions compiles conditions on spans; of none it makes nil.
func spanConditions(conditions []string, mode ottl.ErrorMode, set component.TelemetrySettings) (*ottl.ConditionSequence[*ottlspan.TransformContext], error) {
	if len(conditions) == 0 {
		return nil, nil
	}
	functions := ottlfuncs.StandardConverters[*ottlspan.TransformContext]()
	root := ottlfuncs.NewIsRootSpanFactoryNew()
	functions[root.Name()] = root
	parser, err := ottlspan.NewParser(functions, set, ottlspan.EnablePathContextNames())
	if err != nil {
		return nil, err
	}
	return parse(ottlspan.ContextName, &parser, conditions, set, func(c []*ottl.Condition[*ottlspan.TransformContext]) ottl.ConditionSequence[*ottlspan.TransformContext] {
		return ottlspan.NewConditionSequence(c, set, ottlspan.WithConditionSequenceErrorMode(mode))
	})
}

// eventConditions compiles conditions on the events of spans; of none it makes nil.
func eventConditions(conditions []string, mode ottl.ErrorMode, set component.TelemetrySettings) (*ottl.ConditionSequence[*ottlspanevent.TransformContext], error) {
	if len(conditions) == 0 {
		return nil, nil
	}
	parser, err := ottlspanevent.NewParser(ottlfuncs.StandardConverters[*ottlspanevent.TransformContext](), set, ottlspanevent.EnablePathContextNames())
	if err != nil {
		return nil, err
	}
	return parse(ottlspanevent.ContextName, &parser, conditions, set, func(c []*ottl.Condition[*ottlspanevent.TransformContext]) ottl.ConditionSequence[*ottlspanevent.TransformContext] {
		return ottlspanevent.NewConditionSequence(c, set, ottlspanevent.WithConditionSequenceErrorMode(mode))
	})
}

// parse compiles conditions whose paths may lack the context's name, which is then added:
// span.name and name are one.
func parse[K any](name string, parser *ottl.Parser[K], conditions []string, set component.TelemetrySettings, sequence func([]*ottl.Condition[K]) ottl.ConditionSequence[K]) (*ottl.ConditionSequence[K], error) {
	convert := func(_ *ottl.ParserCollection[*ottl.ConditionSequence[K]], _ ottl.ConditionsGetter, parsed []*ottl.Condition[K]) (*ottl.ConditionSequence[K], error) {
		s := sequence(parsed)
		return &s, nil
	}
	collection, err := ottl.NewParserCollection(set, ottl.WithParserCollectionContext(name, parser, ottl.WithConditionConverter(convert)))
	if err != nil {
		return nil, err
	}
	return collection.ParseConditionsWithContext(name, ottl.NewConditionsGetter(conditions), true)
}
