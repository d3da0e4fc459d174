package bench

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/tracegen"
)

// TestHeld: the memory that a span takes while it waits, in our sampler and in contrib's: what
// the process has resident beyond the same without a sampler, at Go's default GC.
func TestHeld(t *testing.T) {
	skipUnlessAsked(t)
	otlp := corpus(t, tracegen.OTLPHTTP)
	const times = 6
	resident := func(s subject) (bytes, spans int64) {
		c := launch(t, s)
		defer c.Kill() // what waits is not worth waiting for
		for round := range times {
			renew(t, s.corpus, byte(round))
			spans += send(t, c, s.corpus)
		}
		usage, err := c.Usage()
		require.NoError(t, err)
		return usage.RSS, spans
	}
	floor, _ := resident(subject{config: "otlp.yaml", env: goDefault, corpus: otlp})
	held := func(program string) float64 {
		rss, spans := resident(subject{program: program, config: "tail_sampling-long.yaml", env: goDefault, corpus: otlp})
		t.Logf("%d spans wait in %d MiB beyond the %d MiB of otlp → nop", spans, (rss-floor)>>20, floor>>20)
		return float64(rss-floor) / float64(spans)
	}
	ours, peers := held(""), held("bench/peer")
	t.Logf("%.0f B a span, contrib's %.0f B (at most 250)", ours, peers)
	assert.LessOrEqual(t, ours, 250.0)
	assert.Greater(t, peers, 4*ours)
}
