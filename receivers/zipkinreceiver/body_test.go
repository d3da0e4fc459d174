package zipkinreceiver

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/memory"
)

func itoa(n int) string { return strconv.Itoa(n) }

func TestReadAll(t *testing.T) {
	const limit = 20 << 20
	content := noise(limit)
	for _, size := range []int{0, 1, memory.SmallestBuffer - 1, memory.SmallestBuffer, memory.SmallestBuffer + 1, 4 * memory.SmallestBuffer, 4*memory.SmallestBuffer + 1, 1 << 20, 16<<20 + 1, limit - 1, limit} {
		for name, reader := range map[string]func(io.Reader) io.Reader{
			"at once":        func(r io.Reader) io.Reader { return r },
			"with the error": iotest.DataErrReader,
			"by halves":      iotest.HalfReader,
		} {
			for _, promised := range []int64{-1, int64(size), limit} {
				b, err := readAll(reader(bytes.NewReader(content[:size])), promised, limit)
				require.NoError(t, err)
				require.True(t, bytes.Equal(content[:size], b.content), "%d %s", size, name)
				assert.LessOrEqual(t, len(*b.memory), limit+1)
				most := max(4*(size+1), memory.SmallestBuffer)
				if promised > int64(size) {
					most = max(most, believed)
				}
				assert.LessOrEqual(t, len(*b.memory), most, "%d of %d", size, promised)
				b.release()
			}
		}
	}
	_, err := readAll(io.MultiReader(bytes.NewReader(content[:5000]), iotest.ErrReader(errors.New("lost"))), -1, limit)
	require.EqualError(t, err, "lost")
}
