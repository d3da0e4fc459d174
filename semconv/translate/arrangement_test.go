package translate

import (
	"math/rand/v2"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
)

// TestArrangementsDoNotMix: what a table remembers of some keys at one place with values of
// some types is not what it does at another place or with other types, whatever the secret
// of its hashes and whatever came before.
func TestArrangementsDoNotMix(t *testing.T) {
	values := []Value{
		{Type: registry.Any}, StringValue("w"), StringValue("200"), IntValue(200), DoubleValue(1.5), BoolValue(true), ListValue([]string{"x"}),
	}
	shapes := [][]string{
		{"code.lineno"}, {"http.status_code"}, {"net.peer.port"}, {"net.peer.name", "shop.tags"}, {"shop.tags", "net.peer.name"},
		{"http.url", "net.peer.port", "code.lineno"}, {"net.peer.name", "net.peer.port", "http.status_code", "shop.tags"},
	}
	var elements []Input
	for place := Resource; place <= Record; place <<= 1 {
		for _, keys := range shapes {
			for first := range values {
				for last := range values {
					in := Input{Keys: keys, Place: place}
					for range keys {
						in.Values = append(in.Values, values[last])
					}
					if in.Values[0] = values[first]; len(keys) > 1 || first == last {
						elements = append(elements, in)
					}
				}
			}
		}
	}
	table, fresh := New(Options{}, Embedded()...), New(Options{}, Embedded()...)
	fresh.arrangements.limit, fresh.plans.limit = 0, 0 // nothing is small enough to be remembered
	want := make([]string, len(elements))
	var r Result
	for i := range elements {
		fresh.Translate(&elements[i], &r)
		want[i] = appliedTo(&elements[i], &r)
	}
	for seed := range uint64(40) {
		table.hasher, table.plans, table.arrangements = newHasher(), newPlans(planSlots, planBytes), newArrangements(planSlots, planBytes)
		rng := rand.New(rand.NewPCG(seed, 3))
		for range 3 { // the first time an order is seen, the second it is remembered, the third used
			for _, i := range rng.Perm(len(elements)) {
				in := &elements[i]
				table.Translate(in, &r)
				if got := appliedTo(in, &r); got != want[i] {
					t.Fatalf("seed %d: %v at %d: %v\n got %s\nwant %s", seed, in.Keys, in.Place, in.Values, got, want[i])
				}
			}
		}
		if hits, _ := r.TakePlanStats(); hits < len(elements) {
			t.Errorf("seed %d: %d hits of %d elements: nothing is remembered", seed, hits, len(elements))
		}
	}
}
