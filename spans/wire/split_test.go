package wire

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// mixedMessage is a message of two fields that are asked for, amid others of every wire type.
func mixedMessage() []byte {
	b := protowire.AppendVarint(protowire.AppendTag(nil, 9, protowire.VarintType), 300)
	b = protowire.AppendBytes(protowire.AppendTag(b, 2, protowire.BytesType), []byte("first"))
	b = protowire.AppendFixed64(protowire.AppendTag(b, 4, protowire.Fixed64Type), 7)
	b = protowire.AppendBytes(protowire.AppendTag(b, 3, protowire.BytesType), bytes.Repeat([]byte{2}, 200))
	b = protowire.AppendFixed32(protowire.AppendTag(b, 5, protowire.Fixed32Type), 7)
	return protowire.AppendBytes(protowire.AppendTag(b, 2, protowire.BytesType), bytes.Repeat([]byte{1}, 300))
}

func TestMessage(t *testing.T) {
	m := NewMessage(mixedMessage())
	for _, want := range []string{"first", string(bytes.Repeat([]byte{1}, 300))} {
		content, ok, err := m.Next(2)
		require.NoError(t, err)
		require.True(t, ok)
		assert.Equal(t, want, string(content))
	}
	_, ok, err := m.Next(2)
	assert.False(t, ok)
	assert.NoError(t, err)
}

// TestAppendOthers: what is asked for and what is not are the whole.
func TestAppendOthers(t *testing.T) {
	b := mixedMessage()
	others, err := AppendOthers([]byte("x"), b, 2)
	require.NoError(t, err)
	require.Equal(t, byte('x'), others[0])
	fields := protowire.AppendTag(nil, 2, protowire.BytesType)
	size := len(others) - 1 + 2*len(fields) + protowire.SizeBytes(len("first")) + protowire.SizeBytes(300)
	assert.Len(t, b, size)
	m := NewMessage(others[1:])
	content, ok, err := m.Next(3)
	assert.NoError(t, err)
	assert.True(t, ok)
	assert.Len(t, content, 200)
}

// TestMalformedMessage: whatever is cut off is said, and not read beyond.
func TestMalformedMessage(t *testing.T) {
	whole := mixedMessage()
	bad := 0
	for n := range whole {
		_, err := AppendOthers(nil, whole[:n], 2)
		m := NewMessage(whole[:n])
		ok, walk := true, error(nil)
		for ok && walk == nil {
			_, ok, walk = m.Next(2)
		}
		assert.Equal(t, err, walk, "%d bytes", n)
		if err != nil {
			assert.ErrorIs(t, err, ErrMalformed)
			bad++
		}
	}
	assert.Greater(t, bad, len(whole)-10, "but where a field ends")
}
