package memory

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRegions takes and gives back regions at random: each is zeroed, none overlaps another.
func TestRegions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	sizes := []int{1, 4096, 56 << 10, 256 << 10, 3 << 20, 3<<20 + 5}
	var held [][]byte
	for i := range 200 {
		size := sizes[r.IntN(len(sizes))]
		region, err := MapRegion(size)
		require.NoError(t, err)
		require.Len(t, region, size)
		require.Equal(t, -1, bytes.IndexFunc(region, func(c rune) bool { return c != 0 }))
		for j := range region {
			region[j] = byte(i + 1)
		}
		held = append(held, region)
		for len(held) > 20 {
			k := r.IntN(len(held))
			first := held[k][0]
			require.Equal(t, len(held[k]), bytes.Count(held[k], []byte{first}))
			UnmapRegion(held[k])
			held[k] = held[len(held)-1]
			held = held[:len(held)-1]
		}
	}
	for _, region := range held {
		UnmapRegion(region)
	}
}

// TestManyRegions gives every other one back, which would leave a mapping for each.
func TestManyRegions(t *testing.T) {
	var all [][]byte
	for range 140_000 {
		region, err := MapRegion(8 << 10)
		require.NoError(t, err)
		all = append(all, region)
	}
	for i := 0; i < len(all); i += 2 {
		UnmapRegion(all[i])
	}
	for i := 1; i < len(all); i += 2 {
		UnmapRegion(all[i])
	}
	assert.Equal(t, 8<<10, fullSize(8<<10))
}
