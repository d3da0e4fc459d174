package semconvlint

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestScoreExample is the specification's: 530 of 830.
func TestScoreExample(t *testing.T) {
	s := Score{Points: 530, Of: 830}
	value, ok := s.Value()
	assert.True(t, ok)
	assert.Equal(t, "63.86", fmt.Sprintf("%.2f", value))
	assert.Equal(t, "Needs Improvement", s.Category())

	none := Score{}
	_, ok = none.Value()
	assert.False(t, ok)
	assert.Empty(t, none.Category())
	for points, want := range map[int]string{100: "Excellent", 90: "Excellent", 89: "Good", 75: "Good", 74: "Needs Improvement", 50: "Needs Improvement", 49: "Poor", 0: "Poor"} {
		of := Score{Points: points, Of: 100}
		assert.Equal(t, want, of.Category(), points)
	}
	boundary := Score{Points: 8999, Of: 10000}
	assert.Equal(t, "Good", boundary.Category(), "unrounded")
}

// scoreRule is one of the score's that fails for the spans of some services.
func scoreRule(id string, impact Impact, needs string, fails ...string) Rule {
	return Rule{Doc: &Doc{ID: id, Severity: Note, Impact: impact, Needs: needs}, New: func(c *Context) Checker {
		return elementFunc(func(e *Element) {
			for _, service := range fails {
				if e.Signal == OnSpan && e.Service == service {
					c.At(e, Report{Message: "it fails"})
				}
			}
		})
	}}
}

func TestScore(t *testing.T) {
	e := engine(t, Options{Workers: 2, Severities: map[string]Severity{"SPA-005": Off}},
		scoreRule("RES-005", Critical, "", "bad"), scoreRule("SPA-001", Normal, "whole traces", "bad", "fair"), scoreRule("SPA-004", Important, ""),
		scoreRule("MET-002", Important, ""), scoreRule("SPA-005", Important, "", "good"), scoreRule("other", 0, "", "good"))
	for _, service := range []string{"good", "fair", "bad"} {
		e.Traces(oldSpan(service, "x"), "")
	}
	r := e.Finish()
	got := map[string]Score{}
	for _, s := range r.Services {
		got[s.Name] = s.Score
	}
	assert.Equal(t, []string{"SPA-001"}, r.Wanting)
	assert.NotContains(t, r.NotRun, "MET-002")
	assert.Contains(t, r.NotRun, "SPA-005")
	for name, want := range map[string][2]int{"good": {90, 90}, "fair": {70, 90}, "bad": {30, 90}} {
		s := got[name]
		assert.Equal(t, want, [2]int{s.Points, s.Of}, name)
		assert.Len(t, s.Incomplete, len(scoreRules)-3, name)
		assert.Contains(t, s.Incomplete, "MET-002", "no metrics were seen")
		assert.Contains(t, s.Incomplete, "SPA-005", "it was off")
	}
	bad, good := got["bad"], got["good"]
	assert.Equal(t, []string{"RES-005", "SPA-001"}, bad.Failed)
	assert.Equal(t, []string{"SPA-004"}, bad.Passed)
	assert.Empty(t, good.Failed)
}
