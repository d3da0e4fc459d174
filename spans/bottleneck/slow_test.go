package bottleneck

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/criticalpath"
	"github.com/koine-otel/koine/spans/tree"
)

// TestSlow: what is unusual is slow, and what takes longer than 99 of 100, and nothing of which
// nothing is known.
func TestSlow(t *testing.T) {
	assert.True(t, (&Finding{Pattern: Repeated}).Slow())
	nothing := Nothing()
	assert.False(t, nothing.Slow())
	for name, c := range map[string]struct {
		learned int
		took    uint64
		want    bool
	}{"as usual": {100, 1000, false}, "longer": {100, 1200, true}, "of few": {10, 3000, false}} {
		b, op := learnedEntry(c.learned)
		var tr Trace
		tr.Add(criticalpath.Span{ID: 1, Start: 1, End: 1 + c.took}, op, 0)
		f := NewJudge(b).Judge(&tr)
		assert.Equal(t, c.want, f.Long, name)
		assert.Equal(t, c.want, f.Slow(), name)
	}
}

// learnedEntry gives a baseline that saw an operation take 1 µs so many times.
func learnedEntry(times int) (*baseline.Baseline, baseline.Operation) {
	b := baseline.New(baseline.Options{MaxOperations: 100})
	id := baseline.Identity{Service: "s", Name: "entry", Kind: tree.Server}
	op := b.Intern(id.Hash(), 0, func() baseline.Identity { return id })
	for range times {
		b.Learn([]baseline.SpanObservation{{Operation: op, Duration: 1000, Self: 1000}}, nil, 0)
	}
	b.Tick(1e9)
	return b, op
}

// TestCounted: what is only counted is marked and not learned, wherever it stands between what is.
func TestCounted(t *testing.T) {
	b, op := learnedEntry(0)
	j := NewJudge(b)
	var tr Trace
	var o Observations
	judge := func(duration uint64, err uint16, add func(*Observations)) {
		tr.Reset()
		tr.Add(criticalpath.Span{ID: 1, Start: 1, End: 1 + duration}, op, err)
		j.Judge(&tr)
		add(&o)
	}
	for i := range 300 {
		if i%3 == 0 {
			judge(1000, 0, j.Observe)
		} else {
			judge(1_000_000, 5, j.Count)
		}
	}
	assert.Len(t, o.Spans, 300)
	assert.Equal(t, []Mark{0, Failed | NotWhole, Failed | NotWhole, 0}, o.Marks[:4])
	o.Learn(b, 0)
	b.Tick(1e9)
	n := b.Duration(op)
	assert.InDelta(t, 100, n.Count, 10, "norms are published now and then")
	assert.Less(t, n.P99, 1500.)

	o.Reset()
	judge(1_000_000, 0, j.Count)
	assert.Equal(t, []Mark{InSlow | NotWhole}, o.Marks)
	tr.Reset()
	j.Judge(&tr)
}
