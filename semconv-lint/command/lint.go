package command

import (
	"errors"
	"fmt"
	"os"
	"slices"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
	"github.com/koine-otel/koine/semconv-lint/report"
	"github.com/koine-otel/koine/semconv-lint/telemetry"
)

// lint is a run: begun before telemetry comes, ended when it has come.
type lint struct {
	env      *Environment
	parts    *Parts
	config   *config.Config
	outputs  []output
	baseline *config.Baseline // nil without one
	update   bool
	empty    int // the exit code where nothing was seen
	outside  int // that of the command that was run
	damaged  int64

	engine   *semconvlint.Engine
	coverage *coverage
	stop     func() error
	// sink takes the telemetry.
	sink telemetry.Sink
}

// begin reads all that is set, so that a mistake is told before a test suite has run.
func begin(f *flags, e *Environment, p *Parts) (*lint, error) {
	c, err := f.settings(e, p.docs())
	if err != nil {
		return nil, err
	}
	l := &lint{env: e, parts: p, config: c, update: f.updateBaseline, stop: func() error { return nil }}
	if f.failOnEmpty {
		l.empty = NothingSeen
	}
	if l.outputs, err = outputs(f.formats); err != nil {
		return nil, err
	}
	if c.Baseline != "" {
		if l.baseline, err = config.LoadBaseline(c.Baseline, f.updateBaseline); err != nil {
			return nil, err
		}
	}
	if err := l.build(); err != nil {
		return nil, err
	}
	if f.normalize {
		if l.sink, l.stop, err = p.Normalize(l.sink, c.Target, c.Registries); err != nil {
			return nil, fmt.Errorf("--normalize: %w", err)
		}
	}
	return l, nil
}

// build makes the engine and what stands before it.
func (l *lint) build() error {
	conventions, err := semconvlint.NewConventions(l.config.Target, l.config.Registries...)
	if err != nil {
		return err
	}
	o := semconvlint.Options{Severities: map[string]semconvlint.Severity{}, RuleOptions: map[string]map[string]any{}}
	for id, rule := range l.config.Rules {
		if config.IsOwn(id) {
			continue
		}
		if rule.Severity != nil {
			o.Severities[id] = *rule.Severity
		}
		if rule.Options != nil {
			o.RuleOptions[id] = rule.Options
		}
	}
	if l.engine, err = semconvlint.New(conventions, l.parts.Rules, o); err != nil {
		return err
	}
	l.sink = l.engine
	if len(l.config.Coverage) > 0 {
		if l.coverage, err = newCoverage(l.config.Coverage, conventions.Registry, l.engine); err != nil {
			return err
		}
		l.sink = l.coverage
	}
	return nil
}

// end says what was found. Of input that could not be read it reports the rest, and fails.
func (l *lint) end(input error) error {
	if err := l.stop(); err != nil {
		input = errors.Join(input, err)
	}
	result := l.engine.Finish()
	r, err := l.report(result, input == nil)
	if err != nil {
		return errors.Join(input, err)
	}
	code := l.code(input, r)
	r.Damaged, r.ExitCode = l.damaged, max(code, l.outside)
	if err := writeAll(l.outputs, l.env, r); err != nil {
		return errors.Join(input, err)
	}
	switch {
	case input != nil:
		return input
	case code != Clean:
		return exit(code)
	}
	return nil
}

// code is the linter's exit code.
func (l *lint) code(input error, r *report.Report) int {
	switch {
	case input != nil:
		return Trouble
	case r.Seen.Empty() && l.empty != Clean:
		return l.empty
	case r.Failed():
		return Found
	}
	return Clean
}

// report decides what counts. After an incomplete run the baseline stays as it is: what is missing
// may not have been solved.
func (l *lint) report(result *semconvlint.Result, complete bool) (*report.Report, error) {
	r := newReport(result)
	r.FailOn, r.Config, r.Version = l.config.FailOn.Severity, l.config.Path, l.parts.Version
	r.IsFile, r.HasBaseline = isFile, l.baseline != nil
	r.Dir = l.env.Dir
	found := slices.Concat(result.Findings, l.coverage.missing(l.config))
	by, own := l.config.Suppress(found, r.Seen.Services, l.env.Now())
	var kept []semconvlint.Finding
	for i, f := range found {
		if by[i] == nil {
			kept = append(kept, f)
		}
	}
	if l.baseline != nil {
		if l.update && complete && !result.Empty() {
			if err := l.baseline.Update(kept, r.Seen.Services); err != nil {
				return nil, err
			}
		}
		own = append(own, l.config.StaleFindings(l.baseline, l.baseline.Stale(kept, r.Seen.Services))...)
	}
	for i, f := range found {
		r.Findings = append(r.Findings, report.Finding{Finding: f, Suppressed: by[i], Baselined: by[i] == nil && l.baseline.Has(&f)})
	}
	for _, f := range own {
		// Where nothing was seen no suppression is unused.
		if f.Severity != semconvlint.Off && (!result.Empty() || f.Rule == config.ExpiredSuppression.ID) {
			r.Findings = append(r.Findings, report.Finding{Finding: f})
		}
	}
	for _, doc := range config.Docs() {
		if l.config.Severity(doc) != semconvlint.Off {
			r.Docs = append(r.Docs, doc)
		}
	}
	r.Sort()
	return r, nil
}

// newReport is what the engine has to say.
func newReport(result *semconvlint.Result) *report.Report {
	r := &report.Report{Docs: append([]*semconvlint.Doc{}, result.Rules...), Uncounted: result.Dropped, Seen: report.Seen{
		Spans: result.Elements[semconvlint.OnSpan], Metrics: result.Elements[semconvlint.OnMetric], Points: result.Elements[semconvlint.OnPoint], Logs: result.Elements[semconvlint.OnLog],
		PartialTraces: result.PartialTraces,
	}}
	for i := range result.Services {
		s := &result.Services[i]
		r.Seen.Services = append(r.Seen.Services, s.Name)
		if value, ok := s.Score.Value(); ok {
			r.Scores = append(r.Scores, report.Score{Service: s.Name, Value: value, Category: s.Score.Category(), Missing: s.Score.Incomplete})
		}
	}
	return r
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
