package translate

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// Former is what a target was called in earlier versions of the conventions.
type Former struct {
	Key string
	// Values maps the target's values to those of then, As names a conversion that does.
	Values map[string]string
	As     string
}

// formers are the names that stand for the conventions' newer ones at an older target: of
// attributes, or of metrics.
type formers struct {
	options *Options
	// find is what the registry knows of a name; nil for one that it does not.
	find func(name string) (introduced string, r *registry.Retirement)
	// was is what rules say that targets were called.
	was map[string][]Former
	// before are, by name, those that became it.
	before map[string][]string
	// changed are the pairs of a name and what it became where more than the name did.
	changed map[[2]string]bool
}

func attributeFormers(o *Options, vocabularies []*Vocabulary) *formers {
	f := &formers{options: o, was: map[string][]Former{}, before: map[string][]string{}, changed: map[[2]string]bool{}}
	f.find = func(name string) (string, *registry.Retirement) {
		if a := o.registry().Lookup(strings.TrimSuffix(name, ".*")); a != nil {
			return a.Introduced, &a.Retirement
		}
		return "", nil
	}
	if o.Target == "" {
		return f
	}
	all := o.registry().Attributes()
	for i := range all {
		if a := &all[i]; !bare(a.Key) && !notRenamedAlone[a.Key] {
			f.follows(a.Key, &a.Retirement)
		}
	}
	for _, v := range vocabularies {
		for i := range v.Attributes {
			r := &v.Attributes[i]
			f.reads(r)
			f.was[r.To] = append(f.was[r.To], r.Was...)
		}
	}
	return f
}

func metricFormers(o *Options) *formers {
	f := &formers{options: o, before: map[string][]string{}, changed: map[[2]string]bool{}}
	f.find = func(name string) (string, *registry.Retirement) {
		if m := o.registry().LookupMetric(name); m != nil {
			return m.Introduced, &m.Retirement
		}
		return "", nil
	}
	if o.Target == "" {
		return f
	}
	all := o.registry().Metrics()
	for i := range all {
		f.follows(all[i].Name, &all[i].Retirement)
	}
	return f
}

// follows notes what a name became.
func (f *formers) follows(from string, r *registry.Retirement) {
	note := func(to string, changed bool) {
		if to == "" || r.Deprecation == registry.Live {
			return
		}
		if !slices.Contains(f.before[to], from) {
			f.before[to] = append(f.before[to], from)
		}
		f.changed[[2]string{from, to}] = changed
	}
	note(r.RenamedTo, false)
	note(r.Via, false)
	for _, to := range r.Instead {
		note(to, true)
	}
}

// reads notes what rules do to values beside renaming.
func (f *formers) reads(r *Rule) {
	for i := range r.From {
		s := &r.From[i]
		conditional := len(s.Has)+len(s.Lacks)+len(s.Any)+len(s.Equals) > 0 || s.places&r.places != anywhere
		if len(s.Keys) == 1 && s.As == "" && s.Values == nil && !conditional {
			continue
		}
		for _, k := range s.Keys {
			f.changed[[2]string{strings.TrimSuffix(k, ".*"), strings.TrimSuffix(r.To, ".*")}] = true
		}
	}
}

// bare says whether a name is one word: a label of some metrics, and anybody's.
func bare(name string) bool { return !strings.Contains(name, ".") }

// inUse says whether a name that the conventions have or had is in use at the target.
// One that they never had is not theirs to retire.
func (f *formers) inUse(name string) bool {
	introduced, retirement := f.find(name)
	return retirement == nil || !f.options.newer(introduced) && !f.options.retired(retirement)
}

// old says whether a name is one of the conventions that is in use at the target and
// will be retired later.
func (f *formers) old(name string) bool {
	_, retirement := f.find(name)
	return retirement != nil && retirement.Deprecation != registry.Live && f.inUse(name)
}

// newer says whether a name came after the target.
func (o *Options) newer(introduced string) bool {
	return o.Target != "" && introduced != "" && compareVersions(introduced, o.Target) > 0
}

// holds says whether a rule for the targets from one version on and before another holds.
func (o *Options) holds(since, until string) bool {
	if o.Target == "" {
		return until == ""
	}
	return (since == "" || compareVersions(since, o.Target) <= 0) && (until == "" || compareVersions(o.Target, until) < 0)
}

// successor is what a retired name is called at the target, empty if the conventions
// have no name for it then.
func (f *formers) successor(name string) string {
	for range maxSteps {
		introduced, r := f.find(name)
		switch {
		case r == nil || f.options.newer(introduced):
			return ""
		case !f.options.retired(r):
			return name
		case r.RenamedTo != "" && f.inUse(r.RenamedTo):
			return r.RenamedTo
		case r.Via != "":
			name = r.Via
		default:
			name = r.RenamedTo
		}
	}
	return ""
}

// leads says whether the registry has a name become another in the end. Rules may know
// better: what a client calls net.host.port is none of the server's.
func (f *formers) leads(name, to string) bool {
	for range maxSteps {
		_, r := f.find(name)
		switch {
		case r == nil || r.Deprecation == registry.Live:
			return false
		case r.RenamedTo == to || r.Via == to || slices.Contains(r.Instead, to):
			return true
		}
		name = r.Via
	}
	return false
}

// maxSteps bounds the way from a name to its successor: a registry may go round in
// circles.
const maxSteps = 16

// at is what a rule's target is called at the table's target version when it gets its
// value from a key, if it has a name then: the first in use of the names that source and
// rule say it had, that which the key itself had, or the one plain name that became it.
func (f *formers) at(to, key string, was ...[]Former) (Former, bool) {
	if f.options.Target == "" {
		return Former{Key: to}, true
	}
	if resolved := f.resolved(to); f.inUse(resolved) {
		return Former{Key: to}, true
	}
	for _, list := range append(was, f.was[to]) {
		for _, w := range list {
			if f.inUse(w.Key) {
				return w, true
			}
		}
	}
	if key != "" && key != to && f.leads(strings.TrimSuffix(key, ".*"), strings.TrimSuffix(to, ".*")) {
		if name := f.successor(strings.TrimSuffix(key, ".*")); name != "" && name != strings.TrimSuffix(key, ".*") {
			return Former{Key: like(to, name)}, true
		}
	}
	return f.plain(to)
}

// plain is the one name in use at the target that became another by a mere rename.
func (f *formers) plain(to string) (Former, bool) {
	target := strings.TrimSuffix(to, ".*")
	found := ""
	for _, name := range f.before[target] {
		if !f.inUse(name) {
			continue
		}
		if found != "" || f.changed[[2]string{name, target}] {
			return Former{}, false
		}
		found = name
	}
	return Former{Key: like(to, found)}, found != ""
}

// resolved is the template of a template's key, any other name as it is.
func (f *formers) resolved(to string) string {
	if a := f.options.registry().Resolve(strings.TrimSuffix(to, ".*")); a != nil {
		return a.Key
	}
	return to
}

// like writes a name as a template's if the other is one's.
func like(to, name string) string {
	if strings.HasSuffix(to, ".*") {
		return name + ".*"
	}
	return name
}

// downgrades are renames back of names that are newer than the target, where they are
// exact: the name of then became this one and nothing else changed, or a rule says what
// else did.
func (f *formers) downgrades() []Rule {
	if f.options.Target == "" {
		return nil
	}
	var rules []Rule
	all := f.options.registry().Attributes()
	for i := range all {
		a := &all[i]
		if !f.options.newer(a.Introduced) {
			continue
		}
		name := a.Key
		if a.Type&registry.Template != 0 {
			name += ".*"
		}
		old, ok := f.at(name, "")
		if !ok || old.As != "" {
			continue
		}
		rules = append(rules, Rule{To: old.Key, places: anywhere, From: []Source{{Keys: []string{name}, Values: old.Values, places: anywhere}}})
	}
	return rules
}
