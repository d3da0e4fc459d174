package quality

import (
	"math"
	"slices"

	"github.com/koine-otel/koine/tracegen"
)

// truth is the measured traffic in short: 6 B a span, so that a scenario's fits into
// some 20 MB while several samplers decide on it.
type truth struct {
	traces []tracedTrace
	// of the spans of all traces, one after the other
	operations []uint16
	lengths    []uint32 // microseconds, enough for an hour

	index  map[Named]uint16
	names  []Named
	routes map[string]int
	first  int // index of traces[0]
}

type tracedTrace struct {
	from, to int // of its spans
	second   int // since the first measured trace
	route    int
	kind     tracegen.FaultKind
	culprit  Named
	batch    bool
}

func newTruth(warmUp int) *truth {
	return &truth{index: map[Named]uint16{}, routes: map[string]int{}, first: warmUp}
}

func (t *truth) add(trace *Trace, second int) {
	route, known := t.routes[trace.Route]
	if !known {
		route = len(t.routes)
		t.routes[trace.Route] = route
	}
	traced := tracedTrace{from: len(t.lengths), second: second, route: route, batch: trace.Batch}
	if l := trace.Label; l != nil {
		traced.kind, traced.culprit = l.Kind, Named{l.Service, l.Operation}
	}
	for i := range trace.Spans {
		s := &trace.Spans[i]
		t.operations = append(t.operations, t.operation(Named{trace.Services[s.Service].Name, s.Name}))
		t.lengths = append(t.lengths, uint32((s.End-s.Start)/1000))
	}
	traced.to = len(t.lengths)
	t.traces = append(t.traces, traced)
}

func (t *truth) operation(name Named) uint16 {
	id, known := t.index[name]
	if !known {
		id = uint16(len(t.names))
		t.index[name] = id
		t.names = append(t.names, name)
	}
	return id
}

// decoy: it is long, or has a call that is, and nothing about it is worth a look.
func (t *tracedTrace) decoy() bool {
	return t.kind == tracegen.OffPath || t.batch && t.kind == ""
}

// byOperation sorts every operation's lengths.
func (t *truth) byOperation() [][]uint32 {
	all := make([][]uint32, len(t.names))
	for i, o := range t.operations {
		all[o] = append(all[o], t.lengths[i])
	}
	for _, lengths := range all {
		slices.Sort(lengths)
	}
	return all
}

// quantile is the least of the sorted lengths with at least q of all at or below it.
func quantile(sorted []uint32, q float64) float64 {
	i := int(math.Ceil(q*float64(len(sorted)))) - 1
	return float64(sorted[max(0, i)])
}
