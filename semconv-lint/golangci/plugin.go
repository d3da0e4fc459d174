// Package golangci is the linter of source as a module plugin of golangci-lint: a .custom-gcl.yml
// that names this package builds a golangci-lint with the linter semconv in it.
package golangci

import (
	"fmt"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/analyzers"
)

func init() { register.Plugin("semconv", New) }

// Settings are those of .golangci.yml, under linters.settings.custom.semconv.settings.
type Settings struct {
	// Target is the version of the conventions, empty for the newest.
	Target string `json:"target"`
	// Registries are folders of company registries.
	Registries []string `json:"registries"`
	// Tier is the least sure one that is told: A or B, which is the default.
	Tier string `json:"tier"`
	// Least is the least severe that is told: note, warning, which is the default, or error.
	Least string `json:"least"`
	// Rules are severities by rule; off leaves a rule out.
	Rules map[string]string `json:"rules"`
}

// New makes the linter of settings.
func New(raw any) (register.LinterPlugin, error) {
	s, err := register.DecodeSettings[Settings](raw)
	if err != nil {
		return nil, fmt.Errorf("semconv: %w", err)
	}
	o := analyzers.Options{Target: s.Target, Registries: s.Registries, Severities: map[string]semconvlint.Severity{}}
	if s.Tier != "" {
		if o.Tier, err = source.ParseTier(s.Tier); err != nil {
			return nil, fmt.Errorf("semconv: tier: %w", err)
		}
	}
	if s.Least != "" {
		if o.Least, err = semconvlint.ParseSeverity(s.Least); err != nil {
			return nil, fmt.Errorf("semconv: least: %w", err)
		}
	}
	for rule, name := range s.Rules {
		if o.Severities[rule], err = semconvlint.ParseSeverity(name); err != nil {
			return nil, fmt.Errorf("semconv: rules: %s: %w", rule, err)
		}
	}
	return &plugin{analyzers.New(o)}, nil
}

type plugin struct{ analyzer *analysis.Analyzer }

func (p *plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	return []*analysis.Analyzer{p.analyzer}, nil
}

func (*plugin) GetLoadMode() string { return register.LoadModeTypesInfo }
