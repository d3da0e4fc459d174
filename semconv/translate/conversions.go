package translate

import (
	"cmp"
	"slices"
	"strings"
)

// Conversion is one thing that a table does, for people to read.
type Conversion struct {
	// Signal is "attribute", "event" (its name), "label" (an attribute of some metrics'
	// points), "metric" or "span" (its name, of which From is the beginning).
	Signal string
	// Metrics are a label's, by their names of the target version.
	Metrics []string
	// From are the names that give way, To is what they become: an attribute, a metric or
	// a field; empty where they are dropped.
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
	all := t.attributeConversions("attribute", nil)
	for points, metrics := range t.scopes() {
		slices.Sort(metrics)
		all = append(all, points.attributeConversions("label", metrics)...)
	}
	for k, m := range t.metrics {
		if m.to == "" || m.to == k.name && m.divide == 0 {
			continue
		}
		c := Conversion{Signal: "metric", From: []string{k.name}, To: m.to, Since: m.since}
		if r := t.options.registry().LookupMetric(k.name); r != nil && m.to != k.name {
			c.Since = later(c.Since, r.Since)
		}
		if m.divide > 1 {
			c.How = "from " + k.unit + " to " + m.unit
		}
		all = append(all, c)
	}
	for _, r := range t.spans {
		all = append(all, Conversion{Signal: "span", From: []string{r.Prefix}, To: "@name", How: r.As, On: r.places.words()})
	}
	for _, r := range t.forms {
		all = append(all, Conversion{Signal: "span", From: []string{r.Was.String()}, To: r.To.String(), On: r.places.words(), Since: r.Since})
	}
	for from, to := range t.events {
		all = append(all, Conversion{Signal: "event", From: []string{from}, To: to})
	}
	slices.SortFunc(all, func(a, b Conversion) int {
		return cmp.Or(cmp.Compare(a.Signal, b.Signal), slices.Compare(a.Metrics, b.Metrics), slices.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.How, b.How), slices.Compare(a.On, b.On), cmp.Compare(a.Since, b.Since))
	})
	return all
}

// attributeConversions are those of a table's attributes; of one for some metrics' points
// only what is different there.
func (t *Table) attributeConversions(signal string, metrics []string) []Conversion {
	var all []Conversion
	for _, k := range t.contributions() {
		if t.parent != nil && k.scoped() == 0 {
			continue
		}
		s, to := k.source, &t.targets[k.target]
		c := Conversion{
			Signal: signal, Metrics: metrics, From: slices.Concat(s.Keys, s.Has, s.Any), To: to.name, Since: k.since, How: s.how(), On: k.places.words(),
		}
		switch {
		case to.template:
			c.To += "*"
		case to.field == Nothing:
			c.To, c.How = "", "dropped"
		}
		all = append(all, c)
	}
	return all
}

// scopes are the tables for some metrics' points, with those.
func (t *Table) scopes() map[*Table][]string {
	scopes := map[*Table][]string{}
	for k, m := range t.metrics {
		if name := cmp.Or(m.to, k.name); m.points != nil && !slices.Contains(scopes[m.points], name) {
			scopes[m.points] = append(scopes[m.points], name)
		}
	}
	return scopes
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

// since is the version that made a source an old one: that which retired its keys, or
// from which its rule holds. A label of one word got a name of its own with the first of
// those that its target had.
func (t *Table) since(r *Rule, s *Source) string {
	since := later(r.Since, s.Since)
	for _, k := range s.Keys {
		switch a := t.options.registry().Lookup(strings.TrimSuffix(k, ".*")); {
		case t.parent != nil && bare(k):
			since = later(since, t.firstOf(r))
		case a != nil:
			since = later(since, a.Since)
		}
	}
	return since
}

// firstOf is the version that introduced the first name of a rule's target.
func (t *Table) firstOf(r *Rule) string {
	first, _ := t.formers.find(r.To)
	for _, w := range r.Was {
		if introduced, _ := t.formers.find(w.Key); introduced != "" && compareVersions(introduced, first) < 0 {
			first = introduced
		}
	}
	return first
}

func later(a, b string) string {
	if compareVersions(a, b) < 0 {
		return b
	}
	return a
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
		parts = append(parts, mapped(s.Values))
	}
	if s.As != "" {
		parts = append(parts, s.As)
	}
	if s.Scope != "" {
		parts = append(parts, "in scopes "+s.Scope+"*")
	}
	return strings.Join(parts, ", ")
}

// mapped describes a map of values.
func mapped(values map[string]string) string {
	if len(values) > 1 {
		return "values mapped"
	}
	for from, to := range values {
		if to != "" {
			return from + " to " + to
		}
		return from + " dropped"
	}
	return ""
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
// addition: names and values that are in use at from and no more at to.
func Diff(from, to string, vocabularies ...*Vocabulary) []Conversion {
	before := Options{Target: from}
	attributes, metrics := attributeFormers(&before, vocabularies), metricFormers(&before)
	var added []Conversion
	for _, c := range New(Options{Target: to}, vocabularies...).Conversions() {
		names := attributes
		if c.Signal == "metric" {
			names = metrics
		}
		unknown := slices.ContainsFunc(c.From, func(k string) bool { return !names.inUse(k) && !bare(k) })
		if c.Since != "" && compareVersions(c.Since, from) > 0 && !unknown {
			added = append(added, c)
		}
	}
	return added
}

// scoped is what rules for some metrics are sorted by: they come before those for all.
func (c *contribution) scoped() int { return min(c.rank, 0) }

// Targets are what a key becomes at a place, best first, Dropped among them; none where
// nothing converts it there. Conditions on other attributes are not looked at.
func (t *Table) Targets(name string, place Place) []string {
	k, rest := t.lookup(name)
	if k == nil {
		return nil
	}
	gives := slices.Clone(k.gives)
	slices.SortStableFunc(gives, func(a, b contribution) int { return cmp.Compare(a.scoped(), b.scoped()) })
	var names []string
	for _, c := range gives {
		s := c.source
		if c.places&place == 0 || !slices.ContainsFunc(s.Keys, func(key string) bool { return key == name || strings.HasSuffix(key, ".*") }) {
			continue // it only says when a constant holds
		}
		to := t.targets[c.target].of(rest)
		if !slices.Contains(names, to) {
			names = append(names, to)
		}
	}
	return names
}
