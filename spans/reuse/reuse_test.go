package reuse

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestZeroed(t *testing.T) {
	old := []int{1, 2, 3}
	short := Zeroed(old, 2)
	assert.Equal(t, []int{0, 0}, short)
	assert.Same(t, &old[0], &short[0])
	assert.Equal(t, 3, old[2], "what is not asked for is left alone")
	long := Zeroed(short, 5)
	assert.Equal(t, make([]int, 5), long)
	assert.NotSame(t, &old[0], &long[0])
}
