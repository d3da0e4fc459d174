package source

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// What a hostile file has many of costs no square of its length.
func TestManyOfOneKind(t *testing.T) {
	begun := time.Now()
	ignores := ignoresOf("a.yaml", []byte(strings.Repeat("# semconv-lint:ignore a b\n", 30_000)+"- |\n x\n"))
	assert.Len(t, ignores, 30_000)
	assert.Equal(t, [2]int{30_001, 30_002}, [2]int{ignores[0].line, ignores[0].end})

	content := []byte(strings.Repeat("é.b ", 100_000))
	in := newPositions(content)
	wrong := 0
	for at := 0; at < len(content); at += 5 {
		_, start := in.of(at)
		_, end := in.of(at + 4)
		_, again := in.of(at) // an edit
		if start != at/5*4+1 || end != start+3 || again != start {
			wrong++
		}
	}
	assert.Zero(t, wrong)
	assert.Less(t, time.Since(begun), 5*time.Second)
}
