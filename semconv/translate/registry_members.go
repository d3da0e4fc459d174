package translate

import "github.com/koine-otel/koine/semconv/registry"

// registryMembers are the registry's renames of enums' values, of attributes that are in
// use at the target. A vocabulary's own rule for a value goes before.
func registryMembers(f *formers, vocabularies []*Vocabulary) []Rule {
	said := map[[2]string]bool{}
	for _, v := range vocabularies {
		for _, r := range v.Attributes {
			for _, s := range r.From {
				said[[2]string{r.To, s.Equals[r.To]}] = true
			}
		}
	}
	var rules []Rule
	all := f.options.registry().Attributes()
	for i := range all {
		a := &all[i]
		if !f.inUse(a.Key) {
			continue
		}
		r := Rule{To: a.Key, places: anywhere}
		for _, m := range a.Members() {
			gone := registry.Retirement{Deprecation: m.Deprecation, Since: m.Since}
			if m.RenamedTo == "" || m.RenamedTo == m.Value || said[[2]string{a.Key, m.Value}] || !f.options.retired(&gone) {
				continue
			}
			r.From = append(r.From, Source{
				Keys: []string{a.Key}, Equals: map[string]string{a.Key: m.Value}, Values: map[string]string{m.Value: successorOf(a, m.RenamedTo)},
				Since: m.Since, places: anywhere,
			})
		}
		if len(r.From) > 0 {
			rules = append(rules, r)
		}
	}
	return rules
}

// successorOf is a value that took over: the registry names it, or the id of its member.
func successorOf(a *registry.Attribute, name string) string {
	for _, m := range a.Members() {
		if m.ID == name {
			return m.Value
		}
	}
	return name
}
