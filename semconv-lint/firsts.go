package semconvlint

import (
	"maps"
	"slices"
)

// firsts keeps values by name, of more than max the first by name. A name that is among the first
// of all is so at any time, with whoever saw it: neither which they are nor what is kept of them
// depends on the order in which they came.
type firsts[V any] struct {
	max int
	all map[string]V
	// last is the last one that is kept where some were not.
	last *string
}

func newFirsts[V any](most int) firsts[V] { return firsts[V]{max: most, all: map[string]V{}} }

// room is whether a name that is not there may be among the first.
func (k *firsts[V]) room(name string) bool { return k.last == nil || name < *k.last }

// put adds one. Seldom, as that sorts them, it leaves only the first and gives the others' values.
func (k *firsts[V]) put(name string, v V) []V {
	k.all[name] = v
	if len(k.all) < 2*k.max {
		return nil
	}
	return k.trim()
}

// trim leaves the first and gives the others' values.
func (k *firsts[V]) trim() []V {
	if len(k.all) <= k.max {
		return nil
	}
	var out []V
	names := slices.Sorted(maps.Keys(k.all))
	for _, name := range names[k.max:] {
		out = append(out, k.all[name])
		delete(k.all, name)
	}
	k.last = &names[k.max-1]
	return out
}
