package policy

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/sampling"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/spans/probability"
)

// maker makes policies that say always the same.
type maker struct {
	says      samplingpolicy.Decision
	threshold sampling.Threshold
	err       error
	busy      sync.Mutex
	asked     int
	made      []any
}

func (m *maker) NewEvaluator(name string, cfg map[string]any) (samplingpolicy.Evaluator, error) {
	m.made = append(m.made, name, cfg)
	if cfg["fail"] != nil {
		return nil, errors.New("no such luck")
	}
	return m, nil
}

func (m *maker) Evaluate(ctx context.Context, id pcommon.TraceID, d *samplingpolicy.TraceData) (samplingpolicy.Decision, error) {
	s, _, err := m.EvaluateWithThreshold(ctx, id, d)
	return s, err
}

func (m *maker) EvaluateWithThreshold(_ context.Context, _ pcommon.TraceID, d *samplingpolicy.TraceData) (samplingpolicy.Decision, sampling.Threshold, error) {
	if !m.busy.TryLock() {
		return samplingpolicy.Unspecified, m.threshold, errors.New("asked by two goroutines")
	}
	defer m.busy.Unlock()
	m.asked++
	if d.SpanCount != int64(d.ReceivedBatches.SpanCount()) || d.SizeBytes == 0 {
		return samplingpolicy.Unspecified, m.threshold, errors.New("the trace is another one")
	}
	return m.says, m.threshold, m.err
}

func (m *maker) IsStateful() bool { return true }

// What an extension's word leads to, as in contrib.
func TestExtensions(t *testing.T) {
	ext, always := Shared{Type: "acme"}, Shared{Type: AlwaysSample}
	for name, c := range map[string]struct {
		cfgs []Config
		says samplingpolicy.Decision
		want Decision
		by   int
	}{
		"sampled":                       {top(ext), samplingpolicy.Sampled, Sampled, 0},
		"not sampled":                   {top(ext), samplingpolicy.NotSampled, NotSampled, -1},
		"dropped":                       {top(always, ext), samplingpolicy.Dropped, Dropped, 1},
		"invert not sampled":            {top(always, ext), invertNotSampled, NotSampled, -1},
		"invert sampled":                {top(ext), invertSampled, Sampled, 0},
		"invert sampled, another's no":  {top(ext, onError), invertSampled, NotSampled, -1},
		"invert sampled, another's yes": {top(ext, always), invertSampled, Sampled, 1},
		"pending":                       {top(ext), samplingpolicy.Pending, NotSampled, -1},
		"unspecified":                   {top(ext), samplingpolicy.Unspecified, NotSampled, -1},
		"unspecified in and":            {[]Config{allOf(ext)}, samplingpolicy.Unspecified, Sampled, 0},
		"dropped in and":                {[]Config{allOf(ext)}, samplingpolicy.Dropped, Sampled, 0},
		"invert not sampled in and":     {[]Config{allOf(ext)}, invertNotSampled, NotSampled, -1},
		"invert sampled in composite":   {[]Config{sharing(100, []int64{100}, ext)}, invertSampled, Sampled, 0},
		"pending in composite":          {[]Config{sharing(100, []int64{50, 50}, ext, always)}, samplingpolicy.Pending, Sampled, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := &maker{says: c.says}
			set, err := New(c.cfgs, Settings{Extensions: map[string]samplingpolicy.Extension{"acme": m}})
			require.NoError(t, err)
			assert.True(t, set.NeedsTrace())
			v := set.Decide(context.Background(), []*Trace{gather(set, small())}, nil, &Counts{})[0]
			assert.Equal(t, c.want, v.Decision)
			assert.Equal(t, c.by, v.Policy)
			assert.Zero(t, v.Threshold)
			assert.False(t, v.Erase)
			assert.Equal(t, 1, m.asked)
		})
	}
}

func small() ptrace.Traces {
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID(pcommon.TraceID{1, 9: 0xff})
	return td
}

func TestExtensionsThreshold(t *testing.T) {
	th, err := sampling.ProbabilityToThreshold(0.25)
	require.NoError(t, err)
	m := &maker{says: samplingpolicy.Sampled, threshold: th}
	settings := Settings{Extensions: map[string]samplingpolicy.Extension{"acme": m}}
	set, err := New(top(Shared{Type: "acme"}, prob(10, "")), settings)
	require.NoError(t, err)
	trace := gather(set, small())
	v := set.Decide(context.Background(), []*Trace{trace}, nil, &Counts{})[0]
	assert.Equal(t, probability.FromProbability(0.25), v.Threshold)

	trace = gather(set, small())
	trace.ID = pcommon.TraceID{1} // which that threshold does not keep
	v = set.Decide(context.Background(), []*Trace{trace}, nil, &Counts{})[0]
	assert.True(t, v.Erase)

	// One that was not asked might have kept it for certain.
	settings.SampleOnFirstMatch = true
	set, err = New(top(prob(10, ""), Shared{Type: "acme"}), settings)
	require.NoError(t, err)
	v = set.Decide(context.Background(), []*Trace{gather(set, small())}, nil, &Counts{})[0]
	assert.Equal(t, Verdict{Decision: Sampled, Erase: true}, v)
}

func TestExtensionsErrors(t *testing.T) {
	m := &maker{err: errors.New("out of order")}
	settings := Settings{Extensions: map[string]samplingpolicy.Extension{"acme": m}}
	set, err := New(append(top(Shared{Type: "acme"}, Shared{Type: AlwaysSample}), allOf(Shared{Type: "acme"})), settings)
	require.NoError(t, err)
	var counts Counts
	v := set.Decide(context.Background(), []*Trace{gather(set, small())}, nil, &counts)[0]
	assert.Equal(t, Verdict{Decision: Sampled, Policy: 1}, v)
	assert.EqualValues(t, 2, counts.Errors)
	assert.EqualValues(t, 1, counts.Policies[0].Executions)
	assert.Zero(t, counts.Policies[0].Sampled.Traces+counts.Policies[0].NotSampled.Traces)

	cfgs := typed("acme", func(s *Shared) { s.Extension = map[string]map[string]any{"acme": {"fail": true}} })
	_, err = New(cfgs, settings)
	assert.ErrorContains(t, err, `policies[0] "x": extension acme: no such luck`)
	assert.Equal(t, []any{"x", map[string]any{"fail": true}}, m.made[len(m.made)-2:])
}

func TestExtensionsAreAskedByOneAtATime(t *testing.T) {
	m := &maker{says: samplingpolicy.Sampled}
	set, err := New(top(Shared{Type: "acme"}), Settings{Extensions: map[string]samplingpolicy.Extension{"acme": m}})
	require.NoError(t, err)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			var counts Counts
			for range 200 {
				set.Decide(context.Background(), []*Trace{gather(set, small())}, nil, &counts)
			}
			assert.Zero(t, counts.Errors)
		})
	}
	group.Wait()
}
