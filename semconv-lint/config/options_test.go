package config

import (
	"testing"

	"github.com/stretchr/testify/assert"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

func TestEngineOptions(t *testing.T) {
	off, warning := semconvlint.Off, semconvlint.Warning
	c := Config{Rules: map[string]Rule{
		"a": {Severity: &off}, "b": {Options: map[string]any{"max": 3}}, "c": {},
		ExpiredSuppression.ID: {Severity: &warning},
	}}
	o := c.EngineOptions([]semconvlint.Rule{{Doc: &semconvlint.Doc{ID: "a"}}, {Doc: &semconvlint.Doc{ID: "b"}}, {Doc: &semconvlint.Doc{ID: "c"}}})
	assert.Equal(t, map[string]semconvlint.Severity{"a": semconvlint.Off}, o.Severities, "rules that are no engine's are left out")
	assert.Equal(t, map[string]map[string]any{"b": {"max": 3}}, o.RuleOptions)
}
