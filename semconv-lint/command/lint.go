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
	"github.com/koine-otel/koine/semconv/registry"
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
	// interrupted is whether there was more to read: nothing can be said to be missing then.
	interrupted bool

	registry *registry.Registry
	engine   *semconvlint.Engine
	coverage *coverage
	stop     func() error
	// sink takes the telemetry.
	sink telemetry.Sink
}

// begin reads all that is set, so that a mistake is told before a test suite has run.
func begin(f *flags, e *Environment, p *Parts) (*lint, error) {
	l, err := beginAny(f, e, p)
	if err != nil {
		return nil, err
	}
	if err := l.build(); err != nil {
		return nil, err
	}
	if f.normalize {
		if l.sink, l.stop, err = p.Normalize(l.sink, l.config.Target, l.config.Registries); err != nil {
			return nil, fmt.Errorf("--normalize: %w", err)
		}
	}
	return l, nil
}

// beginAny is the beginning that telemetry and source have in common.
func beginAny(f *flags, e *Environment, p *Parts) (*lint, error) {
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
	return l, nil
}

// build makes the engine and what stands before it.
func (l *lint) build() error {
	conventions, err := semconvlint.NewConventions(l.config.Target, l.config.Registries...)
	if err != nil {
		return err
	}
	l.registry = conventions.Registry
	if l.engine, err = semconvlint.New(conventions, l.parts.Rules, l.config.EngineOptions(l.parts.Rules)); err != nil {
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

// end says what was found. Of input that could not be read it reports the rest, and fails. Where
// nothing could come there is nothing to report.
func (l *lint) end(input error) error {
	var nothing *telemetry.NotStarted
	none := errors.As(input, &nothing)
	if err := l.stop(); err != nil {
		input = errors.Join(input, err)
	}
	if none {
		return input
	}
	result := l.engine.Finish()
	var ended *telemetry.Interrupted
	l.interrupted = errors.As(input, &ended)
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
	found := slices.Clone(result.Findings)
	if !l.interrupted {
		found = append(found, l.coverage.missing(l.config)...)
	}
	in := config.Scope{Services: r.Seen.Services}
	return r, l.decide(r, found, in, complete && !result.Empty(), nil)
}

// decide puts findings in a report, with what makes them count or not, and what is to be said of
// suppressions and baseline, as far as all was seen. Place, where it is not nil, gives the i-th
// finding's place in a file.
func (l *lint) decide(r *report.Report, found []semconvlint.Finding, in config.Scope, complete bool, place func(i int) *report.Source) error {
	r.FailOn, r.Config, r.Version = l.config.FailOn.Severity, l.config.Path, l.parts.Version
	r.IsFile, r.HasBaseline = isFile, l.baseline != nil
	r.Dir, r.Interrupted = l.env.Dir, l.interrupted
	by, own := l.config.Suppress(found, in, l.env.Now())
	var kept []semconvlint.Finding
	for i, f := range found {
		if by[i] == nil {
			kept = append(kept, f)
		}
	}
	if l.baseline != nil {
		if l.update && complete {
			if err := l.baseline.Update(kept, in); err != nil {
				return err
			}
		}
		own = append(own, l.config.StaleFindings(l.baseline, l.baseline.Stale(kept, in))...)
	}
	for i, f := range found {
		told := report.Finding{Finding: f, Suppressed: by[i], Baselined: by[i] == nil && l.baseline.Has(&f)}
		if place != nil {
			told.Source = place(i)
		}
		r.Findings = append(r.Findings, told)
	}
	for _, f := range own {
		// Where nothing was seen, or not all, no suppression is unused.
		if f.Severity != semconvlint.Off && (!r.Empty() && !l.interrupted || f.Rule == config.ExpiredSuppression.ID) {
			r.Findings = append(r.Findings, report.Finding{Finding: f})
		}
	}
	for _, doc := range config.Docs() {
		if l.config.Severity(doc) != semconvlint.Off {
			r.Docs = append(r.Docs, doc)
		}
	}
	r.Sort()
	return nil
}

// newReport is what the engine has to say.
func newReport(result *semconvlint.Result) *report.Report {
	r := &report.Report{Docs: append([]*semconvlint.Doc{}, result.Rules...), Uncounted: result.Dropped, Seen: report.Seen{
		Spans: result.Elements[semconvlint.OnSpan], Metrics: result.Elements[semconvlint.OnMetric], Points: result.Elements[semconvlint.OnPoint], Logs: result.Elements[semconvlint.OnLog],
		PartialTraces: result.PartialTraces, LateSpans: result.LateSpans,
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
