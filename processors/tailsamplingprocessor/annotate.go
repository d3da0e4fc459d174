package tailsamplingprocessor

import (
	"encoding/binary"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/spans/bottleneck"
	"github.com/koine-otel/koine/spans/probability"
)

// What the sampler writes on the root span, or the earliest where there is none.
const (
	attributePolicy = "koine.sampling.policy"
	attributeDryRun = "koine.sampling.dry_run"

	attributeService   = "koine.bottleneck.service"
	attributeOperation = "koine.bottleneck.operation"
	attributeSpanID    = "koine.bottleneck.span_id"
	attributeSelfTime  = "koine.bottleneck.self_time"
	attributeExcess    = "koine.bottleneck.excess"
	attributePattern   = "koine.bottleneck.pattern"
)

// annotator writes on spans that leave what was decided of their traces.
type annotator struct {
	job *job
	// unreadable counts spans whose tracestate cannot be parsed; they keep it.
	unreadable int64
	shared     sharedSpans

	// The tracestate before, which is often the next one's.
	from, to string
	by       probability.Change
}

// begin makes a job's traces those to annotate.
func (a *annotator) begin(j *job) {
	a.job, a.unreadable = j, 0
	for i := range j.traces {
		j.traces[i].marked = false // it may be the second try
	}
}

func (a *annotator) annotate(td ptrace.Traces) {
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				a.span(rs, span)
			}
		}
	}
	a.shared.resolve()
}

func (a *annotator) span(rs ptrace.ResourceSpans, span ptrace.Span) {
	id := span.TraceID()
	i, ok := a.job.index[binary.BigEndian.Uint64(id[8:])]
	if !ok {
		return
	}
	k := &a.job.traces[i]
	if k.high != 0 && binary.BigEndian.Uint64(id[:8]) == 0 {
		span.SetTraceID(traceID(k.high, k.low)) // of both forms one leaves
	}
	if k.threshold != 0 || k.erase || k.hasRandomness {
		a.state(span, probability.Change{Threshold: k.threshold, Erase: k.erase, Randomness: k.randomness, HasRandomness: k.hasRandomness})
	}
	if k.mark != 0 && !k.marked && span.SpanID() == spanID(k.mark) {
		k.marked = true // the id may come again
		k.note.write(span.Attributes())
		if k.cause.known {
			k.cause.write(span.Attributes())
		}
	}
	if k.shared {
		a.shared.add(rs, span)
	}
}

func (n *note) write(attrs pcommon.Map) {
	if n.policy != "" {
		attrs.PutStr(attributePolicy, n.policy)
	}
	if n.dryRun != "" {
		attrs.PutStr(attributeDryRun, n.dryRun)
	}
}

// write writes where the trace's time went.
func (c *cause) write(attrs pcommon.Map) {
	if c.service != "" {
		attrs.PutStr(attributeService, c.service)
	}
	if c.operation != "" {
		attrs.PutStr(attributeOperation, c.operation)
	}
	attrs.PutStr(attributeSpanID, spanID(c.span).String())
	attrs.PutDouble(attributeSelfTime, seconds(c.self))
	attrs.PutDouble(attributeExcess, seconds(c.excess))
	if c.pattern != bottleneck.None {
		attrs.PutStr(attributePattern, c.pattern.String())
	}
}

// seconds has the digits that a float32 has, and no more.
func seconds(s float32) float64 {
	f, _ := strconv.ParseFloat(strconv.FormatFloat(float64(s), 'g', -1, 32), 64)
	return f
}

// state writes th, and rv where there is one.
func (a *annotator) state(span ptrace.Span, change probability.Change) {
	from := span.TraceState().AsRaw()
	if from != a.from || change != a.by || a.to == "" {
		to, err := change.Apply(from)
		if err != nil {
			a.unreadable++
			return
		}
		a.from, a.to, a.by = from, to, change
	}
	span.TraceState().FromRaw(a.to)
}

// spanID gives an id as the wire has it.
func spanID(id uint64) (b pcommon.SpanID) {
	binary.BigEndian.PutUint64(b[:], id)
	return b
}
