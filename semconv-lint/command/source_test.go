package command_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/command"
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/configs"
	"github.com/koine-otel/koine/semconv-lint/source/dashboards"
)

// here is the package's folder: tests run in others.
var here, _ = os.Getwd()

const collectorYAML = `receivers: {otlp: }
processors:
  attributes:
    actions:
      - {key: http.method, action: delete}
      - {key: http.target, action: delete}
exporters: {debug: }
service: {pipelines: {traces: {receivers: [otlp], processors: [attributes], exporters: [debug]}}}
`

func sourceParts() command.Parts {
	p := parts
	for _, doc := range source.Docs()[:len(source.Docs())-len(source.OwnDocs())] {
		p.Rules = append(slices.Clip(p.Rules), semconvlint.Rule{Doc: doc, New: func(*semconvlint.Context) semconvlint.Checker { return nil }})
	}
	p.Readers = func(_ *semconvlint.Conventions, o command.ReaderOptions) []source.Reader {
		return []source.Reader{dashboards.New(o.Mangled), configs.New()}
	}
	return p
}

type sourceFound struct {
	Findings []struct {
		Rule, Severity, Tier, Path, Language, Key, Replacement, Message string
		Line, Column                                                    int
		Fixable                                                         bool
	}
	Summary struct {
		Failed                                                bool
		Errors, Warnings, Fixable, Fixed, Ignored, Suppressed int
		Baselined, Files, Read                                int
		Skipped                                               map[string]int
	}
}

func (s *session) source(args ...string) (int, sourceFound) {
	s.t.Helper()
	code, out, errs := s.run(append([]string{"source", "--format", "json"}, args...)...)
	var d sourceFound
	require.NoError(s.t, json.Unmarshal([]byte(out), &d), out+errs)
	compiled, err := jsonschema.NewCompiler().Compile(filepath.Join(here, "../report/source-schema.json"))
	require.NoError(s.t, err)
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	require.NoError(s.t, err)
	require.NoError(s.t, compiled.Validate(instance))
	return code, d
}

func sourceSession(t *testing.T) *session {
	s := newSession(t)
	s.parts = sourceParts()
	return s
}

func TestSource(t *testing.T) {
	s := sourceSession(t)
	s.write("deploy/collector.yaml", collectorYAML)
	code, d := s.source("deploy")
	assert.Equal(t, command.Found, code)
	require.Len(t, d.Findings, 2)
	f := d.Findings[0]
	assert.Equal(t, "retired-attribute error A collector.yaml 5:15 http.method http.request.method true",
		fmt.Sprintf("%s %s %s %s %d:%d %s %s %t", f.Rule, f.Severity, f.Tier, f.Path, f.Line, f.Column, f.Key, f.Replacement, f.Fixable))
	assert.Equal(t, "url.path, url.query", d.Findings[1].Replacement)
	assert.False(t, d.Findings[1].Fixable)

	code, d = s.source("--fail-on", "none", ".")
	assert.Equal(t, command.Clean, code)
	assert.Equal(t, "deploy/collector.yaml", d.Findings[0].Path)

	code, _ = s.source("--severity", "retired-attribute=warning", "deploy/collector.yaml")
	assert.Equal(t, command.Clean, code)
	code, d = s.source("--exclude", "deploy/**")
	assert.Equal(t, command.Clean, code)
	assert.Equal(t, 3, d.Summary.Files, "the session's")
	code, d = s.source("--exclude", "./deploy", "--exclude", "*.json")
	assert.Equal(t, command.NothingSeen, code)
	assert.Zero(t, d.Summary.Files)
}

func TestSourceRefusals(t *testing.T) {
	s := sourceSession(t)
	s.write("a.yaml", collectorYAML)
	for _, test := range []struct{ args, says string }{
		{"source nosuch", "nosuch"}, {"source --tier E", "--tier"}, {"source --fix --diff", "--fix"}, {"source --new-from nosuch", "--new-from"}, {"source a b", "arg"},
		{"migrate", "--from"}, {"migrate --from x", "--from"}, {"migrate --from 1.20 --to 9.9", "--to"}, {"migrate --from 1.44 --to 1.30", "not before"}, {"migrate --from 1.20 --format xml", "--format"},
	} {
		code, _, errs := s.run(strings.Fields(test.args)...)
		assert.Equal(t, command.Trouble, code, test.args)
		assert.Contains(t, errs, test.says, test.args)
	}
}

// What --fix writes is found no more, and a second time writes nothing.
func TestSourceFix(t *testing.T) {
	s := sourceSession(t)
	s.write("collector.yaml", collectorYAML)
	code, patch, _ := s.run("source", "--diff")
	assert.Equal(t, command.Found, code)
	assert.Equal(t, collectorYAML, s.read("collector.yaml"))

	code, d := s.source("--fix")
	assert.Equal(t, command.Found, code, "one cannot be written")
	assert.Equal(t, 1, d.Summary.Fixed)
	require.Len(t, d.Findings, 1)
	assert.Equal(t, "http.target", d.Findings[0].Key)
	fixed := s.read("collector.yaml")
	assert.Equal(t, strings.Replace(collectorYAML, "http.method", "http.request.method", 1), fixed)

	_, d = s.source("--fix")
	assert.Zero(t, d.Summary.Fixed)
	assert.Equal(t, fixed, s.read("collector.yaml"))

	// The patch is one that git applies.
	s.write("collector.yaml", collectorYAML)
	apply := exec.Command("git", "apply", "-")
	apply.Dir, apply.Stdin = s.dir, strings.NewReader(patch)
	out, err := apply.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, fixed, s.read("collector.yaml"))
}

func TestSourceNewFrom(t *testing.T) {
	s := sourceSession(t)
	s.write("collector.yaml", strings.Replace(collectorYAML, "http.method", "http.route", 1))
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "commit", "-qm", "a"}} {
		git := exec.Command("git", args...)
		git.Dir = s.dir
		out, err := git.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	code, d := s.source("--new-from", "HEAD")
	assert.Equal(t, command.Clean, code)
	assert.Empty(t, d.Findings)
	s.write("collector.yaml", collectorYAML)
	code, d = s.source("--new-from", "HEAD")
	assert.Equal(t, command.Found, code)
	require.Len(t, d.Findings, 1)
	assert.Equal(t, "http.method", d.Findings[0].Key)
}

func TestSourceIgnoresAndBaseline(t *testing.T) {
	s := sourceSession(t)
	s.write("collector.yaml", strings.Replace(collectorYAML, "action: delete}\n", "action: delete} # semconv-lint:ignore retired-attribute the old gateway\n", 1))
	_, d := s.source()
	require.Len(t, d.Findings, 1)
	assert.Equal(t, 1, d.Summary.Ignored)

	s.write(".semconv-lint.yaml", "ignore:\n  - {rule: retired-attribute, path: '*.yaml', key: http.target, reason: in May}\n  - {rule: retired-attribute, path: 'gone/*', reason: in May}\n")
	code, d := s.source()
	assert.Equal(t, command.Clean, code)
	assert.Equal(t, 1, d.Summary.Suppressed)
	require.Len(t, d.Findings, 1)
	assert.Equal(t, "unused-suppression", d.Findings[0].Rule)
	s.write(".semconv-lint.yaml", "{}")

	code, d = s.source("--baseline", "b.json", "--update-baseline")
	assert.Equal(t, command.Clean, code)
	assert.Equal(t, 1, d.Summary.Baselined)
	s.write("collector.yaml", "# moved down\n"+collectorYAML)
	code, d = s.source("--baseline", "b.json")
	assert.Equal(t, command.Found, code, "http.method is not ignored any more")
	require.Len(t, d.Findings, 1)
	assert.Equal(t, "http.method", d.Findings[0].Key)
	s.write("collector.yaml", strings.ReplaceAll(strings.ReplaceAll(collectorYAML, "http.method", "http.route"), "http.target", "url.path"))
	_, d = s.source("--baseline", "b.json")
	require.Len(t, d.Findings, 1)
	assert.Equal(t, "stale-baseline", d.Findings[0].Rule)

	// A run on telemetry knows nothing of files.
	s.write("traces.json", spans("checkout", "http.route"))
	_, out, _ := s.run("check", "--baseline", "b.json", "traces.json")
	assert.NotContains(t, out, "stale-baseline")
}

// Every format has the place.
func TestSourceFormats(t *testing.T) {
	s := sourceSession(t)
	s.write("sub/collector.yaml", collectorYAML)
	for format, want := range map[string]string{
		"text": "5:15", "github": "file=sub/collector.yaml,line=5,endLine=5,col=15,endColumn=26", "gitlab": `"begin": 5`, "junit": "sub/collector.yaml:5:15: ", "markdown": "|  | 5:15 |", "sarif": `"startColumn": 15`,
	} {
		_, out, _ := s.run("source", "--format", format)
		assert.Contains(t, out, want, format)
		assert.Contains(t, out, "http.request.method", format)
	}
	_, out, _ := s.run("source", "--format", "sarif", "sub")
	compiled, err := jsonschema.NewCompiler().Compile(filepath.Join(here, "../report/testdata/sarif-schema-2.1.0.json"))
	require.NoError(t, err)
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
	require.NoError(t, err)
	require.NoError(t, compiled.Validate(instance))
	assert.Contains(t, out, `"uri": "sub/collector.yaml"`, "from the working directory, as viewers want it")
	assert.Contains(t, out, `"insertedContent"`)
}

func TestSourceSkips(t *testing.T) {
	s := sourceSession(t)
	s.write("big.yaml", strings.Repeat("# x\n", 300_000))
	s.write("broken.yaml", "receivers: {\nprocessors: [\n")
	s.write("binary.yaml", "a\x00b")
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "unreadable.yaml"), nil, 0o000))
	_, d := s.source("--fail-on-empty=false")
	assert.Empty(t, d.Findings)
	assert.Equal(t, 1, d.Summary.Skipped["large"])
}

func TestSourceInterrupted(t *testing.T) {
	s := sourceSession(t)
	s.write("a.yaml", collectorYAML)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs strings.Builder
	code := command.Run(ctx, []string{"source"}, command.Environment{Out: &out, Err: &errs, Dir: s.dir, Getenv: func(string) string { return "" }, Now: time.Now}, s.parts)
	assert.Equal(t, command.Trouble, code)
	assert.Equal(t, "Error: interrupted: nothing is said of what was read so far\n", errs.String())
	assert.Empty(t, out.String())
}

func TestMigrate(t *testing.T) {
	s := sourceSession(t)
	s.write("collector.yaml", collectorYAML)
	code, out, _ := s.run("migrate", "--from", "1.20", "--to", "1.44")
	assert.Equal(t, command.Clean, code)
	assert.Contains(t, out, "OTEL_SEMCONV_STABILITY_OPT_IN=http/dup")
	assert.Less(t, strings.Index(out, "http/dup"), strings.Index(out, "collector.yaml"))
	_, out, _ = s.run("migrate", "--from", "1.30")
	assert.NotContains(t, out, "http.method", "it was retired before")
	_, out, _ = s.run("migrate", "--from", "1.20", "--format", "json")
	var d struct {
		Steps []struct {
			Step     string
			Findings []struct{ Key string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &d))
	require.Len(t, d.Steps, 4)
	_, out, _ = s.run("migrate", "--from", "1.20", "--format", "markdown")
	assert.Contains(t, out, "- [ ] `collector.yaml:5`")
}
