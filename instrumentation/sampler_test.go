package koine

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func params(t *testing.T, id trace.TraceID, state string) sdktrace.SamplingParameters {
	ts, err := trace.ParseTraceState(state)
	require.NoError(t, err)
	parent := trace.NewSpanContext(trace.SpanContextConfig{TraceID: id, SpanID: trace.SpanID{1}, TraceState: ts, Remote: true})
	return sdktrace.SamplingParameters{ParentContext: trace.ContextWithSpanContext(context.Background(), parent), TraceID: id}
}

// The thresholds and the decisions are those of the specification's examples.
func TestProbability(t *testing.T) {
	low, high := trace.TraceID{8: 0xff, 9: 0x10}, trace.TraceID{9: 0xe0}
	for name, test := range map[string]struct {
		fraction float64
		id       trace.TraceID
		state    string
		keep     bool
		want     string
	}{
		"half keeps the upper half":        {0.5, high, "", true, "ot=th:8"},
		"half drops the lower half":        {0.5, low, "", false, ""},
		"a quarter":                        {0.25, high, "", true, "ot=th:c"},
		"1 in 10":                          {0.1, trace.TraceID{9: 0xff}, "", true, "ot=th:e6666666666666"},
		"1 in 16":                          {1.0 / 16, trace.TraceID{9: 0xf0}, "", true, "ot=th:f"},
		"explicit randomness counts":       {0.5, low, "ot=rv:ffffffffffffff", true, "ot=rv:ffffffffffffff;th:8"},
		"its lack too":                     {0.5, high, "ot=rv:00000000000000", false, "ot=rv:00000000000000"},
		"broken randomness does not":       {0.5, high, "ot=rv:ff", true, "ot=rv:ff;th:8"},
		"an earlier threshold is not kept": {0.5, low, "ot=th:0,vendor=1", false, "vendor=1"},
		"neighbours stay":                  {0.5, high, "vendor=1,ot=th:0;xx:y", true, "ot=xx:y;th:8,vendor=1"},
		"all":                              {1, low, "", true, ""},
		"none":                             {0, high, "", false, ""},
		"hardly any":                       {1e-300, trace.TraceID{9: 0xff, 10: 0xff, 11: 0xff, 12: 0xff, 13: 0xff, 14: 0xff, 15: 0xff}, "", true, "ot=th:ffffffffffffff"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newProbability(test.fraction).ShouldSample(params(t, test.id, test.state))
			require.Equal(t, test.keep, r.Decision == sdktrace.RecordAndSample)
			require.Equal(t, test.want, r.Tracestate.String())
		})
	}
}

// What a smaller fraction keeps a larger one keeps too, and each keeps its share.
func TestProbabilityIsConsistent(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	small, large := newProbability(0.1), newProbability(0.3)
	const n = 20_000
	kept := map[bool]int{}
	for range n {
		var id trace.TraceID
		for i := range id {
			id[i] = byte(rnd.UintN(256))
		}
		a := small.ShouldSample(params(t, id, "")).Decision == sdktrace.RecordAndSample
		b := large.ShouldSample(params(t, id, "")).Decision == sdktrace.RecordAndSample
		require.False(t, a && !b)
		kept[false] += map[bool]int{true: 1}[a]
		kept[true] += map[bool]int{true: 1}[b]
	}
	require.InEpsilon(t, 0.1*n, kept[false], 0.06)
	require.InEpsilon(t, 0.3*n, kept[true], 0.06)
}

// Whatever a neighbour writes in its tracestate, a dropped trace carries no threshold, a kept one
// carries this sampler's, and the other fields stay.
func FuzzTraceState(f *testing.F) {
	f.Add("th:8;rv:0123456789abcd", uint64(1))
	f.Add("rv:zz;;a:b:c", uint64(1)<<55)
	f.Add("", uint64(0))
	f.Fuzz(func(t *testing.T, member string, low uint64) {
		state, err := trace.ParseTraceState("vendor=1,ot=" + member)
		if err != nil {
			t.Skip()
		}
		id := trace.TraceID{0: 1}
		binary.BigEndian.PutUint64(id[8:], low)
		r := newProbability(0.25).ShouldSample(params(t, id, state.String()))
		require.Equal(t, "1", r.Tracestate.Get("vendor"))
		ot := r.Tracestate.Get("ot")
		if len(member) > 240 && ot == "" {
			return // no room for a threshold
		}
		require.Equal(t, r.Decision == sdktrace.RecordAndSample, strings.HasSuffix(";"+ot, ";th:c"), ot)
		_, before := readOT(state.Get("ot"))
		_, after := readOT(ot)
		require.Equal(t, before, after)
	})
}
