//go:build cgo

package treesitter

import (
	"strings"
	"sync"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// vocabulary knows which texts may be names of the conventions: cheaply, since all texts with dots
// of a repository are asked for. It judges none.
type vocabulary struct {
	conventions *semconvlint.Conventions
	mu          sync.RWMutex
	seen        map[string]likeness
}

// likeness is how much a text is like a name.
type likeness uint8

const (
	unlike likeness = iota
	// near is one in a namespace of the conventions, or next to one of theirs.
	near
	// known is one of theirs, of any version.
	known
)

// maxSeen bounds what is remembered.
const maxSeen = 1 << 16

func newVocabulary(c *semconvlint.Conventions) *vocabulary {
	return &vocabulary{conventions: c, seen: map[string]likeness{}}
}

// interesting is whether a dotted text is a name of the conventions of any version, is in a
// namespace of theirs, or is near to one.
func (v *vocabulary) interesting(text string) bool { return v.likeness(text) != unlike }

// known is whether a dotted text is a name of the conventions of any version.
func (v *vocabulary) known(text string) bool { return v.likeness(text) == known }

// onlyMetric is whether a name is a metric's and no attribute's.
func (v *vocabulary) onlyMetric(name string) bool {
	r := v.conventions.Registry
	return r.LookupMetric(name) != nil && r.Resolve(name) == nil
}

func (v *vocabulary) likeness(text string) likeness {
	v.mu.RLock()
	is, seen := v.seen[text]
	v.mu.RUnlock()
	if seen {
		return is
	}
	is = v.find(text)
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.seen) < maxSeen {
		v.seen[strings.Clone(text)] = is
	}
	return is
}

func (v *vocabulary) find(text string) likeness {
	namespace, _, dots := strings.Cut(text, ".")
	r := v.conventions.Registry
	switch {
	case !dots || len(text) > maxName:
		return unlike
	case r.Resolve(text) != nil, r.LookupMetric(text) != nil, r.LookupEvent(text) != nil, v.conventions.Table.Mentions(text):
		return known
	case r.Reserved(namespace), len(v.conventions.Attribute(semconv.Attribute{Key: text})) > 0:
		return near
	}
	return unlike
}

// maxName bounds what is taken for a name: the longest of the conventions has some 60 characters.
const maxName = 128
