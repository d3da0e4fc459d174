package command

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
	"github.com/koine-otel/koine/semconv-lint/report"
	"github.com/koine-otel/koine/semconv/translate"
)

// flags are those of every command that checks.
type flags struct {
	config, target, baseline, failOn       string
	registries, formats, severities        []string
	requireSeen                            []string
	failOnEmpty, updateBaseline, normalize bool
}

// register adds the flags of commands on telemetry.
func (f *flags) register(c *cobra.Command) {
	f.registerShared(c)
	s := c.Flags()
	s.BoolVar(&f.normalize, "normalize", false, "check what Koine's collector would make of the telemetry")
	s.StringArrayVar(&f.requireSeen, "require-seen", nil, "`glob` of metrics and attributes of the registry: all that match must be seen; repeatable")
}

// registerShared adds those that commands on source have, too.
func (f *flags) registerShared(c *cobra.Command) {
	s := c.Flags()
	s.StringVar(&f.config, "config", "", "configuration `file` (default: "+config.FileName+" in the working directory or above it)")
	s.StringVar(&f.target, "target", "", "`version` of the semantic conventions (default: the newest)")
	s.StringArrayVar(&f.registries, "registry", nil, "`folder` with a company's own conventions in Weaver's format; repeatable")
	s.StringArrayVar(&f.formats, "format", nil, "`format[=path]` of the report: "+strings.Join(report.Formats(), ", ")+"; repeatable (default: text)")
	s.StringVar(&f.failOn, "fail-on", "", "least `severity` that fails: error, warning, note or none (default: error)")
	s.BoolVar(&f.failOnEmpty, "fail-on-empty", true, "exit with 3 where there is nothing to check")
	s.StringVar(&f.baseline, "baseline", "", "`file` of findings that are accepted for now: new ones alone fail")
	s.BoolVar(&f.updateBaseline, "update-baseline", false, "make the baseline accept what is found, and nothing else")
	s.StringArrayVar(&f.severities, "severity", nil, "`rule=severity`: off, note, warning or error; repeatable")
}

// settings are the configuration file's with the flags over them.
func (f *flags) settings(e *Environment, docs []*semconvlint.Doc) (*config.Config, error) {
	c, err := f.load(e, docs)
	if err != nil {
		return nil, err
	}
	if f.target != "" {
		if err := translate.CheckTarget(f.target); err != nil {
			return nil, fmt.Errorf("--target: %w", err)
		}
		c.Target = f.target
	}
	if f.baseline != "" {
		c.Baseline = f.baseline
	}
	if f.failOn != "" {
		if err := c.FailOn.UnmarshalText([]byte(f.failOn)); err != nil {
			return nil, fmt.Errorf("--fail-on: %w", err)
		}
	}
	c.Registries = append(c.Registries, f.registries...)
	c.Coverage = append(c.Coverage, f.requireSeen...)
	for _, set := range f.severities {
		if err := setSeverity(c, set, docs); err != nil {
			return nil, fmt.Errorf("--severity: %w", err)
		}
	}
	if f.updateBaseline && c.Baseline == "" {
		return nil, fmt.Errorf("--update-baseline: which? --baseline or the configuration must name the file")
	}
	return c, nil
}

func (f *flags) load(e *Environment, docs []*semconvlint.Doc) (*config.Config, error) {
	if f.config != "" {
		return config.Load(f.config, docs)
	}
	path, err := config.Find(e.Dir)
	if err != nil || path == "" {
		return config.Default(), err
	}
	// Shorter in what is said, and what SARIF's readers want.
	if short, err := filepath.Rel(e.Dir, path); err == nil {
		path = short
	}
	return config.Load(path, docs)
}

func setSeverity(c *config.Config, set string, docs []*semconvlint.Doc) error {
	id, name, ok := strings.Cut(set, "=")
	if !ok {
		return fmt.Errorf("%q is not rule=severity", set)
	}
	if !slices.ContainsFunc(docs, func(d *semconvlint.Doc) bool { return d.ID == id }) {
		return fmt.Errorf("unknown rule %q", id)
	}
	severity, err := semconvlint.ParseSeverity(name)
	if err != nil {
		return err
	}
	if c.Rules == nil {
		c.Rules = map[string]config.Rule{}
	}
	rule := c.Rules[id]
	rule.Severity = &severity
	c.Rules[id] = rule
	return nil
}
