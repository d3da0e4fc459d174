package resourcedetectionprocessor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

type m = map[string]any

func newMap(t testing.TB, raw m) pcommon.Map {
	attributes := pcommon.NewMap()
	require.NoError(t, attributes.FromRaw(raw))
	return attributes
}

func TestMerge(t *testing.T) {
	tests := []struct {
		name     string
		to, from m
		override bool
		want     m
	}{
		{"nothing to nothing", m{}, m{}, true, m{}},
		{"to nothing", m{}, m{"a": "new"}, false, m{"a": "new"}},
		{"nothing", m{"a": "old"}, m{}, true, m{"a": "old"}},
		{"override", m{"a": "old", "b": "old"}, m{"a": "new", "c": "new"}, true, m{"a": "new", "b": "old", "c": "new"}},
		{"keep", m{"a": "old", "b": "old"}, m{"a": "new", "c": "new"}, false, m{"a": "old", "b": "old", "c": "new"}},
		{"keep an empty string", m{"a": ""}, m{"a": "new"}, false, m{"a": ""}},
		{"keep a null", m{"a": nil}, m{"a": "new"}, false, m{"a": nil}},
		{"override with another type", m{"a": "old"}, m{"a": []any{"x", int64(1)}}, true, m{"a": []any{"x", int64(1)}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			to, from := newMap(t, tt.to), newMap(t, tt.from)
			merge(to, from, tt.override)
			assert.Equal(t, tt.want, to.AsRaw())
			assert.Equal(t, tt.from, from.AsRaw(), "from is shared")
		})
	}
}

func TestEnrichSchemaURL(t *testing.T) {
	tests := []struct{ has, found, want string }{
		{"", "", ""},
		{"", "new", "new"},
		{"old", "", "old"},
		{"old", "new", "old"},
	}
	for _, tt := range tests {
		rs := ptrace.NewResourceSpans()
		rs.SetSchemaUrl(tt.has)
		enrich(rs, &detected{newMap(t, nil), tt.found}, true)
		assert.Equal(t, tt.want, rs.SchemaUrl(), "%+v", tt)
	}
}

func BenchmarkEnrich(b *testing.B) {
	found := &detected{newMap(b, m{"host.name": "h", "os.type": "linux", "host.id": "0123456789abcdef"}), "schema"}
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	require.NoError(b, rs.Resource().Attributes().FromRaw(m{"service.name": "s", "service.version": "1", "os.type": "linux", "telemetry.sdk.name": "x"}))
	for _, override := range []bool{true, false} {
		b.Run(map[bool]string{true: "override", false: "keep"}[override], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				enrich(rs, found, override)
			}
		})
	}
}
