// Package tailsamplingprocessor holds spans until their trace is whole, decides once whether
// to keep it, and forwards what it keeps. It takes the configuration of contrib's processor.
package tailsamplingprocessor

//go:generate go tool -modfile=../../tools/go.mod mdatagen metadata.yaml

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/processor"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/metadata"
)

// NewFactory is the factory of the tail_sampling processor.
func NewFactory() processor.Factory {
	return processor.NewFactory(metadata.Type, createDefaultConfig, processor.WithTraces(createTraces, metadata.TracesStability))
}

func createTraces(_ context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
	return newSampler(set, cfg.(*Config), next)
}
