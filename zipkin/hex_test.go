package zipkin

import (
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestParseHex: eight digits at once are what they are one by one, of every byte in every place.
func TestParseHex(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	check := func(text []byte) {
		raw, err := hex.DecodeString(string(text))
		n, ok := parseHex(text)
		require.Equal(t, err == nil, ok, "%q", text)
		if ok {
			require.Equal(t, be64(raw), n, "%q", text)
		}
	}
	const digits = "0123456789abcdefABCDEF"
	for range 1000 {
		text := make([]byte, 16)
		for i := range text {
			text[i] = digits[rng.IntN(len(digits))]
		}
		check(text)
		for place := range text {
			odd := append([]byte(nil), text...)
			odd[place] = byte(rng.Uint32())
			check(odd)
		}
	}
	for b := range 256 {
		for place := range 16 {
			text := []byte("0123456789abcdef")
			text[place] = byte(b)
			check(text)
		}
	}
}
