// Package guardextension looks at requests before anything decodes them, and refuses those
// that a decoder would not survive.
package guardextension

//go:generate go tool -modfile=../../tools/go.mod mdatagen metadata.yaml

import (
	"context"
	"time"

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
		// As long as a request of 20 MiB takes at 16 Mbit/s.
		ReceiveTimeout: 10 * time.Second,
		Paths: Paths{
			Traces:   []string{"/v1/traces"},
			Metrics:  []string{"/v1/metrics"},
			Logs:     []string{"/v1/logs"},
			Profiles: []string{"/v1development/profiles"},
			Zipkin:   []string{"/api/v1/spans", "/api/v2/spans"},
		},
		Encoding: otlpProto,
	}
}

func create(_ context.Context, set extension.Settings, cfg component.Config) (extension.Extension, error) {
	return newGuard(cfg.(*Config), set.TelemetrySettings)
}
