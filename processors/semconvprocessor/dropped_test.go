package semconvprocessor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestDroppedFields: attributes that give way to a field of the span are counted.
func TestDroppedFields(t *testing.T) {
	for _, c := range []struct {
		name                  string
		attrs                 map[string]any
		set                   func(ptrace.Span)
		duplicates, conflicts int64
	}{
		{"nothing is set", map[string]any{"span.kind": "server", "otel.status_code": "ERROR"}, nil, 0, 0},
		{"the same kind", map[string]any{"span.kind": "client"}, func(s ptrace.Span) { s.SetKind(ptrace.SpanKindClient) }, 1, 0},
		{"another kind", map[string]any{"span.kind": "server"}, func(s ptrace.Span) { s.SetKind(ptrace.SpanKindClient) }, 0, 1},
		{"the same status", map[string]any{"otel.status_code": "OK"}, func(s ptrace.Span) { s.Status().SetCode(ptrace.StatusCodeOk) }, 1, 0},
		{"another status", map[string]any{"otel.status_code": "ERROR"}, func(s ptrace.Span) { s.Status().SetCode(ptrace.StatusCodeOk) }, 0, 1},
		{"both", map[string]any{"span.kind": "server", "otel.status_code": "OK"}, func(s ptrace.Span) {
			s.SetKind(ptrace.SpanKindClient)
			s.Status().SetCode(ptrace.StatusCodeOk)
		}, 1, 1},
		{"no kind", map[string]any{"span.kind": "abc"}, func(s ptrace.Span) { s.SetKind(ptrace.SpanKindClient) }, 0, 0},
	} {
		w := newWork(jobOf(t, nil))
		s := ptrace.NewSpan()
		assert.NoError(t, s.Attributes().FromRaw(c.attrs))
		if c.set != nil {
			c.set(s)
		}
		w.span(s)
		assert.Equal(t, c.duplicates, w.counts.duplicates, c.name)
		assert.Equal(t, c.conflicts, w.counts.conflicts, c.name)
	}
	// What stays is not dropped.
	w := newWork(jobOf(t, duplicating))
	s := ptrace.NewSpan()
	s.SetKind(ptrace.SpanKindClient)
	s.Attributes().PutStr("span.kind", "server")
	w.span(s)
	assert.Zero(t, w.counts.duplicates+w.counts.conflicts)
	assert.Equal(t, 1, s.Attributes().Len())
}

// TestEventsAndLinksCount: what changes in an event or a link is a change of its span.
func TestEventsAndLinksCount(t *testing.T) {
	for name, change := range map[string]func(ptrace.Span){
		"event":      func(s ptrace.Span) { s.Events().AppendEmpty().Attributes().PutStr("http.method", "GET") },
		"event name": func(s ptrace.Span) { s.Events().AppendEmpty().SetName("az.resource.log") },
		"link":       func(s ptrace.Span) { s.Links().AppendEmpty().Attributes().PutStr("http.method", "GET") },
	} {
		td, rs, span := oneSpan("shop", map[string]any{"http.request.method": "GET"})
		change(span)
		w := newWork(jobOf(t, nil))
		w.traces(td)
		assert.EqualValues(t, 1, totals(w).elements[spans][converted], name)
		assert.Equal(t, "https://opentelemetry.io/schemas/1.44.0", rs.ScopeSpans().At(0).SchemaUrl(), name)
	}
}
