package policy

import (
	"context"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/spans/probability"
)

// node is a policy or a part of one.
type node interface {
	// decide is the policy's word on a trace. It may take from a rate's budget, and is
	// called at most once for a trace and a round.
	decide(e *evaluation) (samplingpolicy.Decision, error)
	// chance is for which randomness the policy would have kept the trace, everything else
	// being as it is. It is called after the whole round, and may be called often.
	chance(e *evaluation) chance
	// stateful is whether what it says of a part of a trace may not hold for the whole, or
	// depends on other traces.
	stateful() bool
}

// Extensions may still say the deprecated words of invert_match.
const (
	//lint:ignore SA1019 see above
	invertSampled = samplingpolicy.InvertSampled
	//lint:ignore SA1019 see above
	invertNotSampled = samplingpolicy.InvertNotSampled
)

// evaluation is a trace while policies look at it.
type evaluation struct {
	ctx   context.Context
	trace *Trace
	round *round
	// randomness is by what the trace is compared to thresholds and to other traces.
	randomness probability.Randomness
	// known is whether that is the randomness which others see too.
	known bool
	// incoming is the threshold that the trace was kept by on its way here.
	incoming probability.Threshold
	// inconsistent is whether it could not have been.
	inconsistent bool

	sub    string // the sub policy by which a composite one kept the trace
	votes  []vote // what extensions said
	spans  ptrace.Traces
	loaded bool
}

// round is what traces share that are decided on together.
type round struct {
	now time.Time
	// closings are by limits' numbers.
	closings []closing
	// alone is whether there is only one trace, because spans are judged as they come.
	alone bool
}

// always keeps each trace.
type always struct{}

func (always) decide(*evaluation) (samplingpolicy.Decision, error) {
	return samplingpolicy.Sampled, nil
}
func (always) chance(*evaluation) chance { return certain }
func (always) stateful() bool            { return false }

func (f fact) holds(t *Trace) bool { return (t.Facts[f.word]&f.mask != 0) != f.inverted }

func (f fact) decide(e *evaluation) (samplingpolicy.Decision, error) {
	return sampledIf(f.holds(e.trace)), nil
}
func (f fact) chance(e *evaluation) chance { return certainIf(f.holds(e.trace)) }
func (fact) stateful() bool                { return false }

// latency keeps traces by their duration, in milliseconds. contrib asks it of every first
// few spans of the trace in the order in which they came, so that a trace above the upper
// threshold is kept if some of its spans came early. This asks the whole.
type latency struct{ above, most int64 }

func (l latency) holds(t *Trace) bool {
	ms := pcommon.Timestamp(t.End).AsTime().Sub(pcommon.Timestamp(t.Start).AsTime()).Milliseconds()
	return ms > l.above && (l.most == 0 || ms <= l.most)
}

func (l latency) decide(e *evaluation) (samplingpolicy.Decision, error) {
	return sampledIf(l.holds(e.trace)), nil
}
func (l latency) chance(e *evaluation) chance { return certainIf(l.holds(e.trace)) }

// stateful: a trace can still become longer.
func (l latency) stateful() bool { return l.most > 0 }

// spanCount keeps traces by their number of spans.
type spanCount struct{ least, most int64 }

func (s spanCount) holds(t *Trace) bool {
	return t.Spans >= s.least && (s.most == 0 || t.Spans <= s.most)
}

func (s spanCount) decide(e *evaluation) (samplingpolicy.Decision, error) {
	return sampledIf(s.holds(e.trace)), nil
}
func (s spanCount) chance(e *evaluation) chance { return certainIf(s.holds(e.trace)) }

// stateful: a trace can still get more spans.
func (s spanCount) stateful() bool { return s.most > 0 }

func sampledIf(yes bool) samplingpolicy.Decision {
	if yes {
		return samplingpolicy.Sampled
	}
	return samplingpolicy.NotSampled
}
