package translate_test

import (
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/dialects"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// FuzzWhole translates three attributes by all rules, of the conventions and of the
// dialects. Whatever the keys and values: nothing is there twice, what is new has the
// registry's type, and a second time changes nothing. The corpus's cases are its seeds.
func FuzzWhole(f *testing.F) {
	table := whole()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	byPlace := slices.Sorted(maps.Keys(places))
	for _, file := range files {
		for _, c := range readCases(f, file) {
			i := slices.IndexFunc(byPlace, func(name string) bool { return places[name] == c.place })
			seed := []string{"", "", "", "", "", ""}
			keys := slices.Sorted(maps.Keys(c.in))
			for j, k := range keys[:min(len(keys), 3)] {
				seed[2*j], seed[2*j+1] = k, literal(c.in[k])
			}
			f.Add(seed[0], seed[1], seed[2], seed[3], seed[4], seed[5], uint8(max(i, 0)))
		}
	}
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2, k3, v3 string, place uint8) {
		in := attributes{}
		for k, text := range map[string]string{k1: v1, k2: v2, k3: v3} {
			if _, field := fields[k]; field {
				continue
			}
			v, err := parseLiteral(text)
			if err != nil {
				v = translate.StringValue(text)
			}
			in[k] = v
		}
		sound(t, table, places[byPlace[int(place)%len(byPlace)]], in)
	})
}

// TestMixtures is FuzzWhole of attributes that have nothing to do with each other: the
// corpus's keys with its values and hostile ones, at random, at several targets.
func TestMixtures(t *testing.T) {
	tables := []*translate.Table{whole()}
	for _, target := range []string{"1.21.0", "1.28.0", "1.37.0"} {
		tables = append(tables, translate.New(translate.Options{Target: target}, slices.Concat(translate.Embedded(), dialects.All())...))
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	own := map[string][]translate.Value{}
	values := []translate.Value{
		translate.StringValue(""), translate.StringValue("true"), translate.StringValue("::"), translate.IntValue(-1), translate.BoolValue(false),
		translate.DoubleValue(1e300), translate.ListValue([]string{"a", "b"}), translate.ListValue(nil), {Type: registry.Any},
	}
	for _, file := range files {
		for _, c := range readCases(t, file) {
			for _, a := range []attributes{c.in, c.want} {
				for k, v := range a {
					if _, field := fields[k]; !field {
						own[k] = append(own[k], v)
						values = append(values, v)
					}
				}
			}
		}
	}
	keys, byPlace := slices.Sorted(maps.Keys(own)), slices.Sorted(maps.Keys(places))
	for seed := range uint64(10000) {
		rng := rand.New(rand.NewPCG(seed, 0))
		in := attributes{}
		for range 1 + rng.IntN(20) {
			k := keys[rng.IntN(len(keys))]
			if in[k] = own[k][rng.IntN(len(own[k]))]; rng.IntN(4) == 0 {
				in[k] = values[rng.IntN(len(values))]
			}
		}
		sound(t, tables[max(0, int(seed%8)-4)], places[byPlace[rng.IntN(len(byPlace))]], in)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// sound checks what holds of any translation.
func sound(t *testing.T, table *translate.Table, place translate.Place, in attributes) {
	t.Helper()
	got := run(table, place, "java", "", nil, in)
	// The second time the order of the keys is remembered, the third time it is used.
	for range 2 {
		if again := run(table, place, "java", "", nil, in); again.String() != got.String() {
			t.Errorf("%s on %d gave\n%sand, when it was known,\n%s", in, place, got, again)
		}
	}
	attrs, set := attributes{}, []string{}
	for k, v := range got {
		if strings.HasSuffix(k, " (twice)") {
			t.Errorf("%s gave %s", in, got)
			return
		}
		if _, field := fields[k]; field {
			set = append(set, k)
			continue
		}
		attrs[k] = v
		a := registry.Resolve(k)
		if _, old := in[k]; !old && a != nil && a.Deprecation == registry.Live && !v.Is(a.Type) {
			t.Errorf("%s gave %s, which is not of the registry's type %s", in, got, a.Type)
		}
	}
	if kind, ok := got["@kind"]; ok && places[kind.Str()] != place {
		return // the span has another place from now on, and other rules
	}
	if again := run(table, place, "java", "", set, attrs); again.String() != attrs.String() {
		t.Errorf("%s on %d gave\n%sand then\n%s", in, place, attrs, again)
	}
}
