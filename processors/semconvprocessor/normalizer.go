package semconvprocessor

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/processors/semconvprocessor/internal/metadata"
)

// normalizer rewrites spans, metrics, log records, and what carries them, in place. It
// is shared between goroutines; what one batch needs to work with comes from a pool.
type normalizer struct {
	report    bool // count and change nothing
	telemetry *metadata.TelemetryBuilder
	summary   summary
	work      sync.Pool // of *work
	reporters sync.Pool // of *reporter, where nothing is changed
}

func newNormalizer(set component.TelemetrySettings, cfg *Config) (*normalizer, error) {
	j, err := cfg.job()
	if err != nil {
		return nil, err
	}
	telemetry, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, err
	}
	n := &normalizer{
		report:    cfg.Mode == modeReport,
		telemetry: telemetry,
		summary:   summary{tally: j.tally, logger: set.Logger, every: cfg.SummaryInterval, target: cfg.Target, report: cfg.Mode == modeReport, before: map[*service]*snapshot{}},
	}
	n.work.New = func() any { return newWork(j) }
	n.reporters.New = newReporters(j)
	if err := j.tally.expose(telemetry); err != nil {
		telemetry.Shutdown()
		return nil, err
	}
	return n, nil
}

func (n *normalizer) start(context.Context, component.Host) error {
	n.summary.start()
	return nil
}

func (n *normalizer) shutdown(context.Context) error {
	n.summary.shutdown()
	n.telemetry.Shutdown()
	return nil
}

func (n *normalizer) traces(_ context.Context, td ptrace.Traces) (ptrace.Traces, error) {
	if n.report {
		r := n.reporters.Get().(*reporter)
		r.traces(td)
		n.reporters.Put(r)
	}
	w := n.work.Get().(*work)
	w.traces(subject(n.report, td, ptrace.NewTraces))
	n.done(w)
	return td, nil
}

func (n *normalizer) metrics(_ context.Context, md pmetric.Metrics) (pmetric.Metrics, error) {
	if n.report {
		r := n.reporters.Get().(*reporter)
		r.metrics(md)
		n.reporters.Put(r)
	}
	w := n.work.Get().(*work)
	w.metrics(subject(n.report, md, pmetric.NewMetrics))
	n.done(w)
	return md, nil
}

func (n *normalizer) logs(_ context.Context, ld plog.Logs) (plog.Logs, error) {
	if n.report {
		r := n.reporters.Get().(*reporter)
		r.logs(ld)
		n.reporters.Put(r)
	}
	w := n.work.Get().(*work)
	w.logs(subject(n.report, ld, plog.NewLogs))
	n.done(w)
	return ld, nil
}

// subject is what to translate: the data, or a copy of it where nothing but the counts
// is wanted.
func subject[T interface{ CopyTo(T) }](report bool, data T, empty func() T) T {
	if !report {
		return data
	}
	duplicate := empty()
	data.CopyTo(duplicate)
	return duplicate
}

// done gives a batch's scratch back.
func (n *normalizer) done(w *work) {
	if w.rest() {
		n.work.Put(w)
	}
}
