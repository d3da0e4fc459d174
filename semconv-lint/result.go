package semconvlint

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Result is what an Engine found.
type Result struct {
	// Findings are the worst first, then by service, rule and key.
	Findings []Finding
	// Services are by name; the one without a name is of what has no service.name.
	Services []ServiceResult
	// Elements are how many were seen, without the signals of which there were none; of traces, how
	// many were judged.
	Elements map[Signal]int64
	// Dropped are occurrences that are counted, but in findings whose causes are not told apart.
	Dropped int64
	// PartialTraces were judged before they were whole, for want of room; LateSpans came when
	// their traces had been judged, and were judged without them.
	PartialTraces, LateSpans int64
	// Rules are those that were asked.
	Rules []*Doc
	// Wanting are the ids of those of them that need what one run may not have.
	Wanting []string
	// NotRun are the ids of the Instrumentation Score's rules that were not asked: every score
	// is incomplete without them.
	NotRun []string
}

// Empty is whether no telemetry was seen: resources and scopes alone say nothing.
func (r *Result) Empty() bool {
	return r.Elements[OnSpan]+r.Elements[OnMetric]+r.Elements[OnLog] == 0
}

// ServiceResult is what was seen of one service.
type ServiceResult struct {
	Name     string
	Elements map[Signal]int64
	Score    Score
}

// result puts together what was gathered.
func (e *Engine) result(f *findings, seen *services, t traceCounts) *Result {
	r := &Result{
		Findings: f.sorted(), Elements: map[Signal]int64{},
		PartialTraces: t.partial, LateSpans: t.late, NotRun: notRun(e.rules),
	}
	for i := range r.Findings {
		if r.Findings[i].Detail == Untold {
			r.Dropped += r.Findings[i].Count
		}
	}
	for i := range e.rules {
		d := e.rules[i].Doc
		if r.Rules = append(r.Rules, d); d.Needs != "" {
			r.Wanting = append(r.Wanting, d.ID)
		}
	}
	for name, c := range seen.each() {
		elements := c.bySignal()
		for signal, n := range elements {
			r.Elements[signal] += n
		}
		service := ServiceResult{Name: name, Elements: elements}
		if name != OtherServices {
			service.Score = e.score(f, name, elements)
		}
		r.Services = append(r.Services, service)
	}
	if t.judged > 0 {
		r.Elements[OnTrace] = t.judged
	}
	slices.SortFunc(r.Services, func(a, b ServiceResult) int { return cmp.Compare(a.Name, b.Name) })
	return r
}

// maxServices bounds the services that are told apart.
const maxServices = 10_000

// OtherServices stands for those beyond that. They have no score.
const OtherServices = "_other"

// services counts what was seen of each. Of more than maxServices they are the first by name.
type services struct {
	firsts[*elementCounts]
	others *elementCounts // those that are not told apart, nil: there are none
}

func newServices() *services { return &services{firsts: newFirsts[*elementCounts](maxServices)} }

// counted are the signals that elements have.
var counted = [...]Signal{OnResource, OnScope, OnSpan, OnEvent, OnLink, OnMetric, OnPoint, OnLog}

type elementCounts [len(counted)]int64

func (s *services) of(name string) *elementCounts {
	if c := s.all[name]; c != nil {
		return c
	}
	if name = clip(name); s.all[name] == nil && name != OtherServices && s.room(name) {
		s.gather(s.put(strings.Clone(name), &elementCounts{}))
	}
	if c := s.all[name]; c != nil {
		return c
	}
	if s.others == nil {
		s.others = &elementCounts{}
	}
	return s.others
}

// gather counts those that are not told apart.
func (s *services) gather(out []*elementCounts) {
	for _, c := range out {
		s.of(OtherServices).add(c)
	}
}

// has says whether a service is among them, or may be among those that are not told apart.
func (s *services) has(name string) bool { return s.all[name] != nil || s.others != nil }

func (s *services) merge(other *services) {
	for name, c := range other.all {
		s.of(name).add(c)
	}
	if other.others != nil {
		s.of(OtherServices).add(other.others)
	}
}

// each gives all with their names, those that are not told apart as OtherServices.
func (s *services) each() iter.Seq2[string, *elementCounts] {
	s.gather(s.trim())
	return func(yield func(string, *elementCounts) bool) {
		for name, c := range s.all {
			if !yield(name, c) {
				return
			}
		}
		if s.others != nil {
			yield(OtherServices, s.others)
		}
	}
}

func (c *elementCounts) add(o *elementCounts) {
	for i, n := range o {
		c[i] += n
	}
}

func (c *elementCounts) bySignal() map[Signal]int64 {
	m := map[Signal]int64{}
	for i, n := range c {
		if n > 0 {
			m[counted[i]] = n
		}
	}
	return m
}
