package semconvprocessor

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/processors/semconvprocessor/internal/metadata"
	"github.com/koine-otel/koine/semconv/translate"
)

// normalizer rewrites spans, metrics, log records, and what carries them, in place. It
// is shared between goroutines; what one batch needs to work with comes from a pool.
type normalizer struct {
	table     *translate.Table
	report    bool // count and change nothing
	telemetry *metadata.TelemetryBuilder
	work      sync.Pool // of *work
}

func newNormalizer(set component.TelemetrySettings, cfg *Config) (*normalizer, error) {
	table, err := cfg.table()
	if err != nil {
		return nil, err
	}
	telemetry, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, err
	}
	n := &normalizer{table: table, report: cfg.Mode == modeReport, telemetry: telemetry}
	n.work.New = func() any { return newWork(n.table) }
	return n, nil
}

func (n *normalizer) traces(ctx context.Context, td ptrace.Traces) (ptrace.Traces, error) {
	w := n.work.Get().(*work)
	w.traces(subject(n.report, td, ptrace.NewTraces))
	n.done(ctx, w)
	return td, nil
}

func (n *normalizer) metrics(ctx context.Context, md pmetric.Metrics) (pmetric.Metrics, error) {
	w := n.work.Get().(*work)
	w.metrics(subject(n.report, md, pmetric.NewMetrics))
	n.done(ctx, w)
	return md, nil
}

func (n *normalizer) logs(ctx context.Context, ld plog.Logs) (plog.Logs, error) {
	w := n.work.Get().(*work)
	w.logs(subject(n.report, ld, plog.NewLogs))
	n.done(ctx, w)
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

// done counts a batch once, not element by element, and gives its scratch back.
func (n *normalizer) done(ctx context.Context, w *work) {
	w.counts.record(ctx, n.telemetry)
	if w.rest() {
		n.work.Put(w)
	}
}
