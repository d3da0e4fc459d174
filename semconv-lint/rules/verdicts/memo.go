package verdicts

import "strings"

// Memo remembers what was found out of a key: services repeat the same few hundred on every
// element.
type Memo[T any] struct {
	find  func(key string) T
	known map[string]T
}

// NewMemo makes one that knows nothing.
func NewMemo[T any](find func(key string) T) *Memo[T] {
	return &Memo[T]{find, map[string]T{}}
}

// maxKnown and maxText bound it: keys with ids in them have no end.
const maxKnown = 4096

// Of gives what is known of a key, or finds it out.
func (m *Memo[T]) Of(key string) T {
	found, ok := m.known[key]
	if !ok {
		found = m.find(key)
		if len(m.known) < maxKnown && len(key) <= maxText {
			m.known[strings.Clone(key)] = found
		}
	}
	return found
}
