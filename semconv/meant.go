package semconv

import (
	"strings"
	"sync"

	"github.com/koine-otel/koine/semconv/spelling"
)

// meant finds the name in use that a name was meant to be, which the conventions never had.
type meant struct {
	names func() names
	mu    sync.RWMutex
	known map[string][]string // by names in a namespace of the conventions
}

// names are those in use.
type names struct {
	spelling *spelling.Names
	// namespaces are those of the names, by what follows the first dot.
	namespaces map[string][]string
}

// newMeant is given all names in order, once it is asked.
func newMeant(all func(add func(name string))) *meant {
	return &meant{
		names: sync.OnceValue(func() names {
			n := names{spelling.New(), map[string][]string{}}
			all(func(name string) {
				n.spelling.Add(name)
				if namespace, rest, dotted := strings.Cut(name, "."); dotted {
					n.namespaces[rest] = append(n.namespaces[rest], namespace)
				}
			})
			return n
		}),
		known: map[string][]string{},
	}
}

// maxMeant and maxMeantName bound what is remembered: who makes names up has endless ones.
const (
	maxMeant     = 4096
	maxMeantName = 256
)

// within is the nearest name of the same namespace, nil where none is near. To find it takes some
// 50 µs, so it is remembered.
func (m *meant) within(name string) []string {
	m.mu.RLock()
	to, known := m.known[name]
	m.mu.RUnlock()
	if known || len(name) > maxMeantName {
		return to
	}
	to = nonEmpty(m.names().spelling.Nearest(name))
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.known) < maxMeant {
		m.known[strings.Clone(name)] = to
	}
	return to
}

// beyond is the name that is this one but for its misspelt namespace, nil where there is none or
// more than one. It is asked for every name of the user's own: one look-up, but for those that
// share all behind the namespace.
func (m *meant) beyond(name string) []string {
	namespace, rest, dotted := strings.Cut(name, ".")
	if !dotted {
		return nil
	}
	to := ""
	for _, candidate := range m.names().namespaces[rest] {
		if !misspelt(namespace, candidate, rest) {
			continue
		}
		if to != "" {
			return nil
		}
		to = candidate + "." + rest
	}
	return nonEmpty(to)
}

// settled are namespaces that no other word is near: nodes and nodejs, openapi and openai, procfile
// and profile, tread and thread are all in use.
var settled = map[string]bool{
	"http": true, "messaging": true, "network": true, "service": true, "server": true, "client": true, "exception": true, "telemetry": true,
	"deployment": true, "container": true, "process": true, "system": true, "cloud": true, "session": true, "browser": true, "feature_flag": true, "user_agent": true,
}

// Bounds of misspelt: another letter makes another word of a short one, and two letters are a slip
// only in a long one.
const (
	wordNamespace = 6
	longNamespace = 9
)

// misspelt says whether a namespace can only be a slip for another before the same rest. Real words
// are near each other, too, and more of them differ in their first letter (code and node) or their
// last (http and httpd, user and users) than are slips. Behind thread and threat a single word, id
// or name, says nothing: there no letter may be another.
func misspelt(namespace, meant, rest string) bool {
	if !settled[meant] || namespace == "" || namespace[0] != meant[0] || namespace[len(namespace)-1] != meant[len(meant)-1] {
		return false
	}
	parts := strings.Contains(rest, ".")
	switch spelling.Distance(namespace, meant) {
	case 1:
		return parts && !replaced(namespace, meant) || len(meant) >= wordNamespace && (parts || !replaced(namespace, meant))
	case 2:
		return parts && len(meant) >= longNamespace
	}
	return false
}

// replaced says whether two words of the same length differ in one letter, and not in two that
// are swapped.
func replaced(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	different := 0
	for i := range len(a) {
		if a[i] != b[i] {
			different++
		}
	}
	return different == 1
}
