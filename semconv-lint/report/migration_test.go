package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/report"
)

// TestMigrationCountsWhatFixWrites: of tier C it writes nothing unless it is asked to.
func TestMigrationCountsWhatFixWrites(t *testing.T) {
	m := &report.Migration{From: "1.20.0", To: "1.44.0"}
	for i, tier := range []string{"A", "B", "C"} {
		region := report.Region{Line: i + 1, Column: 1, EndLine: i + 1, EndColumn: 2}
		m.Steps[report.Readers] = append(m.Steps[report.Readers], report.Finding{
			Finding: semconvlint.Finding{Rule: "retired-attribute", Signal: report.OnSource, Key: "http.url", Replacement: "url.full"},
			Source:  &report.Source{Path: "a.json", Tier: tier, Region: region, Edits: []report.Edit{{Region: region, Text: "url.full"}}},
		})
	}
	var out strings.Builder
	require.NoError(t, report.WriteMigrationText(&out, m))
	assert.Contains(t, out.String(), "3 places from 1.20.0 to 1.44.0, 2 of them by semconv-lint source --fix")
	assert.Contains(t, out.String(), "2:1  http.url → url.full  (--fix)")
	assert.NotContains(t, out.String(), "3:1  http.url → url.full  (--fix)")
}
