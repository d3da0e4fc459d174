package translate

import "strings"

// stray is what to do with a name that stands in a namespace of the conventions, is none
// of theirs, and no rule knows: Options.Unmatched is put before it. It is nil where that
// is not wanted.
func (t *Table) stray(name string) *key {
	if t.options.Unmatched == "" {
		return nil
	}
	if strings.HasPrefix(name, t.options.Unmatched) {
		return &key{target: -1, live: true} // what a stray becomes is there already
	}
	namespace, _, dotted := strings.Cut(name, ".")
	if !dotted || !t.options.registry().Reserved(namespace) {
		return nil
	}
	return &key{target: -1, gives: t.strays}
}

// addStrays makes the rule for strays. It is a template of all names.
func (t *Table) addStrays() {
	if t.options.Unmatched == "" {
		return
	}
	s := &Source{Keys: []string{"*"}, places: anywhere}
	t.targets = append(t.targets, target{name: t.options.Unmatched, template: true})
	t.strays = []contribution{{source: s, rule: t.rule(t.options.Unmatched+"*", s), target: len(t.targets) - 1, places: anywhere}}
}
