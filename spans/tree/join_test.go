package tree

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestJoinTraceIDs(t *testing.T) {
	for _, tc := range []struct {
		name       string
		high, want []uint64 // of spans with low halves 5, 5, 5, 6
		changed    int
	}{
		{"none", nil, nil, 0},
		{"short ones", []uint64{0, 0, 0, 0}, []uint64{0, 0, 0, 0}, 0},
		{"long ones", []uint64{9, 9, 9, 9}, []uint64{9, 9, 9, 9}, 0},
		{"one long", []uint64{0, 9, 0, 0}, []uint64{9, 9, 9, 0}, 2},
		{"the same twice", []uint64{9, 0, 9, 0}, []uint64{9, 9, 9, 0}, 1},
		{"two long ones", []uint64{9, 0, 8, 0}, []uint64{9, 0, 8, 0}, 0},
		{"another trace's", []uint64{0, 0, 0, 9}, []uint64{0, 0, 0, 9}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			spans := make([]Span, len(tc.high))
			for i, high := range tc.high {
				spans[i] = Span{TraceHigh: high, TraceLow: [...]uint64{5, 5, 5, 6}[i]}
			}
			assert.Equal(t, tc.changed, JoinTraceIDs(spans))
			var got []uint64
			for _, s := range spans {
				got = append(got, s.TraceHigh)
			}
			assert.Equal(t, tc.want, got)
		})
	}
}

func TestJoinTraceIDsOfSeveralForms(t *testing.T) {
	spans := []Span{{TraceHigh: 1, TraceLow: 5}, {TraceHigh: 2, TraceLow: 5}, {TraceHigh: 1, TraceLow: 5}, {TraceLow: 5}}
	assert.Zero(t, JoinTraceIDs(spans))
}
