package configs

import "github.com/koine-otel/koine/semconv-lint/source/yamltext"

// isDeclarative says whether a mapping is an SDK's declarative configuration.
func isDeclarative(n *yamltext.Node) bool {
	if n.Get("file_format") == nil {
		return false
	}
	for _, part := range []string{"resource", "tracer_provider", "meter_provider", "logger_provider", "propagator", "attribute_limits", "instrumentation/development"} {
		if n.Get(part) != nil {
			return true
		}
	}
	return false
}
