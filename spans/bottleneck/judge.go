package bottleneck

import (
	"math"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/criticalpath"
	"github.com/koine-otel/koine/spans/tree"
)

const (
	// materiality is by which part a request must become longer for half of the stake: less is
	// hardly noticed, and of more the surprise decides.
	materiality = 0.05
	// negligible is the part of a request below which nothing is looked at more closely.
	negligible = 0.005
	// unusual is the surprise from which a pattern is named: once in a hundred times.
	unusual = 2.0
)

// Judge finds the bottlenecks of traces, one after the other. It is not safe for concurrent use.
type Judge struct {
	baseline *baseline.Baseline
	path     *criticalpath.Analyzer
	skews    skews
	sites    sites

	// Of the trace at hand.
	trace  *Trace
	placed *criticalpath.Trace
	entry  baseline.Operation
	root   int32
	usual  float64 // ns that its entry takes
	notes  []note  // by span
	hidden float64 // ns of the fragments that lack their parent
	// callsExcess is the most by which calls that were too many made it longer, in ns.
	callsExcess float64
	finding     Finding
	best        float64 // excess of the best that is not unusual
	looks       int     // at how many things that might have been
}

// note is what the way through a trace says of a span.
type note uint8

const (
	inMain      note = 1 << iota // it is of the root's fragment
	failedBelow                  // a child failed too
	skipsOne                     // a span between it and a child is not there
	busy                         // it made more calls than usual
)

// NewJudge judges by a baseline, which may be learned into at the same time.
func NewJudge(b *baseline.Baseline) *Judge {
	return &Judge{baseline: b, path: criticalpath.NewAnalyzer(), skews: skews{}}
}

// Judge finds a trace's bottleneck. The trace must not change until Observe has been called.
func (j *Judge) Judge(t *Trace) Finding {
	p := j.path.Analyze(t.Spans)
	j.trace, j.placed = t, p
	j.finding, j.best, j.looks = Nothing(), math.Inf(-1), 0
	j.sites.reset(len(t.Spans))
	if len(p.Roots) == 0 {
		return j.finding
	}
	j.root = p.Roots[0]
	j.entry = t.Operations[j.root]
	j.finding.Entry = j.entry
	j.finding.Whole = t.Spans[j.root].Parent == 0
	j.usual = float64(p.End[j.root] - p.Start[j.root])
	if n := j.baseline.Duration(j.entry); n.Known() && n.P50 > 0 {
		j.finding.Long = j.usual > n.P99
		j.usual = n.P50
	}
	j.walk()
	j.judgeSites()
	for _, i := range p.Order {
		if j.notes[i]&inMain != 0 && p.Self[i] > 0 && !j.sites.judged(i) {
			j.judgeSpan(i)
		}
	}
	j.judgeWaits()
	// Of many things one is as rare as one in a hundred in most traces: the trace is to be.
	if j.looks > 0 && j.finding.Surprise < unusual+math.Log10(float64(j.looks)) {
		j.finding.Pattern = None
	}
	return j.finding
}

// walk goes through the spans, parents first.
func (j *Judge) walk() {
	t, p := j.trace, j.placed
	j.notes = reused(j.notes, len(t.Spans))
	j.hidden, j.callsExcess = 0, 0
	for _, i := range p.Order {
		parent := p.Parents[i]
		mark := p.Marks[i]
		if mark&criticalpath.Shifted != 0 {
			j.skews.note(t.Spans[i].Clock, p.Shift[i])
		}
		if parent >= 0 {
			j.notes[i] |= j.notes[parent] & inMain
			j.noteParent(i, parent)
			j.sites.add(j, i, parent)
			continue
		}
		j.finding.Path ^= mix(uint64(t.Operations[i]))
		if i == j.root {
			j.notes[i] |= inMain
		}
		if mark&criticalpath.Orphan != 0 {
			j.finding.Whole = false
			if i != j.root {
				j.hidden += float64(p.End[i] - p.Start[i])
			}
		}
	}
	j.findError()
}

// noteParent notes what a span says of its parent. It skips one if it is of another service without
// a client and a server between: it was called by a span that is missing, or in one.
func (j *Judge) noteParent(i, parent int32) {
	child, caller := &j.trace.Spans[i], &j.trace.Spans[parent]
	if child.Service != caller.Service {
		called := child.Kind == tree.Server || child.Kind == tree.Consumer
		if calls := caller.Kind == tree.Client || caller.Kind == tree.Producer; called != calls {
			j.notes[parent] |= skipsOne
		}
	}
	if j.trace.Errors[i] != 0 {
		j.notes[parent] |= failedBelow
	}
}

// findError looks for where the trouble began: of the spans that failed by themselves, the one
// that ended first.
func (j *Judge) findError() {
	first := int32(-1)
	for _, i := range j.placed.Order {
		if j.trace.Errors[i] != 0 && j.notes[i]&failedBelow == 0 && (first < 0 || j.placed.End[i] < j.placed.End[first]) {
			first = i
		}
	}
	if first >= 0 {
		j.finding.Error = mix(uint64(j.trace.Operations[first])<<16 | uint64(j.trace.Errors[first]))
	}
}

// judgeSpan looks at the time of one span on the path.
func (j *Judge) judgeSpan(i int32) {
	op := j.trace.Operations[i]
	self := float64(j.placed.Self[i])
	n := j.baseline.Self(op)
	if !n.Known() {
		j.offer(i, None, self, 0, 0)
		return
	}
	excess := self - n.P50
	if excess <= negligible*j.usual || self <= n.P90 {
		j.offer(i, None, self, excess, 0)
		return
	}
	surprise := n.Surprise(self)
	excess, surprise = j.discount(i, self, excess, surprise)
	if j.notes[i]&busy != 0 && excess < j.callsExcess {
		surprise = 0 // what it does between them
	}
	j.offer(i, j.patternOf(i, excess), self, excess, surprise)
}

// discount takes off what spans that are not there would explain: their time looks like their
// parent's own. Fragments that lack their parent are someone's calls. A span between which and its
// children there is a span missing is judged by its whole duration, and so is one that has fewer
// children than usual, or hardly any of their time.
func (j *Judge) discount(i int32, self, excess, surprise float64) (float64, float64) {
	op := j.trace.Operations[i]
	if hidden := min(j.hidden, self); hidden > 0 {
		excess -= hidden
		surprise = min(surprise, j.baseline.Self(op).Surprise(self-hidden))
	}
	d, own := j.baseline.Duration(op), j.baseline.Self(op)
	duration := float64(j.placed.End[i] - j.placed.Start[i])
	children, usual := duration-self, d.P50-own.P50
	typical, known := j.baseline.Children(op)
	fewer := known && int(j.placed.Children[i]) < typical && d.P90-own.P50-children > excess/2
	if j.notes[i]&skipsOne != 0 || d.Known() && (fewer || children < usual*hardly) {
		return min(excess, duration-d.P50), min(surprise, d.Surprise(duration))
	}
	return excess, surprise
}

// hardly is the part of what children usually take below which one of them is missing, however many
// are there.
const hardly = 1. / 3

// patternOf says what a span's own time is.
func (j *Judge) patternOf(i int32, excess float64) Pattern {
	if j.placed.Children[i] == 0 {
		return Slow
	}
	if kind := j.trace.Spans[i].Kind; kind == tree.Client || kind == tree.Producer {
		// Between the client and its server, unless their clocks differ by as much.
		if excess > j.skews.of(j.trace.Spans[i].Clock) {
			return Queue
		}
		return Slow
	}
	return Gap
}

// offer takes a candidate if it is better than those before: unusual ones by their score, others,
// which are none, by their excess.
func (j *Judge) offer(i int32, pattern Pattern, self, excess, surprise float64) {
	j.looks++
	f := &j.finding
	score := math.Inf(-1)
	if surprise >= unusual && excess > 0 {
		score = surprise + math.Log10(excess/(excess+materiality*j.usual))
	} else {
		pattern = None
	}
	switch {
	case pattern != None && score > f.Score:
	case pattern == None && f.Pattern == None && (excess > j.best || excess == j.best && self > f.Self*1e9):
		j.best = excess
	default:
		return
	}
	f.Span, f.Operation, f.Pattern = i, j.trace.Operations[i], pattern
	f.Self, f.Excess, f.Surprise, f.Score = self/1e9, max(0, excess)/1e9, surprise, score
	f.Cause = mix(uint64(f.Operation)<<8 | uint64(pattern))
}

// mix hashes a number.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
