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

// normalizer rewrites the attributes of spans and resources in place. It is shared
// between goroutines; what one batch needs to work with comes from a pool.
type normalizer struct {
	table     *translate.Table
	telemetry *metadata.TelemetryBuilder
	work      sync.Pool // of *work
}

func newNormalizer(set component.TelemetrySettings) (*normalizer, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, err
	}
	n := &normalizer{table: translate.Default(), telemetry: telemetry}
	n.work.New = func() any { return &work{table: n.table} }
	return n, nil
}

func (n *normalizer) traces(ctx context.Context, td ptrace.Traces) (ptrace.Traces, error) {
	w := n.work.Get().(*work)
	for _, rs := range td.ResourceSpans().All() {
		w.resource(rs.Resource())
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				w.span(span)
			}
		}
	}
	n.done(ctx, w)
	return td, nil
}

func (n *normalizer) metrics(ctx context.Context, md pmetric.Metrics) (pmetric.Metrics, error) {
	w := n.work.Get().(*work)
	for _, rm := range md.ResourceMetrics().All() {
		w.resource(rm.Resource())
	}
	n.done(ctx, w)
	return md, nil
}

func (n *normalizer) logs(ctx context.Context, ld plog.Logs) (plog.Logs, error) {
	w := n.work.Get().(*work)
	for _, rl := range ld.ResourceLogs().All() {
		w.resource(rl.Resource())
	}
	n.done(ctx, w)
	return ld, nil
}

// done counts a batch once, not element by element, and gives its scratch back.
func (n *normalizer) done(ctx context.Context, w *work) {
	w.counts.record(ctx, n.telemetry)
	w.counts = counts{}
	n.work.Put(w)
}
