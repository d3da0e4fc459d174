package translate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
)

// TestConvergence writes random elements of the target version in older words, by the
// rules backwards, and wants them back: wholly old, half migrated, and with both
// spellings. Rules that lose something (a host cut from a URL) have no way back; the
// corpus has those.
func TestConvergence(t *testing.T) {
	vocabularies, err := ParseVocabularies(os.DirFS("../dialects"), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	vocabularies = slices.Concat(Embedded(), vocabularies)
	table := New(Options{}, vocabularies...)
	backward := backwards(vocabularies)
	written := map[*Source]bool{}
	for seed := range uint64(4000) {
		e := backward.element(rand.New(rand.NewPCG(seed, 44)))
		for _, s := range e.written {
			written[s] = true
		}
		var r Result
		table.Translate(e.old.input(e.place), &r)
		if got := e.old.apply(&r); got.String() != e.target.String() || len(r.Invalid) > 0 || r.Conflicts+r.Duplicates > 0 {
			t.Fatalf("seed %d: %s\n got %s\nwant %s (%d invalid, %d conflicts, %d duplicates)", seed, e.old, got, e.target, len(r.Invalid), r.Conflicts, r.Duplicates)
		}
		if e.exclusive() {
			continue
		}
		both := slices.Concat(e.old, e.missing())
		table.Translate(both.input(e.place), &r)
		if got := both.apply(&r); got.String() != e.target.String() || r.Conflicts > 0 {
			t.Fatalf("seed %d: with both spellings\n got %s\nwant %s (%d conflicts)", seed, got, e.target, r.Conflicts)
		}
	}
	if len(written) < 250 {
		t.Errorf("%d sources have a way back, and were taken", len(written))
	}
}

// element is a random one, as it is in the target version and as it was written.
type element struct {
	place       Place
	target, old attributes
	written     []*Source
}

// exclusive says whether an old spelling means another thing beside the new one.
func (e *element) exclusive() bool {
	return slices.ContainsFunc(e.written, func(s *Source) bool {
		return slices.ContainsFunc(s.Lacks, func(k string) bool {
			return slices.ContainsFunc(e.target, func(x attribute) bool { return x.Key == k })
		})
	})
}

// missing are the target's attributes whose keys the old element has not.
func (e *element) missing() attributes {
	var out attributes
	for _, x := range e.target {
		if !slices.ContainsFunc(e.old, func(y attribute) bool { return x.Key == y.Key }) {
			out = append(out, x)
		}
	}
	return out
}

// backward are rules to be read from target to source.
type backward struct {
	ways []way
	// gives are all sources that read a key, or that its being there triggers.
	gives map[string][]way
	live  []registry.Attribute
}

type way struct {
	rule   *Rule
	source *Source
}

func (w way) on(p Place) bool { return w.rule.places&w.source.places&p != 0 }

func backwards(vocabularies []*Vocabulary) *backward {
	b := &backward{gives: map[string][]way{}}
	mentioned := map[string]bool{}
	var rules []*Rule
	for _, v := range vocabularies {
		for i := range v.Attributes {
			r := &v.Attributes[i]
			if r.Until != "" {
				continue // of older targets
			}
			rules = append(rules, r)
			for _, s := range r.From {
				for _, k := range s.Keys {
					mentioned[strings.TrimSuffix(k, ".*")] = true
				}
			}
		}
	}
	for _, r := range registryRenames(mentioned, attributeFormers(&Options{}, vocabularies)) {
		rules = append(rules, &r)
	}
	for _, r := range rules {
		for i := range r.From {
			w := way{r, &r.From[i]}
			if w.source.Until != "" {
				continue
			}
			for _, k := range slices.Concat(w.source.Keys, w.source.Has, w.source.Any) {
				b.gives[k] = append(b.gives[k], w)
			}
			if len(w.source.Keys) > 0 && !strings.HasPrefix(r.To, "@") && !r.Own {
				b.ways = append(b.ways, w)
			}
		}
	}
	for _, a := range registry.Attributes() {
		if a.Deprecation == registry.Live && a.Type&registry.Template == 0 && a.Type.Base() <= registry.Strings && b.gives[a.Key] == nil {
			b.live = append(b.live, a)
		}
	}
	return b
}

var convergencePlaces = []Place{Resource, Internal, Server, Client, Producer, Consumer, Event, Record}

func (b *backward) element(rng *rand.Rand) element {
	e := element{place: convergencePlaces[rng.IntN(len(convergencePlaces))]}
	for range 1 + rng.IntN(8) {
		b.write(&e, b.ways[rng.IntN(len(b.ways))], rng)
	}
	for range rng.IntN(4) {
		a := &b.live[rng.IntN(len(b.live))]
		if !e.has(a.Key) {
			x := attribute{Key: a.Key}
			x.Value = x.random(a.Type, rng)
			e.target, e.old = append(e.target, x), append(e.old, x)
		}
	}
	if own := "shop." + word(rng); !e.has(own) {
		x := attribute{own, IntValue(7)}
		e.target, e.old = append(e.target, x), append(e.old, x)
	}
	return e
}

func (e *element) has(key string) bool {
	return slices.ContainsFunc(slices.Concat(e.old, e.target), func(x attribute) bool { return x.Key == key })
}

// write adds a rule's target to the element, in old words if it can.
func (b *backward) write(e *element, w way, rng *rand.Rand) {
	s := w.source
	to, template := strings.CutSuffix(w.rule.To, ".*")
	rest := ""
	if template {
		rest = "." + word(rng)
		to += rest
	}
	if e.has(to) || !w.on(e.place) || len(s.Has)+len(s.Any)+len(s.Scope) > 0 || len(s.Equals) > 0 && s.Equals[to] == "" {
		return
	}
	var old attributes
	for _, k := range s.Keys {
		if template {
			k = strings.TrimSuffix(k, ".*") + rest
		}
		if e.has(k) {
			return
		}
		old = append(old, attribute{Key: k})
	}
	target, ok := s.backward(registry.Resolve(to).Type, old, rng)
	if !ok {
		return
	}
	with := element{e.place, append(slices.Clone(e.target), attribute{to, target}), append(slices.Clone(e.old), old...), append(slices.Clone(e.written), s)}
	if b.unambiguous(&with) {
		*e = with
	}
}

// unambiguous says whether each old attribute says something to the source that it was
// written by, and to no other.
func (b *backward) unambiguous(e *element) bool {
	for _, x := range e.old {
		for _, w := range b.gives[x.Key] {
			meant := slices.Contains(e.written, w.source)
			if !w.on(e.place) || !e.meets(w.source) {
				if meant && slices.Contains(w.source.Keys, x.Key) {
					return false
				}
				continue
			}
			if meant {
				continue
			}
			convert := w.source.conversion()
			if convert == nil || len(w.source.Keys) != 1 {
				return false
			}
			if _, o := convert(x.Value); o != absent {
				return false
			}
		}
	}
	return true
}

// meets says whether the old element meets a source's conditions.
func (e *element) meets(s *Source) bool {
	find := func(k string) int { return slices.IndexFunc(e.old, func(x attribute) bool { return x.Key == k }) }
	for _, k := range slices.Concat(s.Keys, s.Has) {
		if find(k) < 0 && !strings.HasSuffix(k, ".*") {
			return false
		}
	}
	if s.Scope != "" || len(s.Any) > 0 && !slices.ContainsFunc(s.Any, func(k string) bool { return find(k) >= 0 }) {
		return false
	}
	for k, want := range s.Equals {
		if i := find(k); i < 0 {
			return false
		} else if text, ok := e.old[i].Value.text(); !ok || !strings.EqualFold(text, want) {
			return false
		}
	}
	return !slices.ContainsFunc(s.Lacks, func(k string) bool { return find(k) >= 0 })
}

// backward fills in the old values of a source's keys and gives the target's value.
func (s *Source) backward(typ registry.Type, old attributes, rng *rand.Rand) (Value, bool) {
	if len(old) > 1 {
		separator := s.Join
		if separator == "language" {
			separator = "." // the tests' services are in Java
		}
		var parts []string
		for i := range old {
			parts = append(parts, word(rng)+fmt.Sprint(i))
			old[i].Value = StringValue(parts[i])
		}
		return StringValue(strings.Join(parts, separator)), true
	}
	if len(s.Values) > 0 && (len(s.Equals) > 0 || rng.IntN(2) == 0) {
		return s.mapped(old, rng)
	}
	v, ok := old[0].backward(s.As, typ, rng)
	return v, ok
}

// mapped takes one of a source's values.
func (s *Source) mapped(old attributes, rng *rand.Rand) (Value, bool) {
	var olds []string
	for k, v := range s.Values {
		if v != "" {
			olds = append(olds, k)
		}
	}
	if len(olds) == 0 {
		return Value{}, false
	}
	slices.Sort(olds)
	k := olds[rng.IntN(len(olds))]
	old[0].Value = StringValue(k)
	return StringValue(s.Values[k]), true
}

// backward undoes a conversion that has a way back.
func (x *attribute) backward(as string, typ registry.Type, rng *rand.Rand) (Value, bool) {
	w := word(rng)
	set := func(old Value, target string) (Value, bool) {
		x.Value = old
		v, ok := StringValue(target).Cast(typ)
		return v, ok
	}
	switch as {
	case "":
		v := x.random(typ, rng)
		x.Value = v
		if text, ok := v.text(); ok && rng.IntN(2) == 0 {
			x.Value = StringValue(text) // as tags of Zipkin are
		} else if v.Type == registry.Strings && len(v.List()) == 1 {
			x.Value = StringValue(v.List()[0])
		}
		return v, true
	case "method":
		return set(StringValue("PATCH"), "PATCH")
	case "status_code":
		return set(StringValue("404"), "404")
	case "grpc.status_code":
		n := rng.IntN(len(grpcStatusNames))
		return set(IntValue(int64(n)), grpcStatusNames[n])
	case "grpc.path":
		return set(StringValue("/"+w+"/"+w), w+"/"+w)
	case "port.only":
		return set(StringValue("8080"), "8080")
	case "ip":
		return set(IntValue(167772161), "10.0.0.1")
	case "first_hop":
		return set(StringValue("192.0.2.1, 10.0.0.1"), "192.0.2.1")
	case "lower":
		return set(StringValue(strings.ToUpper(w)), w)
	case "nonempty", "not_dash":
		return set(StringValue(w), w)
	}
	return Value{}, false
}

// random is a value that the attribute may have: a port is one that there is.
func (x *attribute) random(typ registry.Type, rng *rand.Rand) Value {
	if strings.HasSuffix(x.Key, ".port") {
		return IntValue(1 + rng.Int64N(math.MaxUint16))
	}
	return randomValue(typ, rng)
}

func randomValue(typ registry.Type, rng *rand.Rand) Value {
	switch typ.Base() {
	case registry.Int:
		return IntValue(rng.Int64N(1 << 40))
	case registry.Double:
		return DoubleValue(float64(rng.IntN(1000)) + 0.5)
	case registry.Bool:
		return BoolValue(rng.IntN(2) == 0)
	case registry.Strings:
		return ListValue([]string{word(rng)})
	case registry.String:
		return StringValue(word(rng))
	default:
		return Value{Type: registry.Any}
	}
}

// word is one that no rule knows.
func word(rng *rand.Rand) string {
	var b [8]byte
	for i := range b {
		b[i] = byte('a' + rng.IntN(26))
	}
	return string(b[:])
}
