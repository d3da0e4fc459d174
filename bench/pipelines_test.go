package bench

import (
	"fmt"
	"testing"
	"time"

	contrib "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/zipkin/zipkinv2"
	"github.com/stretchr/testify/assert"

	"github.com/koine-otel/koine/tracegen"
	"github.com/koine-otel/koine/zipkin"
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

// TestZipkin: our Zipkin receiver against contrib's on the same bodies, both against the line
// to reach, the same spans as OTLP.
func TestZipkin(t *testing.T) {
	otlp, json, proto := corpus(t, tracegen.OTLPHTTP), corpus(t, tracegen.ZipkinJSON), corpus(t, tracegen.ZipkinProto)
	f := measure(t,
		subject{name: "otlp → nop", config: "otlp.yaml", corpus: otlp},
		subject{name: "zipkin json → nop", config: "zipkin.yaml", corpus: json},
		subject{name: "zipkin proto → nop", config: "zipkin.yaml", corpus: proto},
		subject{name: "contrib's, koine's GC", program: peerProgram, config: "zipkin.yaml", corpus: json},
		subject{name: "contrib's, Go's default GC", program: peerProgram, config: "zipkin.yaml", env: goDefault, corpus: json},
		subject{name: "contrib's proto, koine's GC", program: peerProgram, config: "zipkin.yaml", corpus: proto},
	)
	floor := f["otlp → nop"].microsPerSpan
	for _, name := range []string{"zipkin json → nop", "zipkin proto → nop", "contrib's, koine's GC", "contrib's, Go's default GC", "contrib's proto, koine's GC"} {
		t.Logf("%-28s %.2f × OTLP", name, f[name].microsPerSpan/floor)
	}
	// The aim is 1. Two runs of one subject differ by some percent, so only a loss beyond that
	// fails.
	assert.LessOrEqual(t, f["zipkin json → nop"].microsPerSpan/floor, 1.15)
	assert.LessOrEqual(t, f["zipkin proto → nop"].microsPerSpan/floor, 1.3)
	assert.Greater(t, f["contrib's, koine's GC"].microsPerSpan/f["zipkin json → nop"].microsPerSpan, 4.0)
}

// TestZipkinDecode: our codec alone against contrib's translator, JSON to pdata.
func TestZipkinDecode(t *testing.T) {
	skipUnlessAsked(t)
	json := corpus(t, tracegen.ZipkinJSON)
	d := zipkin.NewDecoder(zipkin.Options{Memory: zipkin.NewMemory()})
	ours := func(body []byte) error {
		_, _, err := d.Decode(zipkin.JSONv2, body, time.Now())
		return err
	}
	translator := contrib.NewJSONTracesUnmarshaler(false)
	theirs := func(body []byte) error {
		_, err := translator.UnmarshalTraces(body)
		return err
	}
	best := [2]time.Duration{time.Hour, time.Hour}
	for range rounds {
		for i, decode := range []func([]byte) error{ours, theirs} {
			began := time.Now()
			for j := range json {
				if err := decode(json[j].Body); err != nil {
					t.Fatal(err)
				}
			}
			best[i] = min(best[i], time.Since(began))
		}
	}
	ratio := float64(best[1]) / float64(best[0])
	t.Logf("contrib's translator takes %.1f × (at least 8)", ratio)
	assert.GreaterOrEqual(t, ratio, 8.0)
}
