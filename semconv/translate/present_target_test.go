package translate_test

import (
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/koine-otel/koine/semconv/dialects"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// TestPresentTargetsStay: an attribute that has its target's name and type already is never
// overwritten by what has another name, on whatever element or metric's point. What its own
// older values become, and what it is joined with, it becomes as it would alone.
func TestPresentTargetsStay(t *testing.T) {
	table := whole()
	vocabularies := slices.Concat(translate.Embedded(), dialects.All())
	with, targets := joinedWith(vocabularies)
	scopes := []string{""}
	for _, v := range vocabularies {
		for _, m := range v.Metrics {
			scopes = append(scopes, m.To, m.From[0].Name)
		}
	}
	keys, values := corpusValues(t)
	byPlace := slices.Sorted(maps.Keys(places))
	for seed := range uint64(20000) {
		rng := rand.New(rand.NewPCG(seed, 1))
		points, place := table, places[byPlace[rng.IntN(len(byPlace))]]
		if name := scopes[rng.IntN(len(scopes))]; name != "" {
			m := table.Metric(name, "")
			points, place = m.Points, m.Place
		}
		target := targets[rng.IntN(len(targets))]
		a := registry.Lookup(target)
		value, ok := translate.StringValue("7").Cast(a.Type)
		if len(values[target]) > 0 {
			value, ok = values[target][rng.IntN(len(values[target]))].Cast(a.Type)
		}
		if !ok {
			continue
		}
		in, alone := attributes{target: value}, attributes{target: value}
		for range 1 + rng.IntN(8) {
			k := keys[rng.IntN(len(keys))]
			if rng.IntN(2) == 0 {
				k = with[target].sources[rng.IntN(len(with[target].sources))]
			}
			if _, twice := in[k]; twice || len(values[k]) == 0 {
				continue
			}
			in[k] = values[k][rng.IntN(len(values[k]))]
			if with[target].joined[k] {
				alone[k] = in[k]
			}
		}
		want, kept := run(points, place, "java", "", nil, alone)[target]
		if got := run(points, place, "java", "", nil, in)[target]; kept && !got.Equal(want) {
			t.Fatalf("seed %d: %s of\n%sbecame %s, want %s", seed, target, in, literal(got), literal(want))
		}
	}
}

// reading is what a target's rules read.
type reading struct {
	sources []string
	joined  map[string]bool // those that say whether and with what the target's own key is read
}

func joinedWith(vocabularies []*translate.Vocabulary) (map[string]*reading, []string) {
	all := map[string]*reading{}
	note := func(rules []translate.Rule) {
		for _, r := range rules {
			a := registry.Lookup(r.To)
			if a == nil || a.Deprecation != registry.Live || a.Type&registry.Template != 0 {
				continue
			}
			if all[r.To] == nil {
				all[r.To] = &reading{joined: map[string]bool{}}
			}
			of := all[r.To]
			for _, s := range r.From {
				// A constant has no key: what says it stands in its place.
				read := slices.Concat(s.Keys, s.Has, s.Any)
				of.sources = append(of.sources, read...)
				if slices.Contains(s.Keys, r.To) {
					for _, k := range slices.Concat(read, s.Lacks) {
						of.joined[k] = true
					}
				}
			}
		}
	}
	for _, v := range vocabularies {
		note(v.Attributes)
		for _, m := range v.Metrics {
			note(m.Attributes)
		}
	}
	return all, slices.Sorted(maps.Keys(all))
}

// corpusValues are the corpus's keys with the values that they have there.
func corpusValues(t *testing.T) ([]string, map[string][]translate.Value) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]translate.Value{}
	for _, file := range files {
		for _, c := range readCases(t, file) {
			for _, a := range []attributes{c.in, c.want} {
				for k, v := range a {
					if _, field := fields[k]; !field {
						values[k] = append(values[k], v)
					}
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(values)), values
}
