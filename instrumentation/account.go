package koine

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/semconv/v1.43.0/otelconv"
)

// account counts what becomes of one signal's items between the code that made them and the
// collector. The SDK's queues drop in silence; here nothing is dropped that is not counted,
// because the account admits no more than the queue holds.
type account struct {
	what  string // in the shutdown's words: spans, log records
	limit int64  // items that may wait: the queue's size

	waiting  atomic.Int64 // admitted, and not yet on their way
	sent     atomic.Int64 // given to the exporter
	accepted atomic.Int64 // taken by the collector
	failed   atomic.Int64 // given, and not taken
	full     atomic.Int64 // refused: the queue was full
	late     atomic.Int64 // refused: after shutdown
	closed   atomic.Bool
}

// admit says whether an item may go into the queue.
func (a *account) admit() bool {
	if a.closed.Load() {
		a.late.Add(1)
		return false
	}
	if a.waiting.Add(1) > a.limit {
		a.waiting.Add(-1)
		a.full.Add(1)
		return false
	}
	return true
}

// send gives n items to an exporter. Life ends exports that are on their way when a shutdown
// has given up on them: the SDK's processors would let them run into their own timeouts.
func (a *account) send(ctx, life context.Context, n int, export func(context.Context) error) error {
	a.waiting.Add(-int64(n))
	a.sent.Add(int64(n))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(life, cancel)()
	err := export(ctx)
	if err != nil {
		a.failed.Add(int64(n))
		if life.Err() != nil {
			return nil // the shutdown says what was lost
		}
		return err
	}
	a.accepted.Add(int64(n))
	lastAccepted.Store(time.Now().UnixNano())
	return nil
}

// lost is what will not arrive any more, once the queue is shut down.
func (a *account) lost() int64 {
	onTheWay := a.sent.Load() - a.accepted.Load() - a.failed.Load()
	return max(0, a.waiting.Load()) + max(0, onTheWay) + a.failed.Load() + a.full.Load()
}

// lastAccepted is when a collector took something last, in Unix nanoseconds: a shutdown goes on
// as long as it does.
var lastAccepted atomic.Int64

// observeAccounts registers the counters that the conventions have for this, but where the SDK's
// own experimental ones are on.
func observeAccounts(m metric.Meter, accounts []*account) error {
	if len(accounts) == 0 || env(envObservability) == "true" {
		return nil
	}
	spans, err1 := otelconv.NewSDKProcessorSpanProcessedObservable(m)
	sentSpans, err2 := otelconv.NewSDKExporterSpanExportedObservable(m)
	records, err3 := otelconv.NewSDKProcessorLogProcessedObservable(m)
	sentRecords, err4 := otelconv.NewSDKExporterLogExportedObservable(m)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	_, err := m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for _, a := range accounts {
			if a.what == spanItems {
				a.report(o, spans.Inst(), sentSpans.Inst(), string(otelconv.ComponentTypeBatchingSpanProcessor), "koine_span_exporter")
			} else {
				a.report(o, records.Inst(), sentRecords.Inst(), string(otelconv.ComponentTypeBatchingLogProcessor), "koine_log_exporter")
			}
		}
		return nil
	}, spans.Inst(), sentSpans.Inst(), records.Inst(), sentRecords.Inst())
	return err
}

// report says what the queue took and refused, and what the collector took and did not.
func (a *account) report(o metric.Observer, processed, exported metric.Int64Observable, processor, exporter string) {
	at := func(i metric.Int64Observable, n int64, component, errorType string) {
		attributes := []attribute.KeyValue{attribute.String("otel.component.type", component), attribute.String("otel.component.name", component+"/0")}
		if errorType != "" {
			attributes = append(attributes, attribute.String("error.type", errorType))
		}
		o.ObserveInt64(i, n, metric.WithAttributes(attributes...))
	}
	at(processed, a.sent.Load(), processor, "")
	at(processed, a.full.Load(), processor, "queue_full")
	at(processed, a.late.Load(), processor, "already_shutdown")
	at(exported, a.accepted.Load(), exporter, "")
	at(exported, a.failed.Load(), exporter, "_OTHER")
}

const (
	spanItems   = "spans"
	recordItems = "log records"
)
