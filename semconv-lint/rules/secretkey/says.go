package secretkey

import (
	"slices"
	"strings"
	"sync"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/sensitive"
)

// Says is whether a key's words say that its value is a secret, by the words that the rule has
// unless they are set.
func Says(c *semconvlint.Conventions, key string) bool { return says(c, ours(), key) }

var ours = sync.OnceValue(func() []string { return spelled(words) })

// spelled are words as sensitive.Words writes them.
func spelled(words []string) []string {
	var all []string
	for _, word := range words {
		if words := sensitive.Words(word); words != "" {
			all = append(all, words)
		}
	}
	return all
}

// says is whether such words end a key, or are its last part without anything between them. The
// conventions' own names are none, but for headers.
func says(c *semconvlint.Conventions, words []string, key string) bool {
	if a := c.Registry.Resolve(key); a != nil && !strings.HasSuffix(a.Key, ".header") && !strings.HasSuffix(a.Key, ".metadata") {
		return false
	}
	all, last := sensitive.Words(key), joined(sensitive.Words(key[strings.LastIndexByte(key, '.')+1:]))
	return slices.ContainsFunc(words, func(w string) bool {
		return all == w || strings.HasSuffix(all, "_"+w) || last == joined(w)
	})
}

func joined(words string) string { return strings.ReplaceAll(words, "_", "") }
