// Package config is how a team lives with the linter: what .semconv-lint.yaml sets, which findings
// are suppressed, and the baseline of those that were there before.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// FileName is the configuration's, in the working directory or above it.
const FileName = ".semconv-lint.yaml"

// Config is what a configuration file says. schema.json says the same to editors.
type Config struct {
	// Target is the version of the semantic conventions; empty: the newest that is known.
	Target string `yaml:"target"`
	// Registries are a company's own conventions, in Weaver's format.
	Registries []string `yaml:"registries"`
	// Rules are settings by rule id.
	Rules map[string]Rule `yaml:"rules"`
	// Ignore suppresses findings.
	Ignore []Suppression `yaml:"ignore"`
	// FailOn is the least severity that fails a run.
	FailOn FailOn `yaml:"fail_on"`
	// Baseline is the file of the findings that are accepted for now.
	Baseline string `yaml:"baseline"`
	// Inputs are files and globs that are checked where the command line names none.
	Inputs []string `yaml:"inputs"`
	// Exclude are globs of files and folders of the repository that are not looked at.
	Exclude []string `yaml:"exclude"`
	// Coverage are globs of metrics and attributes: all that match must have been seen.
	Coverage []string `yaml:"coverage"`

	// Path is the file's, empty for the default configuration.
	Path string `yaml:"-"`
}

// Rule is what is set of a rule.
type Rule struct {
	// Severity is another than the rule's own.
	Severity *semconvlint.Severity `yaml:"severity"`
	// Options are the rule's.
	Options map[string]any `yaml:"options"`
}

// Suppression is findings that do not count. A glob's * stands for any text, dots and slashes too,
// and ? for one character; an empty one matches everything.
type Suppression struct {
	// Rule is a rule's id or a glob of them.
	Rule string `yaml:"rule"`
	// Key, Service and Scope are globs. A scope matches with its version or without.
	Key     string `yaml:"key"`
	Service string `yaml:"service"`
	Scope   string `yaml:"scope"`
	// Path is a glob of files of the repository, relative to its root: such a suppression is for
	// source alone.
	Path string `yaml:"path"`
	// Reason says why, to whoever comes across it later.
	Reason string `yaml:"reason"`
	// Expires is the last day on which it holds.
	Expires Date `yaml:"expires"`

	// Line is where it stands in the file.
	Line int `yaml:"-"`
}

// FailOn is the least severity that fails a run. With Off, which is written none, nothing does.
type FailOn struct {
	Severity semconvlint.Severity
}

// UnmarshalText reads error, warning, note or none.
func (f *FailOn) UnmarshalText(text []byte) error {
	if string(text) == "none" {
		f.Severity = semconvlint.Off
		return nil
	}
	s, err := semconvlint.ParseSeverity(string(text))
	if err != nil || s == semconvlint.Off {
		return fmt.Errorf("%q is not error, warning, note or none", text)
	}
	f.Severity = s
	return nil
}

// Date is a day.
type Date struct{ time.Time }

// UnmarshalText reads 2027-01-31.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%q is not a date such as 2027-01-31", text)
	}
	d.Time = t
	return nil
}

// Default is the configuration where no file is.
func Default() *Config { return &Config{FailOn: FailOn{Severity: semconvlint.Error}} }

// Find is the configuration file of a folder: in it or in the nearest one above that has one.
// Empty: there is none.
func Find(dir string) (string, error) {
	for {
		path := filepath.Join(dir, FileName)
		switch _, err := os.Stat(path); {
		case err == nil:
			return path, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("config: %w", err)
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", nil
		}
		dir = above
	}
}

// Load reads a file. All that is wrong with it is one error, a line each, with file, line and
// column. Paths in it are relative to it; docs are those of all rules.
func Load(path string, docs []*semconvlint.Doc) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	c := Default()
	if err := decode(path, bytes.NewReader(data), c, docs); err != nil {
		return nil, err
	}
	c.Path = path
	dir := filepath.Dir(path)
	for _, paths := range [][]string{c.Registries, c.Inputs} {
		for i, p := range paths {
			paths[i] = below(dir, p)
		}
	}
	if c.Baseline != "" {
		c.Baseline = below(dir, c.Baseline)
	}
	return c, nil
}

func below(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
