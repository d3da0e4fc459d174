package semconvlintconnector

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
)

func read(t *testing.T, id string) *Config {
	t.Helper()
	file, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	conf, err := file.Sub(id)
	require.NoError(t, err)
	cfg := createDefaultConfig().(*Config)
	require.NoError(t, conf.Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
	return cfg
}

func TestConfigFile(t *testing.T) {
	assert.Equal(t, createDefaultConfig(), read(t, "semconv_lint"))

	cfg := read(t, "semconv_lint/all")
	off, failing := semconvlint.Off, semconvlint.Error
	day := cfg.Ignore[0].Expires
	assert.Equal(t, &Config{
		File: "testdata/.semconv-lint.yaml", Target: "1.37.0", Registries: []string{"acme"},
		Rules: map[string]RuleConfig{
			"missing-attribute":     {Severity: &off},
			"span-name-cardinality": {Severity: &failing, Options: map[string]any{"max": 50}},
		},
		Ignore: []SuppressionConfig{{
			Rule: "retired-attribute", Key: "http.*", Service: "gateway", Scope: "github.com/acme/*", Reason: "it is replaced in May", Expires: day,
		}},
		Interval: 10 * time.Second, Sample: 0.1, Window: time.Hour, TraceWait: 5 * time.Second, MaxTraceSpans: 1000, MaxServices: 10, MaxCauses: 100,
	}, cfg)

	// The file's, with the fields over it.
	lint, err := cfg.lint()
	require.NoError(t, err)
	note := semconvlint.Note
	assert.Equal(t, "1.37.0", lint.Target)
	assert.Equal(t, []string{filepath.Join("testdata", "company"), "acme"}, lint.Registries)
	assert.Equal(t, map[string]config.Rule{
		"missing-attribute": {Severity: &off}, "unknown-attribute": {Severity: &note}, "unused-suppression": {Severity: &off},
		"span-name-cardinality": {Severity: &failing, Options: map[string]any{"max": 50}},
	}, lint.Rules)
	require.Len(t, lint.Ignore, 2)
	assert.Equal(t, "wrong-unit", lint.Ignore[0].Rule)
	assert.Equal(t, "2027-05-31", lint.Ignore[1].Expires.Format(time.DateOnly))
}

func TestConfigRefused(t *testing.T) {
	for name, c := range map[string]struct {
		conf map[string]any
		want []string
	}{
		"unknown key":  {map[string]any{"intervall": "1s"}, []string{"has invalid keys: intervall"}},
		"no such file": {map[string]any{"config": "nowhere.yaml"}, []string{"config: open nowhere.yaml: no such file"}},
		"bad file":     {map[string]any{"config": "testdata/config.yaml"}, []string{`testdata/config.yaml:1:1: unknown key "semconv_lint"`}},
		"severity":     {map[string]any{"rules": map[string]any{"wrong-unit": map[string]any{"severity": "fatal"}}}, []string{`"fatal" is not off, note, warning or error`}},
		"all at once": {map[string]any{
			"target": "one", "interval": "0s", "sample": 1.5, "window": "-1s", "trace_wait": "-1s", "max_trace_spans": 0, "max_services": -1, "max_causes": 0,
			"rules": map[string]any{
				"wrong-units": map[string]any{"severity": "off"}, "unused-suppression": map[string]any{"severity": "off"},
				"span-name-cardinality": map[string]any{"options": map[string]any{"max": "many", "least": 1}},
			},
			"ignore": []any{
				map[string]any{"key": "http.*"}, map[string]any{"rule": "wrong-units", "reason": "x", "expires": "in May"},
				map[string]any{"rule": "wrong-unit", "reason": "x", "expires": 2027},
			},
		}, []string{
			"target: ", "interval: must be positive, is 0s", "sample: must be above 0 and at most 1, is 1.5", "window: must be at least the interval",
			"trace_wait: must not be negative, is -1s", "max_trace_spans: must be positive, is 0", "max_services: must be positive, is -1", "max_causes: must be positive, is 0",
			`rules: unknown rule "wrong-units"`, `rules: unknown rule "unused-suppression"`,
			"rules::span-name-cardinality::options::least: span-name-cardinality has no such option", "rules::span-name-cardinality::options::max: not of the type of its default, 200",
			"ignore[0]: no rule", "no reason: say why this may stay as it is", `ignore[1]: rule: unknown rule "wrong-units"`, `expires: "in May" is not a date such as 2027-01-31`,
			"ignore[2]: expires: 2027 is not a date",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			err := confmap.NewFromStringMap(c.conf).Unmarshal(cfg)
			if err == nil {
				err = confmap.Validate(cfg)
			}
			require.Error(t, err)
			for _, want := range c.want {
				assert.ErrorContains(t, err, want)
			}
		})
	}
}
