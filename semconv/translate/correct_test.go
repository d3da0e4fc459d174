package translate

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
)

// TestEveryValueTwice writes every value that the registry or a rule's map knows, under
// every name that its attribute has or had, alone, beside what rules ask for and beside
// the name that it goes to. At no target a second time changes anything: what a rule gives
// is a value of that version.
func TestEveryValueTwice(t *testing.T) {
	vocabularies, err := ParseVocabularies(os.DirFS("../dialects"), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	vocabularies = slices.Concat(Embedded(), vocabularies)
	values := everyValue(vocabularies)
	for _, target := range everyTarget() {
		changed := 0
		for _, o := range []Options{{}, {OldWins: true}, {KeepOld: true}} {
			o.Target = target
			table := New(o, vocabularies...)
			check := func(in attributes, place Place, first, second *Table) {
				var r Result
				if first.Translate(in.input(place), &r) {
					changed++
				} else if first == second {
					return
				}
				once := in.apply(&r)
				if second.Translate(once.input(place), &r); !r.Changes() {
					return
				}
				if twice := once.apply(&r); twice.String() != once.String() {
					t.Errorf("target %q, old wins %t, old kept %t: %s on %d became %s and then %s", o.Target, o.OldWins, o.KeepOld, in, place, once, twice)
				}
			}
			values.beside(table, vocabularies, check)
			if !o.OldWins {
				values.alone(table, check)
				values.onPoints(table, check)
			}
		}
		if changed < 10000 {
			t.Errorf("%s: %d elements changed", target, changed)
		}
	}
}

// everyTarget are all that can be one, and none: the newest.
func everyTarget() []string {
	versions := map[string]bool{"": true}
	for minor := range 100 {
		versions[fmt.Sprintf("1.%d.0", minor)] = true
	}
	for _, a := range registry.Attributes() {
		versions[a.Introduced], versions[a.Since] = true, true
		for _, m := range a.Members() {
			versions[m.Since] = true
		}
	}
	maps.DeleteFunc(versions, func(v string, _ bool) bool { return v != "" && CheckTarget(v) != nil })
	return slices.SortedFunc(maps.Keys(versions), compareVersions)
}

// valuesByKey are the values that an attribute has or had under any of its names, and one
// that it never had.
type valuesByKey map[string][]string

func everyValue(vocabularies []*Vocabulary) valuesByKey {
	byKey := map[string]*oneThing{}
	of := func(key string) *oneThing {
		if byKey[key] == nil {
			byKey[key] = &oneThing{names: []string{key}, values: map[string]bool{}}
		}
		return byKey[key]
	}
	same := func(a, b string) {
		x, y := of(a), of(b)
		if x == y || b == "" || strings.HasPrefix(a, "@") {
			return
		}
		x.names = append(x.names, y.names...)
		maps.Copy(x.values, y.values)
		for _, name := range y.names {
			byKey[name] = x
		}
	}
	mapped := func(key string, values map[string]string) {
		for from, to := range values {
			of(key).values[from], of(key).values[to] = true, true
		}
	}
	former := func(r *Rule, was []Former) {
		for _, w := range was {
			same(r.To, w.Key)
			mapped(r.To, w.Values)
		}
	}
	for _, a := range registry.Attributes() {
		for _, m := range a.Members() {
			of(a.Key).values[m.Value] = true
		}
		same(a.Key, a.RenamedTo)
		same(a.Key, a.Via)
	}
	for _, r := range everyRule(vocabularies) {
		former(&r, r.Was)
		for _, s := range r.From {
			if len(s.Keys) == 1 {
				same(r.To, s.Keys[0])
				mapped(s.Keys[0], s.Values)
				if text, ok := s.Equals[s.Keys[0]]; ok {
					of(s.Keys[0]).values[text] = true
				}
			}
			former(&r, s.Was)
		}
	}
	all := valuesByKey{}
	for key, x := range byKey {
		if len(x.values) > 0 {
			all[key] = append(slices.Sorted(maps.Keys(x.values)), noValue)
		}
	}
	return all
}

// oneThing is an attribute with all its names.
type oneThing struct {
	names  []string
	values map[string]bool
}

const noValue = "shop"

// everyRule are those for attributes, of elements and of metrics' points.
func everyRule(vocabularies []*Vocabulary) []Rule {
	var rules []Rule
	for _, v := range vocabularies {
		rules = append(rules, v.Attributes...)
		for _, m := range v.Metrics {
			rules = append(rules, m.Attributes...)
		}
	}
	return rules
}

// checkTwice translates by one table and then by another.
type checkTwice func(in attributes, place Place, first, second *Table)

func (values valuesByKey) alone(t *Table, check checkTwice) {
	for key, list := range values {
		for _, v := range list {
			for _, place := range convergencePlaces {
				check(of(key, v), place, t, t)
			}
		}
	}
}

// onPoints are labels of metrics that have rules of their own, which the second time have
// their new name.
func (values valuesByKey) onPoints(t *Table, check checkTwice) {
	type tables struct {
		first, second *Table
		place         Place
	}
	done := map[tables]bool{{t, t, Point}: true}
	for k := range t.metrics {
		m := t.Metric(k.name, k.unit)
		x := tables{m.Points, t.Metric(m.Name, m.Unit).Points, m.Place}
		if done[x] {
			continue
		}
		done[x] = true
		for key, list := range values {
			if k := m.Points.keys[key]; k == nil || len(k.gives) == 0 {
				continue // no rule of its own
			}
			for _, v := range list {
				check(of(key, v), x.place, x.first, x.second)
			}
		}
	}
}

// beside are rules' sources beside what they ask for, without their target and with it.
func (values valuesByKey) beside(t *Table, vocabularies []*Vocabulary, check checkTwice) {
	for _, r := range everyRule(vocabularies) {
		for i := range r.From {
			s := &r.From[i]
			if len(s.Keys) != 1 {
				continue
			}
			others := s.asked()
			to, _ := t.atTarget(&r, s)
			with := to != "" && to != s.Keys[0] && !strings.HasPrefix(to, "@")
			for _, v := range values[s.Keys[0]] {
				in := append(of(s.Keys[0], v), others...)
				for _, place := range convergencePlaces {
					if r.places&s.places&place == 0 {
						continue
					}
					check(in, place, t, t)
					if with {
						check(append(of(to, noValue), in...), place, t, t)
						check(append(of(to, v, s.Keys[0], noValue), others...), place, t, t)
					}
				}
			}
		}
	}
}

// asked is what a source asks for beside its key.
func (s *Source) asked() attributes {
	var asked attributes
	for _, k := range s.Has {
		asked = append(asked, of(k, noValue)...)
	}
	if len(s.Any) > 0 {
		asked = append(asked, of(s.Any[0], noValue)...)
	}
	for k, text := range s.Equals {
		if k != eventName && !s.reads(k) {
			asked = append(asked, of(k, text)...)
		}
	}
	return asked
}
