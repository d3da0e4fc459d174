package config_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
)

var docs = append([]*semconvlint.Doc{{
	ID: "old-name", Severity: semconvlint.Error,
	Options: []semconvlint.Option{
		{Name: "most", Default: 10}, {Name: "share", Default: 0.5}, {Name: "names", Default: []string{"a"}}, {Name: "strict", Default: false}, {Name: "word", Default: "x"},
	},
}}, config.Docs()...)

const everything = `# what a team sets
target: 1.44.0
registries: [conventions]
rules:
  old-name:
    severity: warning
    options: {most: 3, share: 1, names: [a, b], strict: true, word: y}
  unused-suppression: {severity: "off"}
ignore:
  - rule: old-name
    key: http.*
    service: gateway
    scope: github.com/acme/*
    reason: it is replaced in May
    expires: 2027-05-31
fail_on: warning
baseline: lint/baseline.json
inputs: [out/*.json, /abs.json]
coverage: ["acme.*"]
`

func TestLoad(t *testing.T) {
	path := write(t, everything)
	dir := filepath.Dir(path)
	c, err := config.Load(path, docs)
	require.NoError(t, err)
	warning, off := semconvlint.Warning, semconvlint.Off
	assert.Equal(t, &config.Config{
		Target:     "1.44.0",
		Registries: []string{filepath.Join(dir, "conventions")},
		Rules: map[string]config.Rule{
			"old-name":           {Severity: &warning, Options: map[string]any{"most": 3, "share": 1.0, "names": []string{"a", "b"}, "strict": true, "word": "y"}},
			"unused-suppression": {Severity: &off},
		},
		Ignore: []config.Suppression{{
			Rule: "old-name", Key: "http.*", Service: "gateway", Scope: "github.com/acme/*", Reason: "it is replaced in May",
			Expires: config.Date{Time: time.Date(2027, 5, 31, 0, 0, 0, 0, time.UTC)}, Line: 10,
		}},
		FailOn:   config.FailOn{Severity: warning},
		Baseline: filepath.Join(dir, "lint/baseline.json"),
		Inputs:   []string{filepath.Join(dir, "out/*.json"), "/abs.json"},
		Coverage: []string{"acme.*"},
		Path:     path,
	}, c)
}

func TestLoadNothing(t *testing.T) {
	for _, text := range []string{"", "# only words\n", "---\n"} {
		c, err := config.Load(write(t, text), docs)
		require.NoError(t, err, "%q", text)
		c.Path = ""
		assert.Equal(t, config.Default(), c, "%q", text)
	}
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"), docs)
	require.ErrorContains(t, err, "none.yaml: no such file")
}

// TestMistakes: all of them are told, where they stand.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"tarjet: 1":                             "FILE:1:1: unknown key \"tarjet\", there are target, registries, rules, ignore, fail_on, baseline, inputs, exclude, coverage",
		"target: [1]":                           "FILE:1:9: target: a list, not a text",
		"target: true":                          "FILE:1:9: target: true or false, not a text",
		"target:":                               "FILE:1:8: target: nothing, not a text",
		"inputs: a":                             "FILE:1:9: inputs: a text, not a list",
		"inputs: [a, {b: c}]":                   "FILE:1:13: inputs[1]: keys with values, not a text",
		"- a":                                   "FILE:1:1: configuration: a list, not keys with values",
		"fail_on: worst":                        `FILE:1:10: fail_on: "worst" is not error, warning, note or none`,
		"fail_on: off":                          `FILE:1:10: fail_on: "off" is not error, warning, note or none`,
		"rules:\n  new-name: {severity: error}": `FILE:2:3: rules: unknown rule "new-name"`,
		"rules:\n  old-name: {severity: fatal}": `FILE:2:24: rules.old-name.severity: "fatal" is not off, note, warning or error`,
		"rules:\n  old-name: {options: {most: x}}":          "FILE:2:24: rules.old-name.options.most: not of the type of its default, 10",
		"rules:\n  old-name: {options: {more: 1}}":          "FILE:2:24: rules.old-name.options.more: old-name has no such option",
		"rules:\n  old-name: error":                         "FILE:2:13: rules.old-name: a text, not keys with values",
		"ignore:\n  - reason: r":                            "FILE:2:5: ignore[0]: no rule",
		"ignore:\n  - rule: old-name":                       "FILE:2:5: ignore[0]: no reason: say why this may stay as it is",
		"ignore:\n  - rule: old-name\n    reason: \" \"":    "FILE:3:5: ignore[0]: no reason: say why this may stay as it is",
		"ignore:\n  - rule: old-name\n    reason:":          "FILE:3:5: ignore[0]: no reason: say why this may stay as it is\nFILE:3:12: ignore[0].reason: nothing, not a text",
		"ignore:\n  - {rule: x*, reason: r}":                `FILE:2:6: ignore[0].rule: unknown rule "x*"`,
		"ignore:\n  - {rule: '*', reason: r, expires: May}": `FILE:2:37: ignore[0].expires: "May" is not a date such as 2027-01-31`,
		"target: 1.2.0":                                     `FILE:1:9: target: "1.2.0" is not between 1.21.0 and 1.44.0`,
		"target: 1.44.0\ntarget: b":                         "FILE:2:1: target is there twice",
		"target: 1.44.0\n---\ntarget: b":                    "FILE:2:1: there is more than one document",
		"target: [":                                         "FILE:1:1: did not find expected node content",
		"a: b\ntarget: {x: y}":                              "FILE:1:1: unknown key \"a\", there are target, registries, rules, ignore, fail_on, baseline, inputs, exclude, coverage\nFILE:2:9: target: keys with values, not a text",
	} {
		path := write(t, text)
		_, err := config.Load(path, docs)
		if assert.Error(t, err, text) {
			assert.Equal(t, want, strings.ReplaceAll(err.Error(), path, "FILE"), text)
		}
	}
}

func TestFind(t *testing.T) {
	path := write(t, "")
	below := filepath.Join(filepath.Dir(path), "a", "b")
	require.NoError(t, os.MkdirAll(below, 0o700))
	found, err := config.Find(below)
	require.NoError(t, err)
	assert.Equal(t, path, found)
}

// TestSchema: the schema for editors says what the structs say, and accepts what Load does.
func TestSchema(t *testing.T) {
	data, err := os.ReadFile("schema.json")
	require.NoError(t, err)
	var schema map[string]any
	require.NoError(t, json.Unmarshal(data, &schema))
	agree(t, "", schema, reflect.TypeFor[config.Config]())

	compiled, err := jsonschema.NewCompiler().Compile("schema.json")
	require.NoError(t, err)
	for text, ok := range map[string]bool{everything: true, "{}": true, "ignore: [{rule: a}]": false, "fail_on: off": false, "a: b": false} {
		var value any
		require.NoError(t, yaml.Unmarshal([]byte(strings.ReplaceAll(text, "2027-05-31", `"2027-05-31"`)), &value))
		asJSON, err := json.Marshal(value)
		require.NoError(t, err)
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(string(asJSON)))
		require.NoError(t, err)
		assert.Equal(t, ok, compiled.Validate(instance) == nil, text)
	}
}

func agree(t *testing.T, at string, schema map[string]any, of reflect.Type) {
	t.Helper()
	var names []string
	properties, _ := schema["properties"].(map[string]any)
	for i := range of.NumField() {
		field := of.Field(i)
		name := field.Tag.Get("yaml")
		if name == "-" {
			continue
		}
		names = append(names, name)
		property, ok := properties[name].(map[string]any)
		if !assert.True(t, ok, "%s%s is not in the schema", at, name) {
			continue
		}
		assert.NotEmpty(t, property["description"], at+name)
		inner, kind := field.Type, field.Type.Kind()
		switch {
		case kind == reflect.Slice:
			assert.Equal(t, "array", property["type"], at+name)
			property, inner = property["items"].(map[string]any), inner.Elem()
		case kind == reflect.Map:
			assert.Equal(t, "object", property["type"], at+name)
			property, _ = property["additionalProperties"].(map[string]any)
			inner = inner.Elem()
		}
		if _, hasFields := property["properties"]; hasFields {
			agree(t, at+name+".", property, inner)
		}
	}
	assert.Len(t, properties, len(names), at)
	assert.Equal(t, false, schema["additionalProperties"], at)
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), config.FileName)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
