package translate

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// Change is a conversion that a change of target brings.
type Change struct {
	Conversion
	// Needs is the stability to allow for it ("metrics: development"), where that is less
	// than what was asked for: without, names stay as they are.
	Needs string
}

// Changes says what a change of target from one version to another converts in addition,
// where new names must have a stability at least. A later target renames what was retired
// in between, an earlier one renames back what came in between.
func Changes(from, to string, least Stability, vocabularies ...*Vocabulary) []Change {
	added := Diff(from, to, vocabularies...)
	if Before(to, from) {
		added = back(from, to, vocabularies)
	}
	allowed := New(Options{Target: to, Stability: least}, vocabularies...).Conversions()
	var changes []Change
	for _, c := range added {
		changes = append(changes, split(c, allowed)...)
	}
	return changes
}

// back are the conversions of names that are in use at one version and came after the
// other, which is earlier.
func back(from, to string, vocabularies []*Vocabulary) []Conversion {
	then := Options{Target: from}
	attributes, metrics := attributeFormers(&then, vocabularies), metricFormers(&then)
	older := Options{Target: to}
	var all []Conversion
	before := New(then, vocabularies...).Conversions()
	for _, c := range New(older, vocabularies...).Conversions() {
		if slices.ContainsFunc(before, func(b Conversion) bool { return b.To == c.To && slices.Equal(b.From, c.From) }) {
			continue
		}
		names := attributes
		if c.Signal == "metric" {
			names = metrics
		}
		for _, k := range c.From {
			if introduced, r := names.find(k); r != nil && older.newer(introduced) && names.inUse(k) {
				c.Since = later(c.Since, introduced)
				all = append(all, c)
				break
			}
		}
	}
	return all
}

// split tells a conversion's part that is allowed from that which needs less stability:
// one for the labels of several metrics may have both.
func split(c Conversion, allowed []Conversion) []Change {
	var metrics []string
	found := false
	for _, a := range allowed {
		if a.Signal == c.Signal && a.To == c.To && a.How == c.How && slices.Equal(a.From, c.From) && slices.Equal(a.On, c.On) {
			found = true
			metrics = append(metrics, a.Metrics...)
		}
	}
	if c.Signal != "label" {
		if found {
			return []Change{{Conversion: c}}
		}
		return []Change{{c, needs(c)}}
	}
	with, without := c, c
	with.Metrics, without.Metrics = nil, nil
	for _, m := range c.Metrics {
		if slices.Contains(metrics, m) {
			with.Metrics = append(with.Metrics, m)
		} else {
			without.Metrics = append(without.Metrics, m)
		}
	}
	var changes []Change
	if with.Metrics != nil {
		changes = append(changes, Change{Conversion: with})
	}
	if without.Metrics != nil {
		changes = append(changes, Change{without, needs(without)})
	}
	return changes
}

// needs is the stability of the least stable of a conversion's new names, with the
// setting that allows it.
func needs(c Conversion) string {
	if c.Signal == "attribute" {
		if a := registry.Resolve(strings.TrimSuffix(c.To, ".*")); a != nil {
			return "attributes: " + a.Stability.String()
		}
		return ""
	}
	names, least := c.Metrics, registry.Stable
	if c.Signal == "metric" {
		names = []string{c.To}
	}
	for _, name := range names {
		if m := registry.LookupMetric(name); m != nil {
			least = min(least, m.Stability)
		}
	}
	return "metrics: " + least.String()
}
