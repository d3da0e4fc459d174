package tracegen

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// golden is what these configurations' first traces are, as a digest of every byte that
// is sent. Others measure against this traffic: what is added to the shop must leave it.
var golden = map[string]string{
	"default":     "dfc8357c3ab930f9",
	"all OTLP":    "afd1e004af6a729d",
	"all Zipkin":  "2dd3cb642e1bf75a",
	"1.20 Zipkin": "576f08eec08ae536",
	"1.44":        "6815bbc617fc9d55",
	"small":       "485f214ffa5a383b",
	"large":       "a7e8b0bc17bae3bc",
	"faulty":      "d3c9e482702effc5",
}

func TestStreamsStayAsTheyWere(t *testing.T) {
	for name, cfg := range overrides() {
		payloads, err := Corpus(cfg, 400, 10)
		require.NoError(t, err)
		digest := sha256.New()
		for _, p := range payloads {
			digest.Write([]byte(p.Service))
			digest.Write(p.Body)
		}
		assert.Equal(t, golden[name], hex.EncodeToString(digest.Sum(nil)[:8]), name)
	}
}
