package semconvprocessor

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/koine-otel/koine/processors/semconvprocessor/internal/metadata"
)

// counts is what happened in one batch.
type counts struct {
	spans, resources               elements
	invalid, conflicts, duplicates int64
}

type elements struct{ converted, conforming int64 }

func (e *elements) add(changed bool) {
	if changed {
		e.converted++
	} else {
		e.conforming++
	}
}

// The option sets are made once: making one costs more than counting a batch.
var (
	spanOptions     = optionsFor("span")
	resourceOptions = optionsFor("resource")
)

type elementOptions struct{ converted, conforming metric.MeasurementOption }

func optionsFor(element string) elementOptions {
	option := func(outcome string) metric.MeasurementOption {
		return metric.WithAttributeSet(attribute.NewSet(
			attribute.String("koine.element", element),
			attribute.String("koine.outcome", outcome),
		))
	}
	return elementOptions{option("converted"), option("conforming")}
}

func (c *counts) record(ctx context.Context, t *metadata.TelemetryBuilder) {
	add := func(counter metric.Int64Counter, n int64, options ...metric.AddOption) {
		if n > 0 {
			counter.Add(ctx, n, options...)
		}
	}
	add(t.ProcessorSemconvElements, c.spans.converted, spanOptions.converted)
	add(t.ProcessorSemconvElements, c.spans.conforming, spanOptions.conforming)
	add(t.ProcessorSemconvElements, c.resources.converted, resourceOptions.converted)
	add(t.ProcessorSemconvElements, c.resources.conforming, resourceOptions.conforming)
	add(t.ProcessorSemconvInvalidValues, c.invalid)
	add(t.ProcessorSemconvConflicts, c.conflicts)
	add(t.ProcessorSemconvDuplicates, c.duplicates)
}
