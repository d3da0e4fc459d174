package rules

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/ruletest"
)

// folder is where a rule's package is.
func folder(r *semconvlint.Rule) string {
	return strings.ReplaceAll(strings.ToLower(r.Doc.ID), "-", "")
}

func TestFixtures(t *testing.T) {
	for _, rule := range All() {
		t.Run(rule.Doc.ID, func(t *testing.T) { ruletest.Run(t, rule, folder(&rule)+"/testdata") })
	}
}

// TestList: whoever adds a rule generates the list.
func TestList(t *testing.T) {
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	listed := map[string]bool{}
	for _, r := range All() {
		listed[folder(&r)] = true
	}
	for _, e := range entries {
		source, err := os.ReadFile(e.Name() + "/" + e.Name() + ".go")
		if err == nil && strings.Contains(string(source), "\nvar Rule = ") {
			require.True(t, listed[e.Name()], "%s is not listed: go generate", e.Name())
		}
	}
}

var (
	scoreID = regexp.MustCompile(`^(RES|SPA|MET|LOG|SDK)-\d{3}$`)
	ownID   = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
)

func TestDocs(t *testing.T) {
	for _, r := range All() {
		d := r.Doc
		t.Run(d.ID, func(t *testing.T) {
			require.True(t, scoreID.MatchString(d.ID) || ownID.MatchString(d.ID))
			require.Equal(t, scoreID.MatchString(d.ID), d.Impact != 0, "rules of the score have an impact, and no others")
			for _, text := range []string{d.Title, d.Why, d.Before, d.After, d.Link} {
				require.NotEmpty(t, text)
			}
			require.False(t, strings.HasSuffix(d.Title, "."))
			require.True(t, strings.HasSuffix(d.Why, "."))
		})
	}
}

// TestImpacts: the weights are the specification's.
func TestImpacts(t *testing.T) {
	got := map[string]int{}
	for _, r := range All() {
		if r.Doc.Impact != 0 {
			got[r.Doc.ID] = int(r.Doc.Impact)
		}
	}
	require.Equal(t, map[string]int{
		"RES-001": 20, "RES-002": 30, "RES-003": 30, "RES-004": 30, "RES-005": 40,
		"SPA-001": 20, "SPA-002": 20, "SPA-004": 30, "SPA-005": 30,
		"MET-001": 30, "MET-002": 30, "MET-003": 30, "MET-004": 20, "MET-005": 20, "MET-006": 30,
		"LOG-001": 30, "LOG-002": 30, "SDK-001": 10,
	}, got)
}
