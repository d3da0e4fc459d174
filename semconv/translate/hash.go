package translate

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"unsafe"
)

// hasher hashes keys. Plans are found by hashes alone, so these are 64 bits wide and
// their seed is random: nobody outside can make two shapes collide.
//
// Half of what a conforming span costs is hashing its keys. Most keys have 8 to 32
// bytes, which two or three multiplications mix, without a call and at half the cost of
// maphash; it has the others.
type hasher struct {
	seed   maphash.Seed
	secret [4]uint64
	types  uint64 // by which follow tells types apart; odd, so that no two are one
}

func newHasher() hasher {
	h := hasher{seed: maphash.MakeSeed()}
	for i := range h.secret {
		h.secret[i] = maphash.Comparable(h.seed, i)
	}
	h.types = maphash.Comparable(h.seed, len(h.secret)) | 1
	return h
}

func (h *hasher) hash(key string) uint64 {
	switch n := len(key); {
	case n < 8 || n > 32:
		return maphash.String(h.seed, key)
	case n <= 16:
		return multiply(eight(key, 0)^h.secret[0]^uint64(n), eight(key, n-8)^h.secret[1])
	default:
		head := multiply(eight(key, 0)^h.secret[0]^uint64(n), eight(key, 8)^h.secret[1])
		return multiply(head^eight(key, n-16)^h.secret[2], eight(key, n-8)^h.secret[3])
	}
}

// eight is the 8 bytes at i, which must be there.
func eight(s string, i int) uint64 {
	return binary.NativeEndian.Uint64(unsafe.Slice(unsafe.StringData(s), len(s))[i:])
}

// multiply folds the 128 bits of a product.
func multiply(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}
