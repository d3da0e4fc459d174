package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv"
)

// nameSpan gives a span whose name differs from span to span the name that its
// convention asks for, if its attributes tell.
func (w *work) nameSpan(s ptrace.Span) bool {
	subject := judged(s)
	if !subject.Varies() {
		return false
	}
	better := subject.BetterName()
	if better == "" || better == subject.Name {
		return false
	}
	s.SetName(better)
	w.counts.spanNames++
	return true
}

// judged is a span as the judge of uses sees it, but for its keys.
func judged(s ptrace.Span) semconv.Span {
	attributes := s.Attributes()
	return semconv.Span{Name: s.Name(), Kind: placeOf(s.Kind()), Text: func(key string) string {
		if v, ok := attributes.Get(key); ok {
			return v.AsString()
		}
		return ""
	}}
}
