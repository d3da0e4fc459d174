package translate

import (
	"slices"
	"strings"
)

// RuleName is what a rule is called: the old keys, joined by +, and the new one.
type RuleName struct{ From, To string }

// RuleNames are the table's, by the numbers that a Result has: those of rules for the
// points of one metric too. The first is that of casts: a right name and a value of
// another type.
func (t *Table) RuleNames() []RuleName { return *t.rules }

// castRule is the number of the rule that turns a value into the registry's type.
const castRule = 0

// rule numbers a source.
func (t *Table) rule(to string, s *Source) int32 {
	from := s.Keys
	if len(from) == 0 {
		from = slices.Concat(s.Has, s.Any)
	}
	return t.named(strings.Join(from, "+"), to)
}

// named numbers a rule.
func (t *Table) named(from, to string) int32 {
	*t.rules = append(*t.rules, RuleName{from, to})
	return int32(len(*t.rules) - 1)
}
