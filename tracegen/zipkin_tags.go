package tracegen

// zipkinTags adds the tags by which OpenTelemetry's Zipkin exporter tells what Zipkin
// has no field for (SDK specification, "OpenTelemetry to Zipkin Transformation").
// Brave has no need of them.
type zipkinTags struct {
	scopes [scopeCount][]Attribute // with room for those of a failure
	otel   bool
}

func newZipkinTags(s *Service) zipkinTags {
	tags := zipkinTags{otel: s.Convention != Brave}
	if !tags.otel {
		return tags
	}
	for i, library := range s.Scopes {
		tags.scopes[i] = append(make([]Attribute, 0, 6),
			Attribute{Key: "otel.scope.name", Str: library.Name},
			Attribute{Key: "otel.scope.version", Str: library.Version},
			Attribute{Key: "otel.library.name", Str: library.Name},
			Attribute{Key: "otel.library.version", Str: library.Version})
	}
	return tags
}

// extra returns the tags of a span beyond its attributes, valid until the next call.
func (t *zipkinTags) extra(s *Span) []Attribute {
	if !t.otel {
		return nil
	}
	tags := t.scopes[s.Scope]
	if s.Status == Error {
		tags = append(tags,
			Attribute{Key: "otel.status_code", Str: "ERROR"},
			Attribute{Key: "error", Str: s.Message})
	}
	return tags
}
