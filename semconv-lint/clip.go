package semconvlint

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/sensitive"
)

// maxText is the longest text, in bytes, that a finding keeps: with maxCauses it bounds its memory.
const maxText = 256

// clip cuts a text that is longer, between two characters, and in no credential: half of one would
// not be known for one.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	s = sensitive.Mask(s)
	return strings.ToValidUTF8(s[:min(len(s), maxText)], "")
}

// shown is a text of telemetry that a finding may have.
func shown(s string) string { return clip(sensitive.Mask(s)) }

func (x Example) clipped() Example {
	x.Name, x.Value, x.Source = shown(x.Name), shown(x.Value), clip(x.Source)
	return x
}

// cloned has bytes of its own: texts may be parts of a whole request's.
func (x Example) cloned() Example {
	x.Name, x.Value, x.Source = strings.Clone(x.Name), strings.Clone(x.Value), strings.Clone(x.Source)
	return x
}

// texts keeps one copy, with bytes of its own, of texts that come again and again. It is for one
// goroutine.
type texts map[string]string

// maxTexts bounds them. With more all are forgotten.
const maxTexts = 4096

func (t texts) of(s string) string {
	if kept, ok := t[s]; ok {
		return kept
	}
	s = strings.Clone(s)
	if len(s) <= maxText {
		if len(t) >= maxTexts {
			clear(t)
		}
		t[s] = s
	}
	return s
}
