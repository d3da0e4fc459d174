package criticalpath

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/tree"
)

// span is one of a letter: its id is the letter's place in the alphabet.
func span(name, parent string, start, end uint64) Span {
	return Span{ID: letter(name), Parent: letter(parent), Start: start, End: end}
}

func letter(name string) uint64 {
	if name == "" {
		return 0
	}
	return uint64(name[0]-'A') + 1
}

// tell writes the sections of all roots in the order of the walk, last to first: C60-101.
func tell(spans []Span, tr *Trace) string {
	var paths []string
	for k := range tr.Roots {
		var sections []string
		for _, s := range tr.Path(k) {
			sections = append(sections, fmt.Sprintf("%c%d-%d", 'A'+spans[s.Span].ID-1, s.Start, s.End))
		}
		slices.Reverse(sections)
		paths = append(paths, strings.Join(sections, " "))
	}
	return strings.Join(paths, " | ")
}

// marked writes which spans have a mark.
func marked(spans []Span, tr *Trace, m Mark) string {
	var names []string
	for i := range spans {
		if tr.Marks[i]&m != 0 {
			names = append(names, string(rune('A'+spans[i].ID-1)))
		}
	}
	return strings.Join(names, " ")
}

// The cases of Jaeger's UI: testCases/test1.js to test9.js.
func TestAsJaeger(t *testing.T) {
	ofKind := func(k tree.Kind, s Span) Span { s.Kind = k; return s }
	for _, tc := range []struct {
		name    string
		spans   []Span
		want    string
		others  string // what Analyzers that are not strict see beside it: roots of their own
		outlive string
	}{
		{
			name:  "test1: one after the other",
			spans: []Span{span("C", "", 1, 101), span("D", "C", 20, 40), span("E", "C", 50, 60)},
			want:  "C60-101 E50-60 C40-50 D20-40 C1-20",
		},
		{
			name:  "test2: at the same time",
			spans: []Span{span("X", "", 1, 101), span("A", "X", 10, 50), span("C", "X", 20, 60)},
			want:  "X60-101 C20-60 X1-20",
		},
		{
			name:   "test3: longer than its parent, and after it",
			spans:  []Span{ofKind(tree.Producer, span("A", "", 100, 140)), ofKind(tree.Client, span("B", "A", 200, 500))},
			want:   "A100-140",
			others: "B200-500",
		},
		{
			name:   "test4: after its parent, with a child",
			spans:  []Span{span("A", "", 1, 31), span("B", "A", 40, 80), span("C", "B", 50, 60)},
			want:   "A1-31",
			others: "B60-80 C50-60 B40-50",
		},
		{
			name:   "test5: a message",
			spans:  []Span{ofKind(tree.Producer, span("A", "", 1, 31)), ofKind(tree.Consumer, span("B", "A", 10, 20)), span("C", "B", 12, 14)},
			want:   "A1-31",
			others: "B14-20 C12-14 B10-12",
		},
		{
			name:    "test6: a child that outlives its parent, and whose child begins before",
			spans:   []Span{span("A", "", 1, 30), span("B", "A", 15, 35), span("C", "B", 10, 25)},
			want:    "B25-30 C15-25 A1-15",
			outlive: "B",
		},
		{
			name:    "test7: children that outlive their parents",
			spans:   []Span{span("A", "", 1, 30), span("B", "A", 15, 35), span("C", "B", 20, 40)},
			want:    "C20-30 B15-20 A1-15",
			outlive: "B C",
		},
		{
			name:    "test8: begins before its parent and ends after it",
			spans:   []Span{span("A", "", 10, 30), span("B", "A", 5, 35)},
			want:    "B10-30",
			outlive: "B",
		},
		{
			name:  "test9: over before its parent begins",
			spans: []Span{span("A", "", 10, 30), span("B", "A", 1, 5)},
			want:  "A10-30",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			strict := Analyzer{Strict: true}
			assert.Equal(t, tc.want, strings.TrimSuffix(tell(tc.spans, strict.Analyze(tc.spans)), " | "))
			for _, a := range []*Analyzer{NewAnalyzer(), {}} {
				want := tc.want
				if tc.others != "" {
					want += " | " + tc.others
				}
				tr := a.Analyze(tc.spans)
				assert.Equal(t, want, tell(tc.spans, tr))
				assert.Equal(t, tc.outlive, marked(tc.spans, tr, Outlives))
				require.NoError(t, checkTrace(a, tc.spans, tr))
			}
		})
	}
}

func TestTolerance(t *testing.T) {
	// The parent has 1000 ns; B begins at 500, and A ends about then.
	with := func(start, end uint64) []Span {
		return []Span{span("P", "", 0, 1000), span("A", "P", start, end), span("B", "P", 500, 900)}
	}
	const both, one = "P900-1000 B500-900 A100-500 P0-100", "P900-1000 B500-900 P0-500"
	for _, tc := range []struct {
		name      string
		tolerance float64
		strict    bool
		spans     []Span
		want      string
	}{
		{"a gap", 0, false, with(100, 480), "P900-1000 B500-900 P480-500 A100-480 P0-100"},
		{"back to back", 0, false, with(100, 500), both},
		{"back to back, strict", 0, true, with(100, 500), one},
		{"strict has no tolerance", 0.5, true, with(100, 505), one},
		{"overlap without tolerance", 0, false, with(100, 501), one},
		{"just within", 0.01, false, with(100, 510), both},
		{"just beyond", 0.01, false, with(100, 511), one},
		{"a negative one is none", -1, false, with(100, 501), one},
		{"more than all is all", 7, false, with(100, 899), both},
		{
			"all of it, of all time there is", 7, false,
			[]Span{span("P", "", 0, math.MaxUint64), span("A", "P", 1, math.MaxUint64-1), span("B", "P", 5, math.MaxUint64)},
			"B5-18446744073709551615 A1-5 P0-1",
		},
		{"began with the next one", 0.01, false, with(500, 505), one},
		{"began within the next one", 0.01, false, with(501, 505), one},
		{"of no duration", 0.01, false, with(500, 500), one},
		{"the child of what is cut is cut", 0.01, false,
			append(with(100, 505), span("C", "A", 300, 505), span("D", "C", 502, 505)),
			"P900-1000 B500-900 C300-500 A100-300 P0-100"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := &Analyzer{Tolerance: tc.tolerance, Strict: tc.strict}
			tr := a.Analyze(tc.spans)
			assert.Equal(t, tc.want, tell(tc.spans, tr))
			require.NoError(t, checkTrace(a, tc.spans, tr))
		})
	}
}

func TestOddTrees(t *testing.T) {
	for _, tc := range []struct {
		name  string
		spans []Span
		want  string
		marks map[Mark]string
	}{
		{"nothing", nil, "", nil},
		{"a root of no duration", []Span{span("A", "", 5, 5), span("B", "A", 5, 5)}, "", nil},
		{
			"a child of no duration", []Span{span("A", "", 1, 9), span("B", "A", 9, 9), span("C", "A", 4, 4), span("D", "A", 1, 1)},
			"A1-9 | ", map[Mark]string{Async: "B"},
		},
		{
			"ended before it began", []Span{span("A", "", 1, 9), span("B", "A", 5, 3)},
			"A1-9", map[Mark]string{Negative: "B"},
		},
		{
			"two that end together", []Span{span("A", "", 1, 9), span("B", "A", 2, 8), span("C", "A", 5, 8), span("D", "A", 5, 8)},
			"A8-9 C5-8 A1-5", nil,
		},
		{
			"roots in order", []Span{
				span("A", "", 7, 9), span("B", "", 3, 5), span("C", "X", 2, 4), span("D", "Y", 1, 4), span("E", "B", 6, 8), span("F", "", 3, 4),
			},
			"B3-5 | F3-4 | A7-9 | D1-4 | C2-4 | E6-8", map[Mark]string{Orphan: "C D", Async: "E"},
		},
		{
			"a duplicate, and whose child", []Span{span("A", "", 1, 9), span("B", "A", 2, 5), span("B", "A", 6, 8), span("C", "B", 3, 4)},
			"A5-9 B4-5 C3-4 B2-3 A1-2", map[Mark]string{Duplicate: "B"},
		},
		{"its own parent", []Span{span("A", "A", 1, 9)}, "A1-9", map[Mark]string{Orphan: "A"}},
		{
			"a cycle, and what hangs on it",
			[]Span{span("A", "C", 3, 9), span("B", "A", 1, 8), span("C", "B", 2, 7), span("D", "A", 4, 5), span("E", "", 1, 2)},
			"E1-2 | B7-8 A5-7 D4-5 A3-4 C2-3 B1-2", map[Mark]string{Orphan: "B", Outlives: "A"},
		},
		{
			"no id is no one's", []Span{{Start: 1, End: 5}, {Start: 2, End: 3}},
			"@1-5 | @2-3", nil,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := NewAnalyzer()
			tr := a.Analyze(tc.spans)
			assert.Equal(t, tc.want, tell(tc.spans, tr))
			for m, want := range tc.marks {
				assert.Equal(t, want, marked(tc.spans, tr, m), "mark %d", m)
			}
			require.NoError(t, checkTrace(a, tc.spans, tr))
			require.NoError(t, compareWithOracle(a, tc.spans, tr))
		})
	}
}

func TestWaits(t *testing.T) {
	producer := span("A", "", 1, 10)
	producer.Kind = tree.Producer
	consumer := func(name string, start, end uint64) Span {
		s := span(name, "A", start, end)
		s.Kind = tree.Consumer
		return s
	}
	spans := []Span{consumer("B", 25, 30), producer, consumer("C", 5, 30), consumer("D", 10, 12), span("E", "A", 2, 4)}
	tr := NewAnalyzer().Analyze(spans)
	assert.ElementsMatch(t, []Wait{{1, 0, 15}, {1, 2, 0}, {1, 3, 0}}, tr.Waits)
	assert.Equal(t, "B C D", marked(spans, tr, Async))
	assert.Equal(t, []int32{0, 1, 0, 0, 0}, tr.Children)
	assert.Equal(t, "A4-10 E2-4 A1-2 | C5-30 | D10-12 | B25-30", tell(spans, tr))
	assert.Equal(t, []int32{-1, -1, -1, -1, 1}, tr.Parents)
}
