// Package guardextension looks at requests before anything decodes them, and refuses those
// that a decoder would not survive.
package guardextension

//go:generate go tool -modfile=../../tools/go.mod mdatagen metadata.yaml

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"

	"github.com/koine-otel/koine/extensions/guardextension/internal/metadata"
	"github.com/koine-otel/koine/spans/wire"
)

// NewFactory is the factory of the guard extension.
func NewFactory() extension.Factory {
	return extension.NewFactory(metadata.Type, createDefaultConfig, create, metadata.ExtensionStability)
}

func createDefaultConfig() component.Config {
	return &Config{
		MaxValueDepth: wire.DefaultLimits.ValueDepth,
		MaxAttributes: wire.DefaultLimits.Attributes,
		MaxElements:   wire.DefaultLimits.Elements,
		Paths: Paths{
			Traces:   []string{"/v1/traces"},
			Metrics:  []string{"/v1/metrics"},
			Logs:     []string{"/v1/logs"},
			Profiles: []string{"/v1development/profiles"},
		},
		Encoding: otlpProto,
	}
}

func create(_ context.Context, set extension.Settings, cfg component.Config) (extension.Extension, error) {
	return newGuard(cfg.(*Config), set.TelemetrySettings)
}
