// Package verdict puts the SDK's spans and attributes to the one judge of the conventions, for
// the guard at run time and for the test helper.
package verdict

import (
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// Span judges a span as a whole, its attributes, and its events' names and attributes. Problems
// that the conventions do not say how to cure are among them.
func Span(s sdktrace.ReadOnlySpan) []semconv.Problem {
	problems := Attributes(PlaceOf(s.SpanKind()), s.InstrumentationScope().Name, s.Attributes())
	problems = append(problems, semconv.Default().Span(spanOf(s))...)
	for _, e := range s.Events() {
		problems = append(problems, semconv.Default().Event(e.Name)...)
		problems = append(problems, Attributes(translate.Event, s.InstrumentationScope().Name, e.Attributes)...)
	}
	return problems
}

// Convention is the span type that a span is of, nil for none.
func Convention(s sdktrace.ReadOnlySpan) *registry.Span {
	return semconv.Default().Convention(spanOf(s))
}

func spanOf(s sdktrace.ReadOnlySpan) semconv.Span {
	attributes := s.Attributes()
	return semconv.Span{Name: s.Name(), Kind: PlaceOf(s.SpanKind()), Keys: keysOf(attributes), Text: textIn(attributes)}
}

// Attributes judges what stands at a place, each among the others.
func Attributes(place translate.Place, scope string, attributes []attribute.KeyValue) []semconv.Problem {
	in := input(place, attributes)
	in.Scope = scope
	return flat(in, nil)
}

// Points judges the attributes of a metric's data points.
func Points(m *semconv.Metric, attributes []attribute.KeyValue) []semconv.Problem {
	return flat(input(translate.Point, attributes), m)
}

func flat(in *translate.Input, m *semconv.Metric) []semconv.Problem {
	var r translate.Result
	semconv.Default().Translate(in, m, &r)
	return slices.Concat(semconv.Default().Element(in, m, &r)...)
}

func input(place translate.Place, attributes []attribute.KeyValue) *translate.Input {
	in := &translate.Input{Place: place, Keys: keysOf(attributes), Values: make([]translate.Value, len(attributes)), Language: "go"}
	for i := range attributes {
		in.Values[i] = ValueOf(attributes[i].Value)
	}
	return in
}

// PlaceOf is a span's kind in the judge's words.
func PlaceOf(k trace.SpanKind) translate.Place {
	switch k {
	case trace.SpanKindServer:
		return translate.Server
	case trace.SpanKindClient:
		return translate.Client
	case trace.SpanKindProducer:
		return translate.Producer
	case trace.SpanKindConsumer:
		return translate.Consumer
	default:
		return translate.Internal
	}
}

// ValueOf is a value in the judge's words; of lists other than strings' the type alone.
func ValueOf(v attribute.Value) translate.Value {
	switch v.Type() {
	case attribute.STRING:
		return translate.StringValue(v.AsString())
	case attribute.INT64:
		return translate.IntValue(v.AsInt64())
	case attribute.FLOAT64:
		return translate.DoubleValue(v.AsFloat64())
	case attribute.BOOL:
		return translate.BoolValue(v.AsBool())
	case attribute.STRINGSLICE:
		return translate.ListValue(v.AsStringSlice())
	case attribute.INT64SLICE:
		return translate.Value{Type: registry.Ints}
	case attribute.FLOAT64SLICE:
		return translate.Value{Type: registry.Doubles}
	case attribute.BOOLSLICE:
		return translate.Value{Type: registry.Bools}
	default:
		return translate.Value{}
	}
}

func keysOf(attributes []attribute.KeyValue) []string {
	keys := make([]string, len(attributes))
	for i := range attributes {
		keys[i] = string(attributes[i].Key)
	}
	return keys
}

func textIn(attributes []attribute.KeyValue) func(string) string {
	return func(key string) string {
		for i := range attributes {
			if string(attributes[i].Key) == key {
				return attributes[i].Value.String()
			}
		}
		return ""
	}
}

// Text says a problem and its cure in one line.
func Text(p semconv.Problem) string {
	switch instead := strings.Join(p.Instead, " or "); p.Code {
	case semconv.Retired:
		return p.Key + " was retired" + since(p.Since) + otherwise(": write ", instead, ": leave it out")
	case semconv.TooNew:
		return fmt.Sprintf("%s came with conventions %s, after %s%s", p.Key, p.Since, p.Want, otherwise(": write ", instead, ""))
	case semconv.Unknown:
		return p.Key + " stands in a namespace of the conventions and is none of theirs" + otherwise(": perhaps ", instead, ": put it in a namespace of your own")
	case semconv.Type:
		return fmt.Sprintf("%s has the type %s: make it %s", p.Key, p.Have, p.Want)
	case semconv.RetiredValue:
		return fmt.Sprintf("%s=%q is an old value%s", p.Key, p.Have, otherwise(": write ", instead, ""))
	case semconv.Format:
		return fmt.Sprintf("%q is not lower case words with dots and underscores%s", p.Key, otherwise(": write ", instead, ""))
	case semconv.Misplaced:
		return p.Key + " does not belong here" + otherwise(": write ", instead, "")
	case semconv.Unit:
		return fmt.Sprintf("%s has the unit %q: make it %q", p.Key, p.Have, p.Want)
	case semconv.Instrument:
		return fmt.Sprintf("%s is measured by a %s: use a %s", p.Key, p.Have, p.Want)
	case semconv.Missing:
		return p.Key + " is required and not there: set it"
	case semconv.Kind:
		return fmt.Sprintf("the kind is %s: make it %s", p.Have, p.Want)
	case semconv.Name:
		return fmt.Sprintf("the name %q differs from span to span or is an old form%s", p.Have, otherwise(": write ", instead, ": use a name with few values, and attributes for the rest"))
	default:
		return strings.TrimSpace(string(p.Code) + " " + p.Key)
	}
}

func since(v string) string {
	if v == "" {
		return ""
	}
	return " in " + v
}

// otherwise is a text after its prefix, or what stands there without one.
func otherwise(prefix, text, without string) string {
	if text == "" {
		return without
	}
	return prefix + text
}
