package container

import "github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/container/internal/metadata"

// Config configures the detector.
type Config struct {
	// ResourceAttributes turns each attribute on or off. Default: container.id.
	ResourceAttributes metadata.ResourceAttributesConfig `mapstructure:"resource_attributes"`
}

// CreateDefaultConfig returns the default configuration.
func CreateDefaultConfig() Config {
	return Config{ResourceAttributes: metadata.DefaultResourceAttributesConfig()}
}
