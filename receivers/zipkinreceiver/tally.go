package zipkinreceiver

import (
	"context"
	"errors"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/koine-otel/koine/receivers/zipkinreceiver/internal/metadata"
	"github.com/koine-otel/koine/zipkin"
)

// tally counts what the Collector's own metrics of receivers have no place for. Nothing is
// logged a request or a span, but for the first of each reason.
type tally struct {
	*metadata.TelemetryBuilder
	log *zap.Logger

	spans    [zipkin.Reasons]kind
	requests [reasons]kind

	split, reparented, astray []metric.AddOption
	noService, noTimestamp    []metric.AddOption
}

// kind is a reason, with what its metric needs to be counted.
type kind struct {
	options []metric.AddOption
	seen    atomic.Bool
}

func newTally(set component.TelemetrySettings) (*tally, error) {
	builder, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, err
	}
	t := &tally{
		TelemetryBuilder: builder,
		log:              set.Logger,
		split:            with("koine.outcome", "split"),
		reparented:       with("koine.outcome", "reparented"),
		astray:           with("koine.outcome", "astray"),
		noService:        with("koine.missing", "service"),
		noTimestamp:      with("koine.missing", "timestamp"),
	}
	for r := range t.spans {
		t.spans[r].options = with("koine.reason", zipkin.Reason(r).String())
	}
	for r := range t.requests {
		t.requests[r].options = with("koine.reason", reason(r).String())
	}
	return t, nil
}

// with is made once for each value: a set of attributes allocates.
func with(key, value string) []metric.AddOption {
	return []metric.AddOption{metric.WithAttributeSet(attribute.NewSet(attribute.String(key, value)))}
}

// report counts what the codec found in a list.
func (t *tally) report(ctx context.Context, r *zipkin.Report) {
	for reason, n := range r.Invalid {
		if n > 0 {
			t.ReceiverZipkinInvalidSpans.Add(ctx, int64(n), t.spans[reason].options...)
			t.spans[reason].first(t.log, "an invalid span, the first for this reason", r.First[reason])
		}
	}
	add(ctx, t.ReceiverZipkinMergedSpans, r.Merged, nil)
	add(ctx, t.ReceiverZipkinSharedSpans, r.Split, t.split)
	add(ctx, t.ReceiverZipkinSharedSpans, r.Reparented, t.reparented)
	add(ctx, t.ReceiverZipkinSharedSpans, r.Astray, t.astray)
	add(ctx, t.ReceiverZipkinIncompleteSpans, r.NoService, t.noService)
	add(ctx, t.ReceiverZipkinIncompleteSpans, r.NoTimestamp, t.noTimestamp)
}

// add leaves out what never happened: most of it never does.
func add(ctx context.Context, to metric.Int64Counter, n int, options []metric.AddOption) {
	if n > 0 {
		to.Add(ctx, int64(n), options...)
	}
}

// refused counts a request that the pipeline never saw.
func (t *tally) refused(ctx context.Context, err error) {
	var r *refusal
	if errors.As(err, &r) {
		t.ReceiverZipkinInvalidRequests.Add(ctx, 1, t.requests[r.reason].options...)
		t.requests[r.reason].first(t.log, "an invalid request, the first for this reason", err)
	}
}

// first logs the first example.
func (k *kind) first(log *zap.Logger, message string, err error) {
	if !k.seen.Load() && !k.seen.Swap(true) {
		log.Debug(message, zap.Error(err))
	}
}
