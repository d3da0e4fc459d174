package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
)

// TestBaseline goes through a baseline's life.
func TestBaseline(t *testing.T) {
	path := filepath.Join(t.TempDir(), "baseline.json")
	_, err := config.LoadBaseline(path, false)
	require.ErrorContains(t, err, "baseline: open "+path)

	old := semconvlint.Finding{Rule: "old-name", Service: "checkout", Scope: "github.com/acme/http@1.0.0", Key: "http.method", Signal: semconvlint.OnSpan, Count: 7}
	unit := semconvlint.Finding{Rule: "unit", Service: "checkout", Key: "a<b", Detail: "ms", Signal: semconvlint.OnMetric}
	other := semconvlint.Finding{Rule: "old-name", Service: "gateway", Key: "http.url"}
	own := semconvlint.Finding{Rule: "unused-suppression", Signal: config.OnConfiguration}

	b, err := config.LoadBaseline(path, true)
	require.NoError(t, err)
	require.NoError(t, b.Update([]semconvlint.Finding{unit, other, old, own}, config.Scope{Services: []string{"checkout", "gateway"}}))
	assert.Equal(t, `{
  "version": 1,
  "findings": [
    {"rule":"old-name","service":"checkout","scope":"github.com/acme/http","key":"http.method"},
    {"rule":"unit","service":"checkout","key":"a<b","detail":"ms"},
    {"rule":"old-name","service":"gateway","key":"http.url"}
  ]
}
`, read(t, path))

	b, err = config.LoadBaseline(path, false)
	require.NoError(t, err)
	old.Scope, old.Count = "github.com/acme/http@2.0.0", 9
	assert.True(t, b.Has(&old), "another version and count")
	assert.False(t, b.Has(&own))
	unit.Detail = "min"
	assert.False(t, b.Has(&unit), "another unit")

	// The unit was corrected, and the gateway sent nothing.
	stale := b.Stale([]semconvlint.Finding{old}, config.Scope{Services: []string{"checkout"}})
	assert.Equal(t, []config.Fingerprint{{Rule: "unit", Service: "checkout", Key: "a<b", Detail: "ms"}}, stale)
	said := config.Default().StaleFindings(b, stale)
	require.Len(t, said, 1)
	assert.Equal(t, "unit is no longer found: --update-baseline takes it out", said[0].Message)
	assert.Equal(t, semconvlint.Note, said[0].Severity)
	require.NoError(t, b.Update([]semconvlint.Finding{old}, config.Scope{Services: []string{"checkout"}}))
	assert.NotContains(t, read(t, path), `"unit"`)
	assert.Contains(t, read(t, path), `"gateway"`)

	require.NoError(t, b.Update(nil, config.Scope{Services: []string{"checkout", "gateway"}}))
	assert.Equal(t, "{\n  \"version\": 1,\n  \"findings\": []\n}\n", read(t, path))
	_, err = config.LoadBaseline(path, false)
	require.NoError(t, err)
}

func TestFingerprintOfScope(t *testing.T) {
	for scope, want := range map[string]string{
		"": "", "lib": "lib", "lib@1.0": "lib", "@opentelemetry/instrumentation-http@0.39.1": "@opentelemetry/instrumentation-http",
		"@opentelemetry/instrumentation-http": "@opentelemetry/instrumentation-http",
	} {
		assert.Equal(t, want, config.FingerprintOf(&semconvlint.Finding{Scope: scope}).Scope, scope)
	}
}

func TestDamagedBaseline(t *testing.T) {
	for text, want := range map[string]string{
		"{\n\"version\": 1,\n\"findings\": 3}": ":3: json: cannot unmarshal number",
		`{"version": 2}`:                       ": version 2, not 1",
		`{"version": 1, "more": 1}`:            `:1: json: unknown field "more"`,
		"":                                     ":1: EOF",
	} {
		path := filepath.Join(t.TempDir(), "b.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := config.LoadBaseline(path, true)
		require.ErrorContains(t, err, "baseline: "+path+want, text)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}
