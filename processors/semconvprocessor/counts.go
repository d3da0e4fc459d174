package semconvprocessor

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/koine-otel/koine/processors/semconvprocessor/internal/metadata"
)

// counts is what happened in one batch.
type counts struct {
	elements                       [elementCount][outcomeCount]int64
	invalid, conflicts, duplicates int64
}

// element is what was translated.
type element uint8

const (
	records element = iota
	metrics
	points
	resources
	scopes
	spans
	elementCount
)

var elementNames = [elementCount]string{"log_record", "metric", "point", "resource", "scope", "span"}

// outcome is what became of an element. Every element seen has one.
type outcome uint8

const (
	// conforming: there was nothing to change.
	conforming outcome = iota
	converted
	// conflict: it stayed as it was, because converted it would have been taken for
	// another.
	conflict
	// duplicate: a point that went, because the new name had it already.
	duplicate
	// merged: its value was added to another point, or its points moved into another
	// metric.
	merged
	// unconvertible: it stayed as it was, because its values have no exact form in the
	// new unit.
	unconvertible
	outcomeCount
)

var outcomeNames = [outcomeCount]string{"conforming", "converted", "conflict", "duplicate", "merged", "unconvertible"}

func (c *counts) add(e element, changed bool) {
	if changed {
		c.elements[e][converted]++
	} else {
		c.elements[e][conforming]++
	}
}

// The options are made once: making them costs more than counting a batch.
var elementOptions = func() (options [elementCount][outcomeCount][]metric.AddOption) {
	for e, element := range elementNames {
		for o, outcome := range outcomeNames {
			options[e][o] = []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(
				attribute.String("koine.element", element),
				attribute.String("koine.outcome", outcome),
			))}
		}
	}
	return options
}()

func (c *counts) record(ctx context.Context, t *metadata.TelemetryBuilder) {
	add := func(counter metric.Int64Counter, n int64, options ...metric.AddOption) {
		if n > 0 {
			counter.Add(ctx, n, options...)
		}
	}
	for e := range c.elements {
		for o, n := range c.elements[e] {
			add(t.ProcessorSemconvElements, n, elementOptions[e][o]...)
		}
	}
	add(t.ProcessorSemconvInvalidValues, c.invalid)
	add(t.ProcessorSemconvConflicts, c.conflicts)
	add(t.ProcessorSemconvDuplicates, c.duplicates)
}
