package semconvlintconnector

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
	"github.com/koine-otel/koine/semconv-lint/rules"
	"github.com/koine-otel/koine/semconv/translate"
)

// lint is the linter's own configuration: the file's with the fields over it. It joins all that
// is wrong with either.
func (c *Config) lint() (*config.Config, error) {
	docs := allDocs()
	lint := config.Default()
	var errs []error
	if c.File != "" {
		loaded, err := config.Load(c.File, docs)
		if err != nil {
			errs = append(errs, err)
		} else {
			lint = loaded
		}
	}
	if c.Target != "" {
		if err := translate.CheckTarget(c.Target); err != nil {
			errs = append(errs, fmt.Errorf("target: %w", err))
		}
		lint.Target = c.Target
	}
	lint.Registries = append(lint.Registries, c.Registries...)
	if lint.Rules == nil {
		lint.Rules = map[string]config.Rule{}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Rules)) {
		rule, err := c.Rules[id].rule(id, docs)
		errs = append(errs, err)
		lint.Rules[id] = rule
	}
	for i := range c.Ignore {
		s, err := c.Ignore[i].suppression(docs)
		if err != nil {
			errs = append(errs, fmt.Errorf("ignore[%d]: %w", i, err))
		}
		lint.Ignore = append(lint.Ignore, s)
	}
	return lint, errors.Join(errs...)
}

// allDocs are what a configuration may name: a file may be the command line's, too.
func allDocs() []*semconvlint.Doc {
	docs := config.Docs()
	for _, r := range rules.All() {
		docs = append(docs, r.Doc)
	}
	return docs
}

func (r RuleConfig) rule(id string, docs []*semconvlint.Doc) (config.Rule, error) {
	at := slices.IndexFunc(docs, func(d *semconvlint.Doc) bool { return d.ID == id })
	if at < 0 || config.IsOwn(id) {
		return config.Rule{}, fmt.Errorf("rules: unknown rule %q", id)
	}
	rule := config.Rule{Severity: r.Severity}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(r.Options)) {
		value, err := config.Option(docs[at], name, r.Options[name])
		if err != nil {
			errs = append(errs, fmt.Errorf("rules::%s::options::%w", id, err))
			continue
		}
		if rule.Options == nil {
			rule.Options = map[string]any{}
		}
		rule.Options[name] = value
	}
	return rule, errors.Join(errs...)
}

func (s *SuppressionConfig) suppression(docs []*semconvlint.Doc) (config.Suppression, error) {
	out := config.Suppression{Rule: s.Rule, Key: s.Key, Service: s.Service, Scope: s.Scope, Reason: s.Reason}
	var errs []error
	switch {
	case s.Rule == "":
		errs = append(errs, errors.New("no rule"))
	case !slices.ContainsFunc(docs, func(d *semconvlint.Doc) bool { return config.Match(s.Rule, d.ID) }):
		errs = append(errs, fmt.Errorf("rule: unknown rule %q", s.Rule))
	}
	if s.Reason == "" {
		errs = append(errs, errors.New("no reason: say why this may stay as it is"))
	}
	switch day := s.Expires.(type) {
	case nil:
	case time.Time:
		out.Expires.Time = day
	case string:
		if err := out.Expires.UnmarshalText([]byte(day)); err != nil {
			errs = append(errs, fmt.Errorf("expires: %w", err))
		}
	default:
		errs = append(errs, fmt.Errorf("expires: %v is not a date such as 2027-01-31", day))
	}
	return out, errors.Join(errs...)
}

// engine makes the engine that does it.
func (c *Config) engine(lint *config.Config) (*semconvlint.Engine, error) {
	conventions, err := semconvlint.NewConventions(lint.Target, lint.Registries...)
	if err != nil {
		return nil, err
	}
	o := lint.EngineOptions(rules.All())
	o.MaxTraceSpans, o.TraceWait, o.WithoutTraces = c.MaxTraceSpans, c.TraceWait, c.TraceWait == 0 || c.Sample < 1
	return semconvlint.New(conventions, rules.All(), o)
}
