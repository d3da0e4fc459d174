package semconvprocessor

import (
	"fmt"

	"go.opentelemetry.io/collector/component"

	"github.com/koine-otel/koine/semconv/registry"
)

// Config is the processor's configuration.
type Config struct {
	// Target is the version of the semantic conventions that everything is turned
	// into. It is pinned, so that an upgrade of the binary renames nothing. Default:
	// 1.44.0, the only one that this version knows.
	Target string `mapstructure:"target"`

	_ struct{}
}

var _ component.Config = (*Config)(nil)

// Validate checks the target.
func (c *Config) Validate() error {
	if c.Target != registry.Version {
		return fmt.Errorf("target: unknown version %q, want %q", c.Target, registry.Version)
	}
	return nil
}
