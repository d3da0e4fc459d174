package zipkin

import "unsafe"

// arena copies text into blocks that many strings share: one allocation for a few hundred
// of them. A block lives as long as any string in it.
type arena struct{ block []byte }

const (
	// arenaBlock is what one long-lived string can keep of others: a good hundred spans' text.
	arenaBlock = 16 << 10
	// arenaLargest goes into a block; longer text is an allocation of its own.
	arenaLargest = arenaBlock / 8
)

func (a *arena) copy(text []byte) string {
	n := len(text)
	if n == 0 {
		return ""
	}
	if n > arenaLargest {
		return string(text)
	}
	if n > cap(a.block)-len(a.block) {
		a.block = make([]byte, 0, arenaBlock)
	}
	at := len(a.block)
	a.block = append(a.block, text...)
	return unsafe.String(&a.block[at], n)
}
