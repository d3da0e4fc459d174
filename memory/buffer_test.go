package memory

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBuffers(t *testing.T) {
	pooled := 0
	for size := SmallestBuffer / 4; size <= 4*largestBuffer; size *= 2 {
		for _, n := range []int{size - 1, size, size + 1} {
			b := TakeBuffer(n)
			assert.Len(t, *b, n)
			GiveBuffer(b)
			if isPooled(n) {
				pooled++
				assert.Less(t, poolOf(n), bufferPools)
			}
		}
	}
	assert.Equal(t, bufferPools, pooled)
	(*TakeBuffer(SmallestBuffer))[0] = 1
	assert.NotSame(t, TakeBuffer(SmallestBuffer), TakeBuffer(SmallestBuffer), "each is one's own")
}
