package semconvlint

import (
	"errors"
	"slices"
	"strings"
)

// Score is a service's Instrumentation Score (specification 0.1), by the rules that were asked
// and whose target the service has.
type Score struct {
	// Passed and Failed are the rules' ids.
	Passed, Failed []string
	// Points are the weights of those that passed, Of of all.
	Points, Of int
	// Incomplete are the specification's rules that do not count: nobody asked them, or the
	// service has nothing that they are about. The specification wants that said.
	Incomplete []string
}

// Value is the score from 0 to 100, unrounded. It says false where no rule counts.
func (s *Score) Value() (float64, bool) {
	if s.Of == 0 {
		return 0, false
	}
	return 100 * float64(s.Points) / float64(s.Of), true
}

// Category is the specification's word for the score, empty where there is none.
func (s *Score) Category() string {
	switch value, ok := s.Value(); {
	case !ok:
		return ""
	case value >= 90:
		return "Excellent"
	case value >= 75:
		return "Good"
	case value >= 50:
		return "Needs Improvement"
	default:
		return "Poor"
	}
}

// scoreRules are the specification's, all of them.
var scoreRules = []string{
	"LOG-001", "LOG-002", "MET-001", "MET-002", "MET-003", "MET-004", "MET-005", "MET-006", "RES-001", "RES-002", "RES-003", "RES-004", "RES-005",
	"SDK-001", "SPA-001", "SPA-002", "SPA-003", "SPA-004", "SPA-005",
}

// targets are what the rules are about, by the first part of their ids.
var targets = map[string]Signal{"LOG": OnLog, "MET": OnMetric, "RES": OnResource, "SDK": OnResource, "SPA": OnSpan}

// score is a service's.
func (e *Engine) score(f *findings, service string, seen map[Signal]int64) Score {
	s := Score{Incomplete: notRun(e.rules)}
	for i := range e.rules {
		d := e.rules[i].Doc
		if d.Impact == 0 {
			continue
		}
		group, _, _ := strings.Cut(strings.ToUpper(d.ID), "-")
		if target, has := targets[group]; has && seen[target] == 0 {
			s.Incomplete = append(s.Incomplete, d.ID)
			continue
		}
		s.Of += int(d.Impact)
		if f.failed.all[service]&e.rules[i].bit != 0 {
			s.Failed = append(s.Failed, d.ID)
		} else {
			s.Passed = append(s.Passed, d.ID)
			s.Points += int(d.Impact)
		}
	}
	slices.Sort(s.Passed)
	slices.Sort(s.Failed)
	slices.Sort(s.Incomplete)
	return s
}

// notRun are the specification's rules that are not among those.
func notRun(rules []activeRule) []string {
	return slices.DeleteFunc(slices.Clone(scoreRules), func(id string) bool {
		return slices.ContainsFunc(rules, func(r activeRule) bool { return strings.EqualFold(r.Doc.ID, id) })
	})
}

// number gives each rule of the score a bit.
func number(rules []activeRule) error {
	next := uint64(1)
	for i := range rules {
		if rules[i].Doc.Impact == 0 {
			continue
		}
		if next == 0 {
			return errors.New("more than 64 rules with an impact")
		}
		rules[i].bit = next
		next <<= 1
	}
	return nil
}
