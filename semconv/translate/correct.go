package translate

import (
	"slices"
	"strings"
)

// correction is what a rule makes of a value that stands under its target's own key: a
// member of an enum that was renamed, a word that means nothing. It holds of a value that
// comes from elsewhere as well, or that would be corrected only when it came again.
type correction struct {
	places Place
	always bool   // whatever the text
	text   string // without regard to case
	run    conversion
}

// corrects notes a source that reads its target's own key and asks for nothing but its text.
func (t *Table) corrects(to string, s *Source, places Place) {
	text, asks := s.Equals[to]
	run := s.conversion()
	if run == nil || !s.reads(to) || len(s.Has)+len(s.Lacks)+len(s.Any) > 0 || s.Scope != "" || len(s.Equals) > 1 || len(s.Equals) == 1 && !asks {
		return
	}
	t.corrections[to] = append(t.corrections[to], correction{places, !asks, text, run})
}

// reads says whether a source reads one key and no other.
func (s *Source) reads(key string) bool { return len(s.Keys) == 1 && s.Keys[0] == key }

// correctionsOf are a target's, those of rules for some metrics first.
func (t *Table) correctionsOf(to string) []correction {
	switch own := t.corrections[to]; {
	case t.parent == nil:
		return own
	case own == nil:
		return t.parent.correctionsOf(to)
	default:
		return slices.Concat(own, t.parent.correctionsOf(to))
	}
}

// corrected is a source's conversion with its target's corrections after it.
func (t *Table) corrected(to string, s *Source, place Place) conversion {
	convert, all := s.conversion(), t.correctionsOf(to)
	if s.reads(to) || !slices.ContainsFunc(all, func(c correction) bool { return c.places&place != 0 }) {
		return convert
	}
	return func(v Value) (Value, outcome) {
		if convert != nil {
			var o outcome
			if v, o = convert(v); o != converted {
				return v, o
			}
		}
		for i := range all {
			if c := &all[i]; c.places&place != 0 && c.holds(v) {
				return c.run(v)
			}
		}
		return v, converted
	}
}

func (c *correction) holds(v Value) bool {
	if c.always {
		return true
	}
	text, ok := v.text()
	return ok && strings.EqualFold(text, c.text)
}
