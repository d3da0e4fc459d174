package criticalpath

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/tree"
)

func TestSkew(t *testing.T) {
	at := func(clock uint32, kind tree.Kind, s Span) Span {
		s.Clock, s.Kind = clock, kind
		return s
	}
	client := func(name, parent string, clock uint32, start, end uint64) Span {
		return at(clock, tree.Client, span(name, parent, start, end))
	}
	server := func(name, parent string, clock uint32, start, end uint64) Span {
		return at(clock, tree.Server, span(name, parent, start, end))
	}
	call := client("A", "", 1, 100, 200)
	for _, tc := range []struct {
		name  string
		spans []Span
		shift []int64
		want  string
	}{
		{"fits", []Span{call, server("B", "A", 2, 100, 200)}, []int64{0, 0}, "B100-200"},
		{"one clock", []Span{call, server("B", "A", 1, 60, 160)}, []int64{0, 0}, "A160-200 B100-160"},
		{"server before client", []Span{call, server("B", "A", 2, 20, 80)}, []int64{0, 100}, "A180-200 B120-180 A100-120"},
		{"server after client", []Span{call, server("B", "A", 2, 1000, 1060)}, []int64{0, -880}, "A180-200 B120-180 A100-120"},
		{"server hangs over", []Span{call, server("B", "A", 2, 150, 210)}, []int64{0, -30}, "A180-200 B120-180 A100-120"},
		{"an odd rest", []Span{call, server("B", "A", 2, 20, 81)}, []int64{0, 99}, "A180-200 B119-180 A100-119"},
		{"as long", []Span{call, server("B", "A", 2, 20, 120)}, []int64{0, 80}, "B100-200"},
		{"server longer and before", []Span{call, server("B", "A", 2, 20, 150)}, []int64{0, 80}, "B100-200"},
		{"server longer and within", []Span{call, server("B", "A", 2, 150, 300)}, []int64{0, 0}, "B150-200 A100-150"},
		{"server longer and after", []Span{call, server("B", "A", 2, 250, 400)}, []int64{0, 0}, "A100-200 | B250-400"},
		{"server of no kind", []Span{call, at(2, tree.Unspecified, span("B", "A", 1000, 1060))}, []int64{0, -880}, "A180-200 B120-180 A100-120"},
		{"later work", []Span{call, at(2, tree.Internal, span("B", "A", 1000, 1060))}, []int64{0, 0}, "A100-200 | B1000-1060"},
		{"work that hangs over", []Span{call, at(2, tree.Internal, span("B", "A", 150, 210))}, []int64{0, 0}, "B150-200 A100-150"},
		{"work before its cause", []Span{call, at(2, tree.Internal, span("B", "A", 20, 80))}, []int64{0, 100}, "A180-200 B120-180 A100-120"},
		{"long work before its cause", []Span{call, at(2, tree.Internal, span("B", "A", 20, 150))}, []int64{0, 80}, "B100-200"},
		{
			"a consumer before its producer", []Span{at(1, tree.Producer, span("A", "", 100, 110)), at(2, tree.Consumer, span("B", "A", 50, 90))},
			[]int64{0, 50}, "A100-110 | B100-140",
		},
		{
			"a consumer after its producer", []Span{at(1, tree.Producer, span("A", "", 100, 110)), at(2, tree.Consumer, span("B", "A", 105, 190))},
			[]int64{0, 0}, "A100-110 | B105-190",
		},
		{
			"all of its clock below", []Span{call, server("B", "A", 2, 20, 80), onClock("C", "B", 2, 30, 50), onClock("D", "C", 2, 35, 40)},
			[]int64{0, 100, 100, 100}, "A180-200 B150-180 C140-150 D135-140 C130-135 B120-130 A100-120",
		},
		{
			"three hosts", []Span{call, server("B", "A", 2, 20, 80), client("C", "B", 2, 30, 70), server("D", "C", 3, 500, 520), client("E", "D", 3, 505, 515)},
			[]int64{0, 100, 100, -360, -360}, "A180-200 B170-180 C160-170 D155-160 E145-155 D140-145 C130-140 B120-130 A100-120",
		},
		{
			"back to a clock that is known", []Span{
				call, server("B", "A", 2, 20, 80), client("C", "B", 2, 30, 70), server("D", "C", 1, 135, 165), client("E", "D", 1, 140, 160), server("F", "E", 2, 46, 55),
			},
			[]int64{0, 100, 100, 0, 0, 100}, "A180-200 B170-180 C165-170 D160-165 E155-160 F146-155 E140-146 D135-140 C130-135 B120-130 A100-120",
		},
		{
			"siblings are looked at each", []Span{call, server("B", "A", 2, 20, 80), server("C", "A", 2, 110, 119)},
			[]int64{0, 100, 0}, "A180-200 B120-180 A119-120 C110-119 A100-110",
		},
		{"not before the beginning of time", []Span{client("A", "", 1, 0, 10), server("B", "A", 2, 8, 14), onClock("C", "B", 2, 3, 9)}, []int64{0, -6, -6}, ""},
		{"too far", []Span{client("A", "", 1, math.MaxUint64-10, math.MaxUint64), server("B", "A", 2, 0, 5)}, []int64{0, 0}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := NewAnalyzer()
			tr := a.Analyze(tc.spans)
			assert.Equal(t, tc.shift, tr.Shift)
			for i, shift := range tr.Shift {
				assert.Equal(t, shift != 0, tr.Marks[i]&Shifted != 0)
			}
			if tc.want != "" {
				assert.Equal(t, tc.want, tell(tc.spans, tr))
			}
			require.NoError(t, checkTrace(a, tc.spans, tr))
			require.NoError(t, compareWithOracle(a, tc.spans, tr))
			strict := Analyzer{Strict: true}
			assert.Equal(t, make([]int64, len(tc.spans)), strict.Analyze(tc.spans).Shift)
		})
	}
}

// onClock is a span of a clock.
func onClock(name, parent string, clock uint32, start, end uint64) Span {
	s := span(name, parent, start, end)
	s.Clock = clock
	return s
}
