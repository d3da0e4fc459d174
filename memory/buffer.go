package memory

import (
	"math/bits"
	"sync"
)

const (
	// SmallestBuffer is what a connection that sends nothing costs: about as much as it does
	// in net/http.
	SmallestBuffer = 4 << 10
	// largestBuffer is pooled, as it holds the greatest request that receivers take by
	// default. Greater ones are left to the garbage collector.
	largestBuffer = 32 << 20
	bufferPools   = 14 // 1 + log2(largestBuffer / SmallestBuffer)
)

// bufferPool holds a pool for each power of two from the smallest to the largest.
var bufferPool [bufferPools]sync.Pool

// TakeBuffer gives a buffer of a size, with anything in it. Those of a power of two from
// SmallestBuffer to 32 MiB are pooled: who receives what others send takes a small one, and a
// larger one when it is full, and gives each back.
func TakeBuffer(size int) *[]byte {
	if isPooled(size) {
		if b, ok := bufferPool[poolOf(size)].Get().(*[]byte); ok {
			return b
		}
	}
	b := make([]byte, size)
	return &b
}

// GiveBuffer takes a buffer back: nobody may use it any more.
func GiveBuffer(b *[]byte) {
	if isPooled(len(*b)) {
		bufferPool[poolOf(len(*b))].Put(b)
	}
}

func isPooled(size int) bool {
	return size >= SmallestBuffer && size <= largestBuffer && size&(size-1) == 0
}

func poolOf(size int) int { return bits.TrailingZeros(uint(size / SmallestBuffer)) }
