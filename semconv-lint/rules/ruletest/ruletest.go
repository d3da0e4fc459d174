// Package ruletest checks rules against fixtures: txtar files with telemetry in short YAML and the
// findings that are expected. With -update the findings are written.
//
//	-- options.yaml -- (of the rule, if it is not its defaults that are checked)
//	max: 3
//	-- target -- (if it is not the newest)
//	1.27.0
//	-- registry/spans.yaml -- (of a company, if there is one)
//	groups: []
//	-- input.yaml --
//	- resource: {service.name: shop}
//	  scope: otelhttp@1.2
//	  spans:
//	    - {name: GET /, kind: server, attributes: {http.method: GET}}
//	-- expect --
//	error shop span http.method -> http.request.method ×1
//	    http.method is retired since 1.21.0: write http.request.method
package ruletest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

var update = flag.Bool("update", false, "write what is found into the fixtures")

// Conventions are the newest, read once.
var Conventions = sync.OnceValue(func() *semconvlint.Conventions {
	c, err := semconvlint.NewConventions("")
	if err != nil {
		panic(err)
	}
	return c
})

// Run checks a rule against the fixtures in a folder. There has to be one.
func Run(t *testing.T, rule semconvlint.Rule, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, files, "%s has no fixture", rule.Doc.ID)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		options, input, expect := section(archive, "options.yaml"), section(archive, "input.yaml"), section(archive, "expect")
		require.NotNil(t, input, "%s: no input.yaml", file)
		require.NotNil(t, expect, "%s: no expect", file)
		var set map[string]any
		if options != nil {
			require.NoError(t, yaml.Unmarshal(options.Data, &set), file)
		}
		got := findings(t, rule, conventions(t, archive), set, input.Data)
		if *update {
			expect.Data = []byte(got)
			require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o600))
			continue
		}
		require.Equal(t, string(expect.Data), got, file)
		require.NotEmpty(t, got, "%s finds nothing", file)
	}
}

func section(a *txtar.Archive, name string) *txtar.File {
	for i := range a.Files {
		if a.Files[i].Name == name {
			return &a.Files[i]
		}
	}
	return nil
}

// conventions are those that a fixture asks for.
func conventions(t *testing.T, a *txtar.Archive) *semconvlint.Conventions {
	t.Helper()
	target, folder := "", t.TempDir()
	var registries []string
	for _, f := range a.Files {
		name, isRegistry := strings.CutPrefix(f.Name, "registry/")
		switch {
		case f.Name == "target":
			target = strings.TrimSpace(string(f.Data))
		case isRegistry:
			registries = []string{folder}
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), f.Data, 0o600))
		}
	}
	if target == "" && registries == nil {
		return Conventions()
	}
	c, err := semconvlint.NewConventions(target, registries...)
	require.NoError(t, err)
	return c
}

// findings are told the same by one worker and by two.
func findings(t *testing.T, rule semconvlint.Rule, c *semconvlint.Conventions, options map[string]any, input []byte) string {
	t.Helper()
	one, two := check(t, rule, c, options, input, 1), check(t, rule, c, options, input, 2)
	require.Equal(t, describe(one), describe(two), "%s: two workers find something else than one", rule.Doc.ID)
	interim(t, rule, c, options, input)
	return describe(one)
}

// interim: what tells from the whole may be asked again, and says the same of the same.
func interim(t *testing.T, rule semconvlint.Rule, c *semconvlint.Conventions, options map[string]any, input []byte) {
	t.Helper()
	engine, batches := newEngine(t, rule, c, options, 2), read(t, input)
	var said [3]string
	for i := range said {
		for b := range batches {
			batches[b].show(engine)
		}
		said[i] = describe(engine.Interim().Findings)
	}
	require.Equal(t, said[0], said[1], "%s: it says something else when it is asked again", rule.Doc.ID)
	require.Equal(t, said[0], said[2], "%s: it says something else when it is asked again", rule.Doc.ID)
}

// Check gives what a rule finds in telemetry in short YAML. A rule that is off is on here.
func Check(t *testing.T, rule semconvlint.Rule, options map[string]any, input []byte, workers int) []semconvlint.Finding {
	t.Helper()
	return check(t, rule, Conventions(), options, input, workers)
}

func check(t *testing.T, rule semconvlint.Rule, c *semconvlint.Conventions, options map[string]any, input []byte, workers int) []semconvlint.Finding {
	t.Helper()
	engine := newEngine(t, rule, c, options, workers)
	for _, b := range read(t, input) {
		b.show(engine)
	}
	return engine.Finish().Findings
}

func newEngine(t *testing.T, rule semconvlint.Rule, c *semconvlint.Conventions, options map[string]any, workers int) *semconvlint.Engine {
	t.Helper()
	o := semconvlint.Options{Workers: workers, Severities: map[string]semconvlint.Severity{}, RuleOptions: map[string]map[string]any{rule.Doc.ID: options}}
	if rule.Doc.Severity == semconvlint.Off {
		o.Severities[rule.Doc.ID] = semconvlint.Note
	}
	engine, err := semconvlint.New(c, []semconvlint.Rule{rule}, o)
	require.NoError(t, err)
	return engine
}

func read(t *testing.T, input []byte) []batch {
	t.Helper()
	var batches []batch
	decoder := yaml.NewDecoder(strings.NewReader(string(input)))
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&batches))
	return batches
}

func describe(findings []semconvlint.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s %s %s %s", f.Severity, orDash(f.Service), f.Signal, orDash(f.Key))
		if f.Scope != "" {
			b.WriteString(" of " + f.Scope)
		}
		if f.Detail != "" {
			b.WriteString(" [" + f.Detail + "]")
		}
		if f.Replacement != "" {
			b.WriteString(" -> " + f.Replacement)
		}
		fmt.Fprintf(&b, " ×%d\n    %s\n", f.Count, f.Message)
		if f.Example.Value != "" {
			b.WriteString("    " + f.Example.Value + "\n")
		}
	}
	return b.String()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
