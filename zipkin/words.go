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
}

type word struct {
	text    string
	waiting uint32 // hash of the text that came here last and is not held
	meaning meaning
	known   bool // meaning was looked up
}

const (
	wordPlaces = 4096
	// longestWord bounds what the table holds: 4096 × 64 B.
	longestWord = 64
)

// find gives text as a string, with what it means and its hash.
func (w *words) find(text []byte, a *arena) (string, *word, uint32) {
	h := hashText(text)
	if len(text) > longestWord {
		return a.copy(text), nil, h
	}
	p := &w.places[h%wordPlaces]
	if p.text == string(text) {
		return p.text, p, h
	}
	if p.waiting != h {
		p.waiting = h
		return a.copy(text), nil, h
	}
	*p = word{text: string(text)}
	return p.text, p, h
}

// text gives a text as a string.
func (w *words) text(text []byte, a *arena) string {
	s, _, _ := w.find(text, a)
	return s
}

// key gives the key of a tag as a string, with what it means and its hash.
func (w *words) key(text []byte, a *arena) (string, meaning, uint32) {
	s, p, h := w.find(text, a)
	if p == nil {
		return s, w.meaning(s), h
	}
	if !p.known {
		p.meaning, p.known = w.meaning(s), true
	}
	return s, p.meaning, h
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
