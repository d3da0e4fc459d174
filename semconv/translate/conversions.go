package translate

import (
	"cmp"
	"slices"
	"strings"
)

// Conversion is one thing that a table does, for people to read.
type Conversion struct {
	// Signal is "attribute" or "metric".
	Signal string
	// From are the names that give way, To is what they become: an attribute, a metric or
	// a field.
	From []string
	To   string
	// Since is the version that retired the name, empty for foreign vocabularies and
	// where it is not known.
	Since string
	// How says what happens to the value, in the words of rules; empty: nothing.
	How string
	// On is where it holds, in the words of rules; empty: anywhere.
	On []string
}

// Conversions are all that the table does, by signal, version, name.
func (t *Table) Conversions() []Conversion {
	var all []Conversion
	for _, k := range t.contributions() {
		s, to := k.source, &t.targets[k.target]
		name := to.name
		if to.template {
			name += "*"
		}
		all = append(all, Conversion{
			Signal: "attribute", From: slices.Concat(s.Keys, s.Has), To: name, Since: t.sinceOf(s.Keys), How: s.how(), On: k.places.words(),
		})
	}
	for k, m := range t.metrics {
		if m.to == "" || m.to == k.name && m.divide == 0 {
			continue
		}
		c := Conversion{Signal: "metric", From: []string{k.name}, To: m.to}
		if r := t.options.registry().LookupMetric(k.name); r != nil {
			c.Since = r.Since
		}
		if m.divide > 1 {
			c.How = "from " + k.unit + " to " + m.unit
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Conversion) int {
		return cmp.Or(cmp.Compare(a.Signal, b.Signal), slices.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.How, b.How), slices.Compare(a.On, b.On))
	})
	return all
}

// contributions are each source's, once.
func (t *Table) contributions() []contribution {
	seen := map[*Source]contribution{}
	for _, k := range t.keys {
		for _, c := range k.gives {
			seen[c.source] = c
		}
	}
	for _, gives := range t.prefix {
		for _, c := range gives {
			seen[c.source] = c
		}
	}
	all := make([]contribution, 0, len(seen))
	for _, c := range seen {
		all = append(all, c)
	}
	return all
}

func (t *Table) sinceOf(keys []string) string {
	since := ""
	for _, k := range keys {
		if a := t.options.registry().Lookup(strings.TrimSuffix(k, ".*")); a != nil && compareVersions(a.Since, since) > 0 {
			since = a.Since
		}
	}
	return since
}

// how describes a source's conversion.
func (s *Source) how() string {
	var parts []string
	if len(s.Keys) > 1 {
		parts = append(parts, "joined by "+s.Join)
	}
	if s.Set != "" {
		parts = append(parts, "set to "+s.Set)
	}
	if len(s.Values) > 0 {
		parts = append(parts, "values mapped")
	}
	if s.As != "" {
		parts = append(parts, s.As)
	}
	return strings.Join(parts, ", ")
}

// words are a set of places in the words of rules, nil for anywhere.
func (p Place) words() []string {
	if p == anywhere {
		return nil
	}
	if p == span {
		return []string{"span"}
	}
	var words []string
	for _, name := range []string{"resource", "scope", "internal", "server", "client", "producer", "consumer", "event", "link", "point", "record"} {
		if p&placesByName[name] != 0 {
			words = append(words, name)
		}
	}
	return words
}

// Diff says what a change of target from one version to a later one converts in
// addition: the names retired after from, up to to.
func Diff(from, to string, vocabularies ...*Vocabulary) []Conversion {
	var added []Conversion
	for _, c := range New(Options{Target: to}, vocabularies...).Conversions() {
		if c.Since != "" && compareVersions(c.Since, from) > 0 {
			added = append(added, c)
		}
	}
	return added
}

// Targets are what a key becomes at a place, best first; none where nothing converts it
// there. Conditions on other attributes are not looked at.
func (t *Table) Targets(name string, place Place) []string {
	k, rest := t.lookup(name)
	if k == nil {
		return nil
	}
	var names []string
	for _, c := range k.gives {
		s := c.source
		if c.places&place == 0 || !slices.ContainsFunc(s.Keys, func(key string) bool { return key == name || strings.HasSuffix(key, ".*") }) {
			continue // it only says when a constant holds
		}
		to := t.targets[c.target].name
		if t.targets[c.target].template {
			to += rest
		}
		if !slices.Contains(names, to) {
			names = append(names, to)
		}
	}
	return names
}
