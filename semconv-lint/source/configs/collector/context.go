package collector

import (
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/translate"
)

// context is what the paths of a statement begin in where they do not say it.
type context uint8

const (
	inferred context = iota // the paths say it
	resource
	scope
	span
	spanEvent
	ofMetric
	dataPoint
	logRecord
	profile
)

// contexts are their names in paths and configurations.
var contexts = map[string]context{
	"resource": resource, "scope": scope, "instrumentation_scope": scope, "span": span, "spanevent": spanEvent, "metric": ofMetric,
	"datapoint": dataPoint, "log": logRecord, "profile": profile,
}

// place is what carries a context's attributes; 0 where that is not known.
func (c context) place() translate.Place {
	switch c {
	case resource:
		return translate.Resource
	case scope:
		return translate.Scope
	case span:
		return source.AnySpan
	case spanEvent:
		return translate.Event
	case dataPoint:
		return translate.Point
	case logRecord:
		return translate.Record
	}
	return 0
}
