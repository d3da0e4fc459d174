package policy

import (
	"hash/maphash"
	"regexp"
	"strings"
	"sync/atomic"
)

// patterns are regular expressions, with what they said of texts. Many goroutines may ask.
type patterns struct {
	exprs []*regexp.Regexp
	seed  maphash.Seed
	// known has a place for each text, which a later one takes away.
	known []atomic.Pointer[outcome]
}

type outcome struct {
	text    string
	matches bool
}

const (
	// defaultPatternCache is contrib's.
	defaultPatternCache = 128
	// maxKnownText bounds what a place holds. Longer texts hardly come twice.
	maxKnownText = 1 << 10
)

func newPatterns(size int) *patterns {
	if size <= 0 {
		size = defaultPatternCache
	}
	return &patterns{seed: maphash.MakeSeed(), known: make([]atomic.Pointer[outcome], size)}
}

func (p *patterns) match(text string) bool {
	place := &p.known[maphash.String(p.seed, text)%uint64(len(p.known))]
	if o := place.Load(); o != nil && o.text == text {
		return o.matches
	}
	var matches bool
	for _, expr := range p.exprs {
		if matches = expr.MatchString(text); matches {
			break
		}
	}
	if len(text) <= maxKnownText {
		// A copy, because the text may be a part of a whole request.
		place.Store(&outcome{strings.Clone(text), matches})
	}
	return matches
}
