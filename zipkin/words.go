package zipkin

import (
	"encoding/binary"
	"math/bits"
)

// words holds the texts that repeat from span to span (keys of tags, names, addresses), so
// that each is one string, and what each means as a tag's key. It is a bounded table without
// chains: a word takes the place of another with the same hash when it comes twice in a row
// there, so that text that never repeats displaces nothing.
type words struct {
	places     [wordPlaces]word
	isResource func(string) bool
	start      word // its next is the key that tags began with last
}

type word struct {
	text string
	// next is the word that came as the next key, the last time that this one was one. Tags of
	// one kind of span come in one order, so it mostly is what comes next again, and is
	// compared instead of searched.
	next    *word
	waiting uint32 // hash of the text that came here last and is not held
	seen    uint32 // the span that had it as a key last, see tagSet.scan
	meaning meaning
	isKey   bool // meaning is known
	plain   bool // JSON writes it as it is
}

const (
	wordPlaces = 4096
	// longestWord bounds what the table holds: 4096 × 64 B.
	longestWord = 64
)

// find gives text as a string, and its word if it was held before.
func (w *words) find(text []byte, a *arena) (string, *word) {
	if len(text) > longestWord {
		return a.copy(text), nil
	}
	h := hashText(text)
	p := &w.places[h%wordPlaces]
	if p.text == string(text) {
		return p.text, p
	}
	if p.waiting != h {
		p.waiting = h
		return a.copy(text), nil
	}
	*p = word{text: string(text), plain: isPlain(text)}
	return p.text, nil
}

// isPlain is whether a text is ASCII without anything that JSON escapes.
func isPlain(text []byte) bool {
	for _, c := range text {
		if c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// text gives a text as a string.
func (w *words) text(text []byte, a *arena) string {
	s, _ := w.find(text, a)
	return s
}

// key gives the key of a tag.
func (w *words) key(text []byte, a *arena) tag {
	s, p := w.find(text, a)
	if p == nil {
		return tag{key: s, meaning: w.meaning(s)}
	}
	if !p.isKey {
		p.meaning, p.isKey = w.meaning(s), true
	}
	return tag{key: s, meaning: p.meaning, word: p}
}

const mixer = 0x9e3779b97f4a7c15

// hashText reads the length and at most 24 bytes: keys differ at one end or the other. What
// collides on purpose is only slower.
func hashText(text []byte) uint32 {
	n := len(text)
	var a, b, c uint64
	switch {
	case n >= 8:
		a = binary.LittleEndian.Uint64(text)
		b = binary.LittleEndian.Uint64(text[n-8:])
		c = binary.LittleEndian.Uint64(text[n/2-4:])
	case n >= 4:
		a = uint64(binary.LittleEndian.Uint32(text))
		b = uint64(binary.LittleEndian.Uint32(text[n-4:]))
	case n > 0:
		a = uint64(text[0]) | uint64(text[n/2])<<8 | uint64(text[n-1])<<16
	}
	high, low := bits.Mul64(a^mixer^uint64(n), b^c<<1^0xbf58476d1ce4e5b9)
	low ^= high
	return uint32(low ^ low>>32)
}
