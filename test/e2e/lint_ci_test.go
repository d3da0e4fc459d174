package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/koine-otel/koine/tracegen/rig"
)

const ci = "../../examples/ci"

// install is the one line of the examples that is not run here: the linter is the tree's own.
const install = "go install github.com/koine-otel/koine/cmd/semconv-lint@latest"

// TestLintCI runs what the examples tell a CI system to run, on the example's service, which
// does one thing right and one wrong.
func TestLintCI(t *testing.T) {
	bin := t.TempDir()
	_, err := rig.BuildProgram(bin, "cmd/semconv-lint")
	require.NoError(t, err)
	t.Run("README", func(t *testing.T) {
		// A new folder's tests have not been run before, so that go runs them.
		out, code := newService(t, bin).run("semconv-lint run -- go test ./...")
		wrong(t, out, code)
		out, code = newService(t, bin).run("semconv-lint run --fail-on none -- go test ./...")
		assert.Zero(t, code, out)
		out, code = newService(t, bin).run("semconv-lint run -- go test -run Pay ./...")
		assert.Zero(t, code, out)
		out, code = newService(t, bin).run("semconv-lint run -- go test -run Nothing ./...")
		assert.Equal(t, 3, code, out)
		out, code = newService(t, bin).run("semconv-lint run -- sh -c 'go test ./... && exit 7'")
		assert.Equal(t, 7, code, out)
	})
	t.Run("GitHub", func(t *testing.T) {
		var workflow struct {
			Jobs map[string]struct {
				Steps []struct{ Name, Uses, Run string }
			}
		}
		readYAML(t, "github.yml", &workflow)
		s := newService(t, bin)
		summary := filepath.Join(s.dir, "summary.md")
		s.env = append(s.env, "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+summary)
		var commands []string
		for _, step := range workflow.Jobs["telemetry"].Steps {
			if step.Uses == "" {
				commands = append(commands, step.Run)
			}
		}
		require.Len(t, commands, 2)
		require.Equal(t, install, commands[0])
		out, code := s.run(commands[1])
		wrong(t, out, code)
		assert.Contains(t, out, "::error ")
		assert.Contains(t, s.read("summary.md"), "http.request.method")
		assert.Equal(t, "2.1.0", s.json("semconv-lint.sarif").(map[string]any)["version"])
	})
	t.Run("GitLab", func(t *testing.T) {
		var jobs map[string]struct {
			Before    []string `yaml:"before_script"`
			Script    []string
			Artifacts struct{ Reports map[string]string }
		}
		readYAML(t, "gitlab.yml", &jobs)
		job := jobs["semconv-lint"]
		require.Equal(t, []string{install}, job.Before)
		s := newService(t, bin)
		out, code := s.run(strings.Join(job.Script, "\n"))
		wrong(t, out, code)
		assert.NotEmpty(t, s.json(job.Artifacts.Reports["codequality"]))
		assert.Contains(t, s.read(job.Artifacts.Reports["junit"]), "<testsuite")
	})
	t.Run("pre-commit", func(t *testing.T) { preCommit(t, bin) })
	t.Run("make", func(t *testing.T) {
		s := newService(t, bin)
		s.copy("Makefile")
		out, code := s.run("make lint-telemetry")
		assert.Equal(t, 2, code, "make's own code: %s", out)
		assert.Contains(t, out, "Error 1")
		assert.Contains(t, out, "http.request.method")
		out, code = s.run("make accept-telemetry && make lint-telemetry")
		assert.Zero(t, code, out)
		assert.Contains(t, s.read("semconv-baseline.json"), "http.method")
	})
}

// preCommit commits in a repository that has the script as its hook, and runs the entries of the
// hooks' list as pre-commit would.
func preCommit(t *testing.T, bin string) {
	var hooks []struct{ ID, Entry, Language, Files string }
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	require.Len(t, hooks, 2)
	s := newService(t, bin)
	s.copy(hooks[0].Entry)
	out, code := s.run("git init -q . && git add -A && cp pre-commit.sh .git/hooks/pre-commit && " +
		"git -c user.name=a -c user.email=a@example.com commit -qm first")
	wrong(t, out, code)
	_, code = s.run("git rev-parse -q --verify HEAD")
	assert.NotZero(t, code, "there is no commit")
	out, code = s.run("semconv-lint run --baseline semconv-baseline.json --update-baseline -- go test -count=1 ./...")
	require.Zero(t, code, out)
	out, code = s.run("git -c user.name=a -c user.email=a@example.com commit -qm first && git rev-parse HEAD")
	assert.Zero(t, code, "with a baseline: %s", out)
	out, code = s.run("SEMCONV_LINT_COMMAND='go test -count=1 -run Nothing ./...' ./pre-commit.sh")
	assert.Equal(t, 3, code, out)
	out, code = s.run("PATH=/usr/bin:/bin ./pre-commit.sh")
	assert.Equal(t, 2, code, out)
	assert.Contains(t, out, "pre-commit: semconv-lint is not there")

	// The other hook gets the names of files that match.
	assert.Equal(t, "semconv-lint check", hooks[1].Entry)
	s.write("bad.otlp.json", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001","name":"GET","kind":2,`+
		`"attributes":[{"key":"http.method","value":{"stringValue":"GET"}}]}]}]}]}`)
	out, code = s.run(hooks[1].Entry + " bad.otlp.json")
	wrong(t, out, code)
}

// wrong asserts that the one thing is found, with what to write, and that it fails.
func wrong(t *testing.T, out string, code int) {
	t.Helper()
	assert.Equal(t, 1, code, out)
	assert.Contains(t, out, "http.method")
	assert.Contains(t, out, "http.request.method")
	assert.Contains(t, out, "retired-attribute")
	assert.NotContains(t, out, "POST /pay\"", "the other one")
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(ci, name))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(data, into))
}

// service is a copy of the example's, to run commands in.
type service struct {
	t   *testing.T
	dir string
	env []string
}

func newService(t *testing.T, bin string) *service {
	t.Helper()
	s := &service{t: t, dir: t.TempDir()}
	require.NoError(t, os.CopyFS(s.dir, os.DirFS(filepath.Join(ci, "service"))))
	s.env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	return s
}

// run runs a script as CI systems do, and gives what it says with its exit code.
func (s *service) run(script string) (output string, code int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-e", "-c", script)
	cmd.Dir, cmd.Env = s.dir, s.env
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

func (s *service) copy(name string) {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(ci, name))
	require.NoError(s.t, err)
	require.NoError(s.t, os.WriteFile(filepath.Join(s.dir, name), data, 0o755))
}

func (s *service) write(name, text string) {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600))
}

func (s *service) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	require.NoError(s.t, err)
	return string(data)
}

func (s *service) json(name string) (v any) {
	s.t.Helper()
	require.NoError(s.t, json.Unmarshal([]byte(s.read(name)), &v))
	return v
}
