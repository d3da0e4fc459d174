package semconvlint

import (
	"cmp"
	"maps"
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
	for name, c := range seen.all {
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

// services counts what was seen of each.
type services struct{ all map[string]*elementCounts }

func newServices() *services { return &services{map[string]*elementCounts{}} }

// counted are the signals that elements have.
var counted = [...]Signal{OnResource, OnScope, OnSpan, OnEvent, OnLink, OnMetric, OnPoint, OnLog}

type elementCounts [len(counted)]int64

func (s *services) of(name string) *elementCounts {
	c := s.all[name]
	if c == nil {
		if name = strings.Clone(clip(name)); len(s.all) >= maxServices {
			name = OtherServices
		}
		if c = s.all[name]; c == nil {
			c = &elementCounts{}
			s.all[name] = c
		}
	}
	return c
}

// has says whether a service is among them, or may be among those that are not told apart.
func (s *services) has(name string) bool {
	return s.all[name] != nil || s.all[OtherServices] != nil
}

func (s *services) merge(other *services) {
	for _, name := range slices.Sorted(maps.Keys(other.all)) {
		c := s.of(name)
		for i, n := range other.all[name] {
			c[i] += n
		}
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
