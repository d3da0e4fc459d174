package policy

import (
	"sync"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"

	"github.com/koine-otel/koine/spans/probability"
)

// extension is a policy that an extension makes.
type extension struct {
	// mu, because evaluators are made for a processor with one goroutine.
	mu        sync.Mutex
	evaluator samplingpolicy.ThresholdEvaluator
	number    int
}

// vote is what an extension's policy said of a trace, for which it is asked only once.
type vote struct {
	asked     bool
	failed    bool
	decision  samplingpolicy.Decision
	threshold probability.Threshold
}

func newExtension(e samplingpolicy.Evaluator, number int) *extension {
	return &extension{evaluator: samplingpolicy.AsThresholdEvaluator(e), number: number}
}

func (x *extension) decide(e *evaluation) (samplingpolicy.Decision, error) {
	if !e.loaded {
		e.loaded = true
		e.spans = e.trace.Load()
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	d, t, err := x.evaluator.EvaluateWithThreshold(e.ctx, e.trace.ID, &samplingpolicy.TraceData{
		SpanCount:       e.trace.Spans,
		SizeBytes:       e.trace.Bytes,
		ReceivedBatches: e.spans,
	})
	e.votes[x.number] = vote{asked: true, failed: err != nil, decision: d, threshold: probability.Threshold(t.Unsigned())}
	return d, err
}

func (x *extension) chance(e *evaluation) chance {
	v := e.votes[x.number]
	switch {
	case !v.asked:
		return unknown
	case v.failed:
		return chance{odd: samplingpolicy.Error}
	case v.decision == samplingpolicy.Sampled:
		return chance{least: v.threshold}
	case v.decision == samplingpolicy.NotSampled:
		return never
	case v.decision == samplingpolicy.Unspecified:
		// 0 is taken: any other word that is neither yes nor no says the same.
		return chance{odd: samplingpolicy.Pending}
	}
	return chance{odd: v.decision}
}

func (x *extension) stateful() bool { return x.evaluator != nil && x.evaluator.IsStateful() }
