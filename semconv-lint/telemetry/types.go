package telemetry

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// types give values back the types that a format has none for: who sent a number over Zipkin did
// nothing wrong. Text that is no value of the type stays, for that is the sender's.
type types struct {
	registry *registry.Registry
	lost     func(registry.Type) bool // by the format
}

// ofZipkin and ofJaeger are what the formats write as text: Zipkin all there is, Jaeger lists.
func ofZipkin(t registry.Type) bool { return t != registry.String }
func ofJaeger(t registry.Type) bool { return t == registry.Strings }

func (t *types) restore(td ptrace.Traces) {
	for _, rs := range td.ResourceSpans().All() {
		t.in(rs.Resource().Attributes())
		for _, ss := range rs.ScopeSpans().All() {
			t.in(ss.Scope().Attributes())
			for _, s := range ss.Spans().All() {
				t.in(s.Attributes())
				for _, event := range s.Events().All() {
					t.in(event.Attributes())
				}
			}
		}
	}
}

func (t *types) in(m pcommon.Map) {
	for key, v := range m.All() {
		if v.Type() != pcommon.ValueTypeStr {
			continue
		}
		a := t.registry.Resolve(key)
		if a == nil || !t.lost(a.Type.Base()) {
			continue
		}
		if value, ok := translate.StringValue(v.Str()).Cast(a.Type); ok {
			put(v, value)
		}
	}
}

func put(to pcommon.Value, v translate.Value) {
	switch v.Type {
	case registry.Int:
		to.SetInt(v.Int())
	case registry.Double:
		to.SetDouble(v.Double())
	case registry.Bool:
		to.SetBool(v.Bool())
	case registry.Strings:
		text := to.Str()
		to.SetEmptySlice().AppendEmpty().SetStr(text)
	}
}
