package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/command"
	"github.com/koine-otel/koine/semconv-lint/telemetry"
)

// TestMain is the command that TestRun runs, too: it sends a file and ends with a code.
func TestMain(m *testing.M) {
	if file := os.Getenv("SEND_FILE"); file != "" {
		os.Exit(send(file))
	}
	goleak.VerifyTestMain(m)
}

func send(file string) (code int) {
	if data, err := os.ReadFile(file); err == nil {
		answer, err := http.Post(os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")+"/v1/traces", "application/json", bytes.NewReader(data))
		if err != nil || answer.StatusCode != http.StatusOK {
			return 99
		}
	}
	code, _ = strconv.Atoi(os.Getenv("SEND_CODE"))
	return code
}

// oldName finds http.method, and note finds http.route.
var parts = command.Parts{Version: "0.1.0", Rules: []semconvlint.Rule{
	finder(&semconvlint.Doc{
		ID: "old-name", Title: "Old name", Why: "Nobody asks for it.", Severity: semconvlint.Error, Before: "http.method: GET", After: "http.request.method: GET",
		Options: []semconvlint.Option{{Name: "key", Default: "http.method", Meaning: "what is old"}},
	}),
	finder(&semconvlint.Doc{ID: "a-note", Title: "Just a note", Severity: semconvlint.Note, Options: []semconvlint.Option{{Name: "key", Default: "http.route"}}}),
}}

func finder(doc *semconvlint.Doc) semconvlint.Rule {
	return semconvlint.Rule{Doc: doc, New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c, c.Options["key"].(string)} }}
}

type checker struct {
	c   *semconvlint.Context
	key string
}

func (f *checker) Element(e *semconvlint.Element) {
	if e.Get(f.key) != nil {
		f.c.At(e, semconvlint.Report{Key: f.key, Message: f.key + " was found"})
	}
}

// spans is a request of OTLP with a span of a service with these attributes.
func spans(service string, keys ...string) string {
	var attributes []string
	for _, key := range keys {
		attributes = append(attributes, fmt.Sprintf(`{"key":%q,"value":{"stringValue":"x"}}`, key))
	}
	return fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":%q}}]},"scopeSpans":[{"scope":{"name":"lib","version":"1.0"},`+
		`"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","name":"GET","kind":2,"startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":[%s]}]}]}]}`+"\n",
		service, strings.Join(attributes, ","))
}

// session is a folder in which commands are run.
type session struct {
	t     *testing.T
	dir   string
	in    string
	env   map[string]string
	now   time.Time
	parts command.Parts
}

func newSession(t *testing.T) *session {
	t.Helper()
	s := &session{t: t, dir: t.TempDir(), env: map[string]string{}, now: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), parts: parts}
	t.Chdir(s.dir)
	s.write("old.json", spans("checkout", "http.method"))
	s.write("clean.json", spans("checkout", "http.request.method"))
	s.write("note.json", spans("checkout", "http.route"))
	return s
}

func (s *session) write(name, text string) {
	s.t.Helper()
	require.NoError(s.t, os.MkdirAll(filepath.Dir(filepath.Join(s.dir, name)), 0o700))
	require.NoError(s.t, os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600))
}

func (s *session) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	require.NoError(s.t, err)
	return string(data)
}

// run gives the exit code and what was written.
func (s *session) run(args ...string) (code int, out, errors string) {
	var stdout, stderr bytes.Buffer
	code = command.Run(context.Background(), args, command.Environment{
		In: strings.NewReader(s.in), Out: &stdout, Err: &stderr, Dir: s.dir,
		Getenv: func(name string) string { return s.env[name] },
		Now:    func() time.Time { return s.now },
	}, s.parts)
	return code, stdout.String(), stderr.String()
}

func TestExitCodes(t *testing.T) {
	s := newSession(t)
	s.write("damaged.json", spans("checkout", "http.method")+"{\"resourceSpans\": [}\n")
	s.write("empty.json", "")
	s.write("nothing.json", `{"resourceSpans":[]}`)
	for _, x := range []struct {
		args string
		code int
	}{
		{"check clean.json", command.Clean},
		{"check old.json", command.Found},
		{"check old.json --fail-on none", command.Clean},
		{"check old.json --severity old-name=warning", command.Clean},
		{"check old.json --severity old-name=warning --fail-on warning", command.Found},
		{"check old.json --severity old-name=off --fail-on note", command.Clean},
		{"check note.json", command.Clean},
		{"check note.json --fail-on note", command.Found},
		{"check nothing.json", command.NothingSeen},
		{"check nothing.json --fail-on-empty=false", command.Clean},
		{"check nothing.json --fail-on-empty=false --require-seen http.request.method", command.Found},
		{"check damaged.json", command.Trouble},
		{"check none.json", command.Trouble},
		{"check", command.Trouble},
		{"check clean.json --fail-on worst", command.Trouble},
		{"check clean.json --severity old-name", command.Trouble},
		{"check clean.json --severity no-rule=error", command.Trouble},
		{"check clean.json --format html", command.Trouble},
		{"check clean.json --format json --format text", command.Trouble},
		{"check clean.json --format json=no/folder.json", command.Trouble},
		{"check clean.json --config none.yaml", command.Trouble},
		{"check clean.json --baseline none.json", command.Trouble},
		{"check clean.json --update-baseline", command.Trouble},
		{"check clean.json --target 1.2.0", command.Trouble},
		{"check clean.json --target newest", command.Trouble},
		{"check clean.json --target 1.40.0", command.Clean},
		{"check clean.json --registry nowhere", command.Trouble},
		{"check clean.json --require-seen no.such.*", command.Trouble},
		{"check clean.json --require-seen http.request.method", command.Clean},
		{"check clean.json --require-seen http.request.body.size", command.Found},
		{"check --nonsense", command.Trouble},
		{"nonsense", command.Trouble},
		{"explain nonsense", command.Trouble},
		{"run", command.Trouble},
		{"", command.Clean},
	} {
		code, out, errors := s.run(strings.Fields(x.args)...)
		assert.Equal(t, x.code, code, "%s\n%s%s", x.args, out, errors)
		assert.Equal(t, code == command.Trouble, errors != "", "%s: %s", x.args, errors)
	}
}

// TestDamagedInput: what could be read is reported, and what could not with its file and line.
func TestDamagedInput(t *testing.T) {
	s := newSession(t)
	s.write("damaged.json", spans("checkout", "http.method")+"{\"resourceSpans\": [}\n")
	code, out, errors := s.run("check", "damaged.json")
	assert.Equal(t, command.Trouble, code)
	assert.Contains(t, out, "[old-name]")
	assert.Contains(t, errors, "damaged.json:2:")
}

// TestJSONSaysHowItEnds: what the exit code is, and why.
func TestJSONSaysHowItEnds(t *testing.T) {
	s := newSession(t)
	s.write("damaged.json", spans("checkout", "http.method")+"{\"resourceSpans\": [}\n")
	s.write("nothing.json", "{}")
	for file, want := range map[string]string{
		"clean.json": "false false 0 0", "old.json": "true false 0 1", "damaged.json": "true false 1 2", "nothing.json": "true true 0 3", "none.json": "true true 1 2",
	} {
		code, out, _ := s.run("check", file, "--format", "json")
		var document struct {
			Summary struct {
				Failed   bool
				Empty    bool
				Damaged  int
				ExitCode int `json:"exit_code"`
			}
		}
		require.NoError(t, json.Unmarshal([]byte(out), &document))
		got := document.Summary
		assert.Equal(t, want, fmt.Sprint(got.Failed, got.Empty, got.Damaged, got.ExitCode), file)
		assert.Equal(t, code, got.ExitCode, file)
	}
}

func TestStandardInput(t *testing.T) {
	s := newSession(t)
	s.in = spans("checkout", "http.method")
	code, out, _ := s.run("check", "-", "--format", "json")
	assert.Equal(t, command.Found, code)
	var document struct {
		Findings []struct{ Rule, Service, Scope, Key string }
		Summary  struct{ Spans int }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &document))
	require.Len(t, document.Findings, 1)
	assert.Equal(t, "lib@1.0", document.Findings[0].Scope)
	assert.Equal(t, 1, document.Summary.Spans)
}

func TestConfigFile(t *testing.T) {
	s := newSession(t)
	s.write(".semconv-lint.yaml", `
rules:
  old-name: {severity: warning, options: {key: http.route}}
  a-note: {severity: "off"}
fail_on: warning
inputs: [note.json]
ignore:
  - {rule: old-name, key: nothing, reason: a test}
`)
	code, out, errors := s.run("check")
	assert.Equal(t, command.Found, code, errors)
	assert.Contains(t, out, "http.route  [old-name]")
	assert.Contains(t, out, "[unused-suppression]")
	assert.Contains(t, out, ".semconv-lint.yaml:8")

	code, _, _ = s.run("check", "--fail-on", "error")
	assert.Equal(t, command.Clean, code, "a flag is stronger than the file")

	// From a folder below the same file holds, and its inputs are where it is.
	below := filepath.Join(s.dir, "below")
	require.NoError(t, os.Mkdir(below, 0o700))
	t.Chdir(below)
	s.dir = below
	code, out, errors = s.run("check")
	assert.Equal(t, command.Found, code, errors)
	assert.Contains(t, out, "../note.json:1")

	s.dir = filepath.Dir(below)
	t.Chdir(s.dir)
	s.write(".semconv-lint.yaml", "fail: error\n")
	code, _, errors = s.run("check")
	assert.Equal(t, command.Trouble, code)
	assert.Contains(t, errors, `.semconv-lint.yaml:1:1: unknown key "fail"`)
}

func TestSuppressionLifecycle(t *testing.T) {
	s := newSession(t)
	s.write(".semconv-lint.yaml", "ignore:\n  - {rule: old-name, key: http.*, service: checkout, scope: lib, reason: a test, expires: 2027-01-01}\n")
	code, out, _ := s.run("check", "old.json")
	assert.Equal(t, command.Clean, code)
	assert.Contains(t, out, "1 suppressed by the configuration")

	s.now = s.now.AddDate(0, 0, 1)
	code, out, _ = s.run("check", "old.json")
	assert.Equal(t, command.Found, code)
	assert.Contains(t, out, "[expired-suppression]")

	s.write("nothing.json", "{}")
	code, out, _ = s.run("check", "nothing.json", "--fail-on-empty=false", "--severity", "expired-suppression=error")
	assert.Equal(t, command.Found, code, "its day is over whatever was seen")
	assert.Contains(t, out, "[expired-suppression]")

	code, out, _ = s.run("check", "clean.json", "--severity", "expired-suppression=error")
	assert.Equal(t, command.Found, code)
	assert.NotContains(t, out, "[unused-suppression]")
}

func TestBaselineLifecycle(t *testing.T) {
	s := newSession(t)
	check := func(args ...string) (int, string) {
		code, out, errors := s.run(append([]string{"check", "--baseline", "b.json"}, args...)...)
		return code, out + errors
	}
	code, out := check("old.json", "--update-baseline")
	assert.Equal(t, command.Clean, code, out)
	assert.Contains(t, out, "1 accepted by the baseline")
	before := s.read("b.json")
	assert.Contains(t, before, `{"rule":"old-name","service":"checkout","scope":"lib","key":"http.method"}`)

	code, _ = check("old.json")
	assert.Equal(t, command.Clean, code)

	s.write("new.json", spans("gateway", "http.method"))
	code, out = check("old.json", "new.json")
	assert.Equal(t, command.Found, code, "new findings fail")
	assert.NotContains(t, out, "checkout\n")

	code, out = check("clean.json", "--fail-on", "note")
	assert.Equal(t, command.Found, code)
	assert.Contains(t, out, "[stale-baseline]")

	s.write("damaged.json", spans("checkout", "x")+"{")
	code, _ = check("damaged.json", "--update-baseline")
	assert.Equal(t, command.Trouble, code)
	assert.Equal(t, before, s.read("b.json"), "what could not be read may still be wrong")

	code, _ = check("clean.json", "--update-baseline", "--fail-on", "note")
	assert.Equal(t, command.Clean, code)
	assert.NotContains(t, s.read("b.json"), "old-name")
	code, _ = check("old.json")
	assert.Equal(t, command.Found, code, "what was solved does not come back unseen")
}

func TestFormatsAndStepSummary(t *testing.T) {
	s := newSession(t)
	s.env["GITHUB_STEP_SUMMARY"] = filepath.Join(s.dir, "summary.md")
	s.write("summary.md", "before\n")
	code, out, errors := s.run("check", "old.json", "--format", "github", "--format", "sarif=lint.sarif", "--format", "junit=lint.xml", "--format", "gitlab=lint.json")
	assert.Equal(t, command.Found, code, errors)
	assert.Contains(t, out, "::error file=old.json,line=1,title=old-name::http.method: http.method was found")
	assert.True(t, strings.HasPrefix(s.read("summary.md"), "before\n## semconv-lint\n"))
	assert.Contains(t, s.read("lint.sarif"), `"uri": "old.json"`)
	assert.Contains(t, s.read("lint.xml"), "<failure")
	assert.Contains(t, s.read("lint.json"), `"check_name": "old-name"`)
}

func TestRulesAndExplain(t *testing.T) {
	s := newSession(t)
	code, out, _ := s.run("rules")
	assert.Equal(t, command.Clean, code)
	assert.Regexp(t, `(?m)^old-name +error +Old name$`, out)
	assert.Regexp(t, `(?m)^unused-suppression +warning +`, out)

	_, out, _ = s.run("rules", "--json")
	var rules []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &rules))
	assert.Equal(t, "old-name", rules[0]["id"])
	assert.Equal(t, []any{map[string]any{"name": "key", "default": "http.method", "meaning": "what is old"}}, rules[0]["options"])

	_, out, _ = s.run("rules", "--markdown")
	assert.Contains(t, out, "| [old-name](#old-name) | error | Old name |")

	code, out, _ = s.run("explain", "OLD-NAME")
	assert.Equal(t, command.Clean, code)
	assert.Contains(t, out, "Nobody asks for it.")
	assert.Contains(t, out, "    http.request.method: GET")

	_, out, _ = s.run("version")
	assert.Equal(t, "semconv-lint 0.1.0, semantic conventions 1.44.0\n", out)
}

// TestRun: the exit code is the worse of the two.
func TestRun(t *testing.T) {
	s := newSession(t)
	for _, x := range []struct {
		file, command string
		code          int
	}{
		{"clean.json", "0", command.Clean},
		{"clean.json", "7", 7},
		{"old.json", "0", command.Found},
		{"old.json", "7", 7},
		{"no file", "0", command.NothingSeen},
		{"no file", "1", command.NothingSeen},
	} {
		t.Setenv("SEND_FILE", x.file)
		t.Setenv("SEND_CODE", x.command)
		code, out, errors := s.run("run", "--grace", "100ms", "--", os.Args[0])
		assert.Equal(t, x.code, code, "%v\n%s%s", x, out, errors)
	}
	t.Setenv("SEND_FILE", "clean.json")
	t.Setenv("SEND_CODE", "7")
	_, _, _ = s.run("run", "--format", "json=report.json", "--", os.Args[0])
	assert.Contains(t, s.read("report.json"), `"exit_code": 7`)

	code, _, errors := s.run("run", "--", "no-such-command")
	assert.Equal(t, 127, code)
	assert.Contains(t, errors, "no-such-command: command not found")
}

// TestNormalize: the sink that is given stands before the engine, and is ended before it.
func TestNormalize(t *testing.T) {
	s := newSession(t)
	stopped := false
	s.parts.Normalize = func(next telemetry.Sink, target string, _ []string) (telemetry.Sink, func() error, error) {
		assert.Equal(t, "1.40.0", target)
		return next, func() error { stopped = true; return nil }, nil
	}
	code, _, errors := s.run("check", "old.json", "--normalize", "--target", "1.40.0")
	assert.Equal(t, command.Found, code, errors)
	assert.True(t, stopped)

	s.parts.Normalize = func(telemetry.Sink, string, []string) (telemetry.Sink, func() error, error) {
		return nil, nil, os.ErrInvalid
	}
	code, _, errors = s.run("check", "old.json", "--normalize")
	assert.Equal(t, command.Trouble, code)
	assert.Contains(t, errors, "--normalize: ")
}
