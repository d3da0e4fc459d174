// Package translate turns attributes of older conventions and foreign vocabularies into
// those of the target version. Its rules are data (rules/*.yaml, and the dialects) and
// target-centric: for each target, the sources that may give its value, in the order of
// preference. One pass, never a chain; a value that cannot be converted keeps its old
// name.
package translate

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// Table is a compiled set of rules. It is safe for concurrent use: but for the memory of
// plans it is immutable.
type Table struct {
	keys    map[string]*key
	prefix  map[string][]contribution // templates' sources, by prefix with the last dot
	live    map[string]registry.Type  // templates of the target version, likewise
	targets []target
	// always are contributions that need no key: constants of one metric's points.
	always []contribution
	// corrections are by target what rules make of its own values.
	corrections map[string][]correction
	metrics     map[metricKey]metric
	spans       []spanName
	forms       []*SpanRule // those with Was and To
	events      map[string]string
	// newEvents are the rules for events that hold at later targets only.
	newEvents []*EventRule
	// strays is the rule for names that nobody knows, if there is one.
	strays  []contribution
	options Options
	formers *formers
	rules   *[]RuleName
	hasher
	plans        *cache[plan]
	arrangements arrangements
	// parent is the table for all, of one for the points of some metrics: that holds
	// only what is different.
	parent *Table
}

// target is what rules can set: an attribute of the target version or a field.
type target struct {
	name  string
	field Field
	typ   registry.Type
	// template is a prefix to which the rest of the source's key is added.
	template bool
	sources  int // how many there are, the next one's rank
}

// of is the target's name for the rest of a source's key.
func (t *target) of(rest string) string {
	switch {
	case !t.template:
		return t.name
	case lowerCase[t.name]:
		return t.name + strings.ToLower(rest)
	}
	return t.name + rest
}

// lowerCase are templates of names that differ in case to nobody but who wrote them; the
// conventions have them in lower case.
var lowerCase = map[string]bool{
	"http.request.header.": true, "http.response.header.": true, "rpc.request.metadata.": true, "rpc.response.metadata.": true,
}

// key is what the table knows of an attribute key.
type key struct {
	// live is a key of the target version: its value has type typ.
	live bool
	typ  registry.Type
	// target is the key's index in Table.targets, or -1.
	target int
	gives  []contribution
}

// contribution is one target that a key takes part in giving a value to.
type contribution struct {
	source *Source
	rule   int32
	target int
	rank   int   // among the target's sources, the least first
	places Place // where both rule and source hold
	since  string
}

// New compiles vocabularies, the earlier before the later where both have a source for
// one target, and behind them the registry's own one to one renames of keys that no rule
// mentions.
func New(o Options, vocabularies ...*Vocabulary) *Table {
	t := compileAttributes(o, vocabularies)
	t.addMetrics(vocabularies)
	t.addNames(vocabularies)
	return t
}

func compileAttributes(o Options, vocabularies []*Vocabulary) *Table {
	t := &Table{
		keys: map[string]*key{}, prefix: map[string][]contribution{}, live: map[string]registry.Type{}, corrections: map[string][]correction{},
		options: o, rules: &[]RuleName{castRule: {"wrong type", "right type"}}, hasher: newHasher(), plans: newPlans(planSlots, planBytes), arrangements: newArrangements(planSlots, planBytes),
	}
	t.formers = attributeFormers(&t.options, vocabularies)
	for _, a := range o.registry().Attributes() {
		if t.options.retired(&a.Retirement) {
			continue
		}
		if a.Type&registry.Template != 0 {
			t.live[a.Key+"."] = a.Type.Base()
		} else {
			t.keys[a.Key] = &key{live: true, typ: a.Type.Base(), target: -1}
		}
	}
	mentioned := map[string]bool{}
	for _, v := range vocabularies {
		for i := range v.Attributes {
			t.add(&v.Attributes[i], mentioned)
		}
		t.add(&Rule{To: Dropped, From: v.Drop, places: anywhere}, mentioned)
	}
	for _, rules := range [][]Rule{registryRenames(mentioned, t.formers), registryMembers(t.formers, vocabularies), t.formers.downgrades()} {
		for i := range rules {
			t.add(&rules[i], map[string]bool{})
		}
	}
	t.addStrays()
	return t
}

// skips says whether a source is left out: by the options, or because one of its keys is
// in use at the target version. A bare word is a label of certain metrics: when it got a
// name of its own differs from one to the next, and the name tells.
func (t *Table) skips(to string, keys []string) bool {
	return t.options.skips(to, keys) || slices.ContainsFunc(keys, func(k string) bool {
		return k != to && t.formers.old(k) && (t.parent == nil || !bare(k))
	})
}

func (t *Table) add(r *Rule, mentioned map[string]bool) {
	for i := range r.From {
		s := &r.From[i]
		for _, k := range s.Keys {
			mentioned[strings.TrimSuffix(k, ".*")] = true
		}
		to, s := t.atTarget(r, s)
		if s == nil || t.skips(to, s.Keys) {
			continue
		}
		index := t.target(to)
		c := contribution{since: t.since(r, s), source: s, rule: t.rule(to, s), target: index, rank: t.targets[index].sources, places: r.places & s.places & t.targets[index].field.places()}
		if t.parent != nil {
			c.rank -= scopedFirst
		}
		t.targets[index].sources++
		t.corrects(to, s, c.places)
		keys := s.Keys
		switch {
		case len(keys) == 0 && len(s.Has)+len(s.Any) == 0:
			t.always = append(t.always, c)
		case len(keys) == 0 && len(s.Has) == 0:
			keys = s.Any
		case len(keys) == 0:
			keys = s.Has[:1] // it is its being there that says the value
		}
		for _, k := range keys {
			if prefix, ok := strings.CutSuffix(k, "*"); ok {
				t.prefix[prefix] = append(t.prefix[prefix], c)
				continue
			}
			from := t.own(k)
			if t.parent != nil && len(s.Keys) == 1 && c.places == anywhere && s.always() {
				from.forget(index)
			}
			from.gives = append(from.gives, c)
		}
		for _, k := range slices.Concat(s.Has, s.Lacks, s.Any) {
			t.know(k)
		}
		for k := range s.Equals {
			if k != eventName {
				t.know(k)
			}
		}
	}
}

// forget takes out what a key alone gives a target by the rules for all, where a rule for
// some metrics says the same: the key would give way to itself, and be counted for it.
func (k *key) forget(target int) {
	k.gives = slices.DeleteFunc(k.gives, func(c contribution) bool {
		return c.scoped() == 0 && c.target == target && len(c.source.Keys) == 1
	})
}

// always says whether a source has no conditions.
func (s *Source) always() bool {
	return len(s.Has)+len(s.Lacks)+len(s.Any)+len(s.Equals) == 0 && s.Scope == ""
}

// atTarget is what a source gives its value to at the table's target version, and the
// source as it is then; nil if it gives none. An older target has an older name, and the
// values of that.
func (t *Table) atTarget(r *Rule, s *Source) (string, *Source) {
	if !t.options.holds(r.Since, r.Until) || !t.options.holds(s.Since, s.Until) {
		return "", nil
	}
	if r.Own || strings.HasPrefix(r.To, "@") {
		return r.To, s
	}
	key := ""
	if len(s.Keys) == 1 {
		key = s.Keys[0]
	}
	to, ok := t.formers.at(r.To, key, s.Was, r.Was)
	switch {
	case !ok, to.Key == key && key != r.To: // in use
		return "", nil
	case len(to.Values) > 0 || to.As != "":
		then := *s
		then.then = &to
		return to.Key, &then
	}
	return to.Key, s
}

// Retired says whether a name is retired at the table's target version.
func (t *Table) Retired(r *registry.Retirement) bool { return t.options.retired(r) }

// Target is the version that the table arrives at.
func (t *Table) Target() string { return cmp.Or(t.options.Target, registry.Version) }

// Newer says whether a name that a version introduced came after the table's target version.
func (t *Table) Newer(introduced string) bool { return t.options.newer(introduced) }

// Mentions says whether a rule converts a key, asks for it or makes it.
func (t *Table) Mentions(key string) bool {
	if t.known(key) != nil {
		return true
	}
	for i := len(key) - 1; i > 0; i-- {
		if _, ok := t.prefix[key[:i+1]]; ok && key[i] == '.' {
			return true
		}
	}
	return false
}

// scopedFirst puts the sources of rules for some metrics before those for all.
const scopedFirst = 1 << 20

// scoped is a table with rules for the points of some metrics on top. It shares what it
// can: there are dozens, and the tables for all are large.
func (t *Table) scoped(rules []Rule) *Table {
	child := &Table{
		parent: t, formers: t.formers, strays: t.strays, keys: map[string]*key{}, prefix: maps.Clone(t.prefix), live: t.live, targets: slices.Clone(t.targets), corrections: map[string][]correction{},
		options: t.options, rules: t.rules, hasher: t.hasher, plans: newPlans(scopedPlanSlots, scopedPlanBytes), arrangements: newArrangements(scopedPlanSlots, scopedPlanBytes),
	}
	for i := range rules {
		child.add(&rules[i], map[string]bool{})
	}
	return child
}

// known is what the table knows of a whole key, nil if it does not know it.
func (t *Table) known(name string) *key {
	if k := t.keys[name]; k != nil || t.parent == nil {
		return k
	}
	return t.parent.known(name)
}

// own is what the table knows of a key, to be changed.
func (t *Table) own(name string) *key {
	if k := t.keys[name]; k != nil {
		return k
	}
	k := &key{target: -1}
	if of := t.known(name); of != nil {
		*k = *of
		k.gives = slices.Clone(of.gives)
	}
	t.keys[name] = k
	return k
}

// know makes the table look at a key that a condition asks for.
func (t *Table) know(k string) {
	if t.known(k) == nil {
		t.keys[k] = &key{target: -1}
	}
}

// target finds or makes a rule's target.
func (t *Table) target(name string) int {
	if field, ok := fieldsByName[name]; ok {
		if i := slices.IndexFunc(t.targets, func(x target) bool { return x.field == field }); i >= 0 {
			return i
		}
		t.targets = append(t.targets, target{name: name, field: field, typ: registry.String})
		return len(t.targets) - 1
	}
	if prefix, ok := strings.CutSuffix(name, "*"); ok {
		t.targets = append(t.targets, target{name: prefix, typ: t.live[prefix], template: true})
		return len(t.targets) - 1
	}
	if t.known(name) == nil {
		to := &key{typ: registry.Any, target: -1}
		if typ, ok := t.ofTemplate(name); ok {
			to.live, to.typ = true, typ
		}
		t.keys[name] = to
	}
	to := t.own(name)
	if to.target < 0 {
		to.target = len(t.targets)
		t.targets = append(t.targets, target{name: name, typ: to.typ})
	}
	return to.target
}

// ofTemplate is the type of a key that a live template stands for.
func (t *Table) ofTemplate(name string) (registry.Type, bool) {
	for i := len(name) - 1; i > 0; i-- {
		if name[i] == '.' {
			if typ, ok := t.live[name[:i+1]]; ok {
				return typ, true
			}
		}
	}
	return registry.Any, false
}

// lookup finds what the table knows of a key: by its whole, or as a template's.
func (t *Table) lookup(name string) (k *key, rest string) {
	if k := t.known(name); k != nil {
		return k, ""
	}
	for i := len(name) - 1; i > 0; i-- {
		if name[i] != '.' {
			continue
		}
		if gives, ok := t.prefix[name[:i+1]]; ok {
			return &key{target: -1, gives: gives}, name[i+1:]
		}
		if typ, ok := t.live[name[:i+1]]; ok {
			return &key{live: true, typ: typ, target: -1}, ""
		}
	}
	return nil, ""
}
