package bench

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/koine-otel/koine/tracegen"
)

// goDefault is Go's default garbage collection: with GOGC set koine leaves it alone.
var goDefault = []string{"GOGC=100"}

// TestGCPolicy: OTLP → nop with koine's garbage collection against the same with Go's
// default, and inside a container's limit.
func TestGCPolicy(t *testing.T) {
	otlp := corpus(t, tracegen.OTLPHTTP)
	const small = 256
	f := measure(t,
		subject{name: "otlp → nop, Go's default GC", config: "otlp.yaml", env: goDefault, corpus: otlp},
		subject{name: "otlp → nop, koine's GC", config: "otlp.yaml", corpus: otlp},
		subject{name: "otlp → nop, koine's GC in 256 MiB", config: "otlp.yaml", env: []string{fmt.Sprintf("KOINE_MEMORY_LIMIT_MIB=%d", small)}, corpus: otlp},
	)
	floor := f["otlp → nop, Go's default GC"]
	ratio := f["otlp → nop, koine's GC"].microsPerSpan / floor.microsPerSpan
	t.Logf("koine's GC / Go's default: %.2f × (at most 0.70)", ratio)
	assert.LessOrEqual(t, ratio, 0.7)
	contained := f["otlp → nop, koine's GC in 256 MiB"]
	t.Logf("the same in 256 MiB: %.2f ×", contained.microsPerSpan/floor.microsPerSpan)
	assert.Less(t, contained.peakRSS>>20, int64(small), "RSS stays inside the limit")
}

// TestGuardCost: the default pipeline with and without the guard.
func TestGuardCost(t *testing.T) {
	otlp := corpus(t, tracegen.OTLPHTTP)
	f := measure(t,
		subject{name: "default pipeline, no guard", config: "default-unguarded.yaml", corpus: otlp},
		subject{name: "default pipeline", config: "default-guarded.yaml", corpus: otlp},
	)
	ratio := f["default pipeline"].microsPerSpan / f["default pipeline, no guard"].microsPerSpan
	t.Logf("with the guard / without: %.3f × (aim: at most 1.03)", ratio)
	// The two are closer than two runs of the same: only a gross loss fails.
	assert.LessOrEqual(t, ratio, 1.1)
}

// TestNormalising: our semconv processor against the transform processor with the same
// renames, both against the floor.
func TestNormalising(t *testing.T) {
	otlp := corpus(t, tracegen.OTLPHTTP)
	f := measure(t,
		subject{name: "otlp → nop", config: "otlp.yaml", corpus: otlp},
		subject{name: "otlp → semconv → nop", config: "semconv.yaml", corpus: otlp},
		subject{name: "otlp → transform → nop", config: "transform.yaml", corpus: otlp},
	)
	floor := f["otlp → nop"].microsPerSpan
	ours, peer := f["otlp → semconv → nop"].microsPerSpan/floor, f["otlp → transform → nop"].microsPerSpan/floor
	t.Logf("semconv %.2f × the floor, transform %.2f × (at most 1.30)", ours, peer)
	assert.LessOrEqual(t, ours, 1.3)
	assert.Less(t, ours, peer/2, "half of the transform processor's cost at the most")
}

// TestSteps: what contrib's components cost against the floor where ours are to follow.
func TestSteps(t *testing.T) {
	otlp, zipkin := corpus(t, tracegen.OTLPHTTP), corpus(t, tracegen.ZipkinJSON)
	f := measure(t,
		subject{name: "otlp → nop", config: "otlp.yaml", corpus: otlp},
		subject{name: "zipkin json → nop", config: "zipkin.yaml", corpus: zipkin},
		subject{name: "otlp → tail_sampling → nop", config: "tail_sampling.yaml", corpus: otlp},
	)
	floor := f["otlp → nop"].microsPerSpan
	for _, name := range []string{"zipkin json → nop", "otlp → tail_sampling → nop"} {
		ratio := f[name].microsPerSpan / floor
		t.Logf("%-28s %.2f × the floor", name, ratio)
		assert.Greater(t, ratio, 1.0, "the floor is the floor")
	}
}
