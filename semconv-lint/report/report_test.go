package report_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
	"github.com/koine-otel/koine/semconv-lint/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	for name, file := range map[string]string{
		"text": "report.txt", "json": "report.json", "sarif": "report.sarif", "github": "github.txt",
		"gitlab": "gitlab.json", "junit": "junit.xml", "markdown": "report.md",
	} {
		t.Run(name, func(t *testing.T) { golden(t, file, written(t, name, fixture())) })
	}
}

func TestTextOnTerminal(t *testing.T) {
	r := fixture()
	r.Style = report.Style{Color: true, Width: 60}
	golden(t, "terminal.txt", written(t, "text", r))
}

// TestNothing: every format has something valid to say of nothing.
func TestNothing(t *testing.T) {
	for _, format := range report.Formats() {
		out := written(t, format, &report.Report{})
		assert.NotEmpty(t, out, format)
		assert.NotContains(t, out, "null", format)
	}
	assert.Equal(t, "no telemetry seen\n", written(t, "text", &report.Report{}))
	valid(t, "schema.json", written(t, "json", &report.Report{}))
	valid(t, "testdata/sarif-schema-2.1.0.json", written(t, "sarif", &report.Report{}))
}

func TestSchemas(t *testing.T) {
	valid(t, "schema.json", written(t, "json", fixture()))
	valid(t, "testdata/sarif-schema-2.1.0.json", written(t, "sarif", fixture()))
}

func TestJUnitIsXML(t *testing.T) {
	r := fixture()
	r.Findings[0].Message = "a \x1b[31m\x00 in a value"
	var any struct {
		XMLName xml.Name
	}
	require.NoError(t, xml.Unmarshal([]byte(written(t, "junit", r)), &any))
}

// TestPlaces: what lies in the working directory is relative to it, and for what lies elsewhere the
// configuration stands.
func TestPlaces(t *testing.T) {
	for source, want := range map[string]string{
		"a/b.json:3":               "a/b.json,line=3",
		"./a/b.json:3":             "a/b.json,line=3",
		"/src/dir/a/b.json:3":      "a/b.json,line=3",
		"../dir/b.json:3":          "b.json,line=3",
		"../other/b.json:3":        ".semconv-lint.yaml,line=1",
		"/src/directory/b.json:3":  ".semconv-lint.yaml,line=1",
		"/src/dir/../other.json:3": ".semconv-lint.yaml,line=1",
	} {
		r := fixture()
		r.Dir = "/src/dir"
		r.Findings = r.Findings[:1]
		r.Findings[0].Example.Source = source
		assert.Contains(t, written(t, "github", r), "file="+want, source)
	}
}

func TestUnknownFormat(t *testing.T) {
	err := report.Write(&bytes.Buffer{}, "html", fixture())
	require.EqualError(t, err, `format "html": there are text, json, sarif, github, gitlab, junit, markdown`)
}

// TestGitHubLimit: of more than ten of a level the rest is summed up, in the tenth.
func TestGitHubLimit(t *testing.T) {
	r := fixture()
	r.Findings = nil
	for range 25 {
		r.Findings = append(r.Findings, report.Finding{Finding: semconvlint.Finding{Rule: "r", Severity: semconvlint.Note, Key: "k"}})
	}
	out := written(t, "github", r)
	assert.Equal(t, 10, strings.Count(out, "::notice "))
	assert.Contains(t, out, "::and 16 more of this level")
}

// TestMarkdownLimit: GitHub takes nothing of a summary that is too long.
func TestMarkdownLimit(t *testing.T) {
	r := fixture()
	for range 20_000 {
		r.Findings = append(r.Findings, r.Findings[0])
	}
	out := written(t, "markdown", r)
	assert.Less(t, len(out), 1_000_000)
	assert.Contains(t, out, "This is cut here")
}

// TestStrangersText: what services send commands neither a terminal nor a workflow.
func TestStrangersText(t *testing.T) {
	r := fixture()
	r.Findings = []report.Finding{{Finding: semconvlint.Finding{
		Rule: "r", Severity: semconvlint.Error, Service: "a\x1b[2J", Signal: semconvlint.OnSpan, Key: "k\n::set-env name=x::y", Message: "m | <img> @all", Count: 1,
		Example: semconvlint.Example{Name: "\x1b]0;owned\a", Value: strings.Repeat("ä", 300)},
	}}}
	assert.NotContains(t, written(t, "text", r), "\x1b")
	assert.NotContains(t, written(t, "github", r), "\n::set-env")
	markdown := written(t, "markdown", r)
	assert.NotContains(t, markdown, "<img>")
	assert.NotContains(t, markdown, "@all")
	valid(t, "testdata/sarif-schema-2.1.0.json", written(t, "sarif", r))
}

// hostile is a text that would command whatever reads it.
const hostile = "a\u202eb\x1b[31mc\rd\ne|f`g::h ::error file=x::owned\u200b##[error]i\\|j"

// TestHostileText: wherever a stranger's text stands, people see what is in it.
func TestHostileText(t *testing.T) {
	for _, service := range []string{hostile, "::error file=x::owned", "\n::error::owned", "\u3000::error::owned", "shop"} {
		r := fixture()
		r.Config = hostile
		r.Scores = []report.Score{{Service: service, Missing: []string{"SPA-003"}}, {Service: "other"}}
		r.Findings = []report.Finding{{Finding: semconvlint.Finding{
			Rule: "r", Severity: semconvlint.Error, Service: service, Scope: hostile, Signal: semconvlint.OnSpan, Key: hostile, Detail: hostile, Replacement: hostile, Message: hostile, Count: 1,
			Example: semconvlint.Example{Name: hostile, Value: hostile, Source: hostile},
		}}, {Finding: semconvlint.Finding{
			Rule: "r", Severity: semconvlint.Note, Service: service, Signal: semconvlint.OnSpan, Message: "::error file=x::owned", Count: 1,
		}}, {Finding: semconvlint.Finding{
			Rule: "r", Severity: semconvlint.Error, Signal: config.OnConfiguration, Key: hostile, Message: hostile, Example: semconvlint.Example{Source: hostile},
		}}}
		valid(t, "testdata/sarif-schema-2.1.0.json", written(t, "sarif", r))
		for _, format := range []string{"text", "github", "markdown"} {
			out := written(t, format, r)
			for _, hidden := range []string{"\u202e", "\u200b", "\x1b", "\r", "##["} {
				assert.NotContains(t, out, hidden, format)
			}
			assert.Contains(t, out, `\u202e`, format)
			assert.Contains(t, out, `\x1b`, format)
			for line := range strings.Lines(out) {
				line = strings.TrimSpace(line)
				own := format == "github" && strings.HasPrefix(line, "::error file=") && !strings.HasPrefix(line, "::error file=x::")
				assert.False(t, strings.HasPrefix(line, "::") && !own && !strings.HasPrefix(line, "::notice file="), "%s: %s", format, line)
			}
		}
		for line := range strings.Lines(written(t, "markdown", r)) {
			if strings.HasPrefix(line, "| error") {
				assert.Equal(t, 8, bars(line), "cells stay cells: %s", line)
			}
		}
	}
	assert.Equal(t, "std::vector ::1 a: b[0] ::ffff:1.2.3.4 \u00a0größe", report.Visible("std::vector ::1 a: b[0] ::ffff:1.2.3.4 \u00a0größe"))
	assert.Equal(t, `\xff\u202e\x3a:error::a`, strings.TrimSpace(report.Visible("\xff\u202e")+report.Visible("::error::a")))
}

// bars are the ends of cells in a row of a table.
func bars(row string) (n int) {
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++ // it makes what follows a letter
		case '|':
			n++
		}
	}
	return n
}

func TestFailed(t *testing.T) {
	r := fixture()
	assert.True(t, r.Failed())
	r.FailOn = semconvlint.Off
	assert.False(t, r.Failed())
	r.FailOn = semconvlint.Error
	for i := range r.Findings {
		r.Findings[i].Baselined = true
	}
	assert.False(t, r.Failed())
}

// fixture has every kind of finding once.
func fixture() *report.Report {
	deprecated := &semconvlint.Doc{
		ID: "deprecated-attribute", Title: "An attribute has a new name", Severity: semconvlint.Error,
		Why: "Dashboards that ask for the new name do not find what is under the old one.", Before: "http.method: GET", After: "http.request.method: GET",
		Options: []semconvlint.Option{{Name: "min_age", Default: 2, Meaning: "releases that a rename must be old"}},
		Link:    "https://opentelemetry.io/docs/specs/semconv/", Impact: semconvlint.Normal, Needs: "whole traces",
	}
	unit := &semconvlint.Doc{ID: "metric-unit", Title: "A metric has another unit", Severity: semconvlint.Warning}
	gateway := &config.Suppression{Rule: "deprecated-attribute", Reason: "the gateway is replaced in May", Expires: config.Date{Time: time.Date(2027, 5, 31, 0, 0, 0, 0, time.UTC)}}
	r := &report.Report{
		Findings: []report.Finding{
			{Finding: semconvlint.Finding{
				Rule: "deprecated-attribute", Severity: semconvlint.Error, Service: "checkout", Scope: "github.com/acme/http@1.2.0", Signal: semconvlint.OnSpan,
				Key: "http.method", Replacement: "http.request.method", Message: "http.method was renamed in 1.21.0", Count: 1204,
				Example: semconvlint.Example{Name: "GET /cart", Value: "GET", TraceID: "4bf92f3577b34da6a3ce929d0e0e4736", SpanID: "00f067aa0ba902b7", Source: "spans.json:12"},
			}},
			{Finding: semconvlint.Finding{
				Rule: "deprecated-attribute", Severity: semconvlint.Error, Service: "gateway", Scope: "envoy", Signal: semconvlint.OnSpan,
				Key: "http.url", Replacement: "url.full", Message: "http.url was renamed in 1.21.0", Count: 3, Example: semconvlint.Example{Source: "spans.json:40"},
			}, Suppressed: gateway},
			{Finding: semconvlint.Finding{
				Rule: "metric-unit", Severity: semconvlint.Warning, Service: "", Signal: semconvlint.OnMetric, Key: "http.server.request.duration", Replacement: "s",
				Detail: "ms", Message: "the unit is ms, not s", Count: 1, Example: semconvlint.Example{Source: "OTLP/gRPC"},
			}},
			{Finding: semconvlint.Finding{
				Rule: "metric-unit", Severity: semconvlint.Warning, Service: "checkout", Signal: semconvlint.OnMetric, Key: "a|b", Message: "the unit is empty: 100 %", Count: 2,
			}, Baselined: true},
			{Finding: semconvlint.Finding{
				Rule: "span-name", Severity: semconvlint.Note, Service: "checkout", Signal: semconvlint.OnSpan, Message: "span names have ids in them", Count: 99,
				Example: semconvlint.Example{Name: "GET /cart/8231", Source: "more/spans with blank.json:7"},
			}},
			{Finding: semconvlint.Finding{
				Rule: "unused-suppression", Severity: semconvlint.Note, Signal: config.OnConfiguration, Key: "metric-unit, service x*", Message: "matches no finding: a reason", Count: 1,
				Example: semconvlint.Example{Source: ".semconv-lint.yaml:4"},
			}},
		},
		Scores:      []report.Score{{Service: "checkout", Value: 63.8554, Category: "needs improvement", Missing: []string{"SPA-003", "SDK-001"}}},
		Seen:        report.Seen{Services: []string{"", "catalog", "checkout", "gateway"}, Spans: 12345, Metrics: 1, Points: 1, Logs: 0, PartialTraces: 2, LateSpans: 3},
		Uncounted:   7,
		Damaged:     3,
		ExitCode:    2,
		Docs:        []*semconvlint.Doc{deprecated, unit, config.UnusedSuppression},
		FailOn:      semconvlint.Error,
		HasBaseline: true,
		Config:      ".semconv-lint.yaml",
		IsFile:      func(path string) bool { return strings.HasSuffix(path, ".json") },
		Version:     "0.1.0",
	}
	r.Sort()
	return r
}

func written(t *testing.T, format string, r *report.Report) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, report.Write(&out, format, r))
	return out.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func valid(t *testing.T, schema, document string) {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile(schema)
	require.NoError(t, err)
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	require.NoError(t, err)
	require.NoError(t, compiled.Validate(instance))
}
