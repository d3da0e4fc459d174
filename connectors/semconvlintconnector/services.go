package semconvlintconnector

import (
	"maps"
	"time"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules"
)

// services are what was found of each so far. There are at most max of them and, beyond that,
// semconvlint.OtherServices: with the rules, which are some 70, that bounds the series.
type services struct {
	max   int
	all   map[string]*service
	bits  map[string]uint // by rule of the score
	parts []int           // what each is worth
	began time.Time       // the window
	last  time.Time       // when add was called last
}

// service is what was found of one.
type service struct {
	since, seen time.Time
	findings    map[series]int64
	elements    map[semconvlint.Signal]int64
	// What passed and failed since the window began, and in the one before it.
	now, before outcome
}

type series struct {
	rule     string
	severity semconvlint.Severity
}

// outcome are rules of the score, a bit each.
type outcome struct{ passed, failed uint64 }

func newServices(most int, now time.Time) *services {
	s := &services{max: most, all: map[string]*service{}, bits: map[string]uint{}, began: now, last: now}
	for _, r := range rules.All() {
		if r.Doc.Impact > 0 {
			s.bits[r.Doc.ID] = uint(len(s.parts))
			s.parts = append(s.parts, int(r.Doc.Impact))
		}
	}
	return s
}

// add counts what was found and seen since the last call.
func (s *services) add(r *semconvlint.Result, findings []*semconvlint.Finding, now time.Time) {
	for i := range r.Services {
		from := &r.Services[i]
		to := s.of(from.Name, now)
		for signal, n := range from.Elements {
			to.elements[signal] += n
		}
		to.now.passed |= s.set(from.Score.Passed)
		to.now.failed |= s.set(from.Score.Failed)
	}
	for _, f := range findings {
		s.of(f.Service, now).findings[series{f.Rule, f.Severity}] += f.Count
	}
	s.last = now
}

func (s *services) of(name string, now time.Time) *service {
	if s.all[name] == nil && len(s.all) >= s.max {
		name = semconvlint.OtherServices
	}
	x := s.all[name]
	if x == nil {
		x = &service{since: s.last, findings: map[series]int64{}, elements: map[semconvlint.Signal]int64{}}
		s.all[name] = x
	}
	x.seen = now
	return x
}

func (s *services) set(ids []string) (bits uint64) {
	for _, id := range ids {
		bits |= 1 << s.bits[id]
	}
	return bits
}

// score is a service's, over the window that is and the one before. A rule that failed at any
// time has failed. It says false where no rule counts.
func (s *services) score(name string) (float64, bool) {
	x := s.all[name]
	failed := x.now.failed | x.before.failed
	passed := (x.now.passed | x.before.passed) &^ failed
	points, of := 0, 0
	for i, part := range s.parts {
		switch bit := uint64(1) << i; {
		case passed&bit != 0:
			points, of = points+part, of+part
		case failed&bit != 0:
			of += part
		}
	}
	if of == 0 || name == semconvlint.OtherServices {
		return 0, false
	}
	return 100 * float64(points) / float64(of), true
}

// forget begins a window, without services that were not seen in the last one.
func (s *services) forget(now time.Time) {
	maps.DeleteFunc(s.all, func(_ string, x *service) bool { return x.seen.Before(s.began) })
	for _, x := range s.all {
		x.before, x.now = x.now, outcome{}
	}
	s.began = now
}
