package semconvlint

import "strings"

// maxText is the longest text, in bytes, that a finding keeps: with maxCauses it bounds its memory.
const maxText = 256

// clip cuts a text that is longer, between two characters.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "")
}

func (x Example) clipped() Example {
	x.Name, x.Value, x.Source = clip(x.Name), clip(x.Value), clip(x.Source)
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
