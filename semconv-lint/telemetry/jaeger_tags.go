package telemetry

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// jaegerTag is a tag of a span or process, or a field of a log. The API gives values as JSON has
// them, storages all as text.
type jaegerTag struct {
	Key   string
	Type  string
	Value json.RawMessage
}

func putTags(to pcommon.Map, tags []jaegerTag) error {
	// Looking for each is quadratic.
	if len(tags) > fileLimits.Attributes {
		return fmt.Errorf("%d tags: more than %d", len(tags), fileLimits.Attributes)
	}
	to.EnsureCapacity(len(tags))
	for i := range tags {
		t := &tags[i]
		if _, twice := to.Get(t.Key); twice {
			continue // Jaeger shows both, OTLP has one
		}
		if err := t.put(to.PutEmpty(t.Key)); err != nil {
			return fmt.Errorf("tag %.60q: %w", t.Key, err)
		}
	}
	return nil
}

func (t *jaegerTag) put(to pcommon.Value) error {
	text, err := t.text()
	if err != nil {
		return err
	}
	switch strings.ToLower(t.Type) {
	case "bool":
		value, err := strconv.ParseBool(text)
		to.SetBool(value)
		return err
	case "int64", "int", "long":
		value, err := strconv.ParseInt(text, 10, 64)
		to.SetInt(value)
		return err
	case "float64", "float", "double":
		value, err := strconv.ParseFloat(text, 64)
		to.SetDouble(value)
		return err
	case "binary":
		value, err := base64.StdEncoding.DecodeString(text)
		to.SetEmptyBytes().FromRaw(value)
		return err
	case "string", "":
		to.SetStr(text)
		return nil
	}
	return fmt.Errorf("unknown type %.40q", t.Type)
}

// text is the value without quotes.
func (t *jaegerTag) text() (text string, err error) {
	switch {
	case len(t.Value) == 0:
		return "", errors.New("has no value")
	case t.Value[0] == '"':
		err = json.Unmarshal(t.Value, &text)
		return text, err
	}
	return string(t.Value), nil
}

var jaegerKinds = map[string]ptrace.SpanKind{
	"client": ptrace.SpanKindClient, "server": ptrace.SpanKindServer, "internal": ptrace.SpanKindInternal,
	"producer": ptrace.SpanKindProducer, "consumer": ptrace.SpanKindConsumer,
}

// takeTags makes of tags what OTLP has a field for.
func takeTags(span ptrace.Span) {
	tags := span.Attributes()
	if said, ok := tags.Get("span.kind"); ok {
		if kind, known := jaegerKinds[strings.ToLower(said.Str())]; known {
			span.SetKind(kind)
			tags.Remove("span.kind")
		}
	}
	span.TraceState().FromRaw(take(tags, "w3c.tracestate"))
	switch strings.ToUpper(take(tags, "otel.status_code")) {
	case "OK":
		span.Status().SetCode(ptrace.StatusCodeOk)
	case "ERROR":
		span.Status().SetCode(ptrace.StatusCodeError)
	}
	if failed, ok := tags.Get("error"); ok && failed.Type() == pcommon.ValueTypeBool && failed.Bool() {
		span.Status().SetCode(ptrace.StatusCodeError)
		tags.Remove("error")
	}
	span.Status().SetMessage(take(tags, "otel.status_description"))
}

// take removes an attribute that is text, and gives it.
func take(from pcommon.Map, key string) string {
	value, ok := from.Get(key)
	if !ok || value.Type() != pcommon.ValueTypeStr {
		return ""
	}
	text := value.Str()
	from.Remove(key)
	return text
}
