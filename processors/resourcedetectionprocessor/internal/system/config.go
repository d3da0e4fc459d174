package system

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/system/internal/metadata"
)

// Config configures the detector.
type Config struct {
	// HostnameSources are asked for host.name in this order until one answers: dns, os,
	// cname or lookup. Default [dns, os], also for an empty list.
	HostnameSources []string `mapstructure:"hostname_sources"`

	// ResourceAttributes turns each attribute on or off. Default: host.name and os.type.
	ResourceAttributes metadata.ResourceAttributesConfig `mapstructure:"resource_attributes"`
}

// CreateDefaultConfig returns the default configuration.
func CreateDefaultConfig() Config {
	return Config{
		HostnameSources:    slices.Clone(defaultSources),
		ResourceAttributes: metadata.DefaultResourceAttributesConfig(),
	}
}

// Validate joins all that is wrong.
func (c *Config) Validate() error {
	var errs []error
	for _, name := range c.HostnameSources {
		if !slices.Contains(sourceNames, name) {
			errs = append(errs, fmt.Errorf("hostname_sources: %q is unknown; available are %s",
				name, strings.Join(sourceNames, ", ")))
		}
	}
	return errors.Join(errs...)
}
