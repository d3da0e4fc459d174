package koine

import (
	"context"
	"fmt"
	"sync"

	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	sdkresource "go.opentelemetry.io/otel/sdk/resource"
)

// recordQueue is the SDK's own default: its queue is allocated at once.
const recordQueue = 2048

// logs makes the logger provider.
func (o *options) logs(ctx, life context.Context, res *sdkresource.Resource, s *sdk) (log.LoggerProvider, error) {
	opts := []sdklog.LoggerProviderOption{sdklog.WithResource(res)}
	exporter, err := autoexport.NewLogExporter(ctx)
	switch {
	case err != nil:
		err = fmt.Errorf("koine: logs: %w", err)
	case !autoexport.IsNoneLogExporter(exporter):
		a := &account{what: recordItems, limit: int64(o.count(envRecordQueue, recordQueue))}
		s.accounts = append(s.accounts, a)
		opts = append(opts, sdklog.WithProcessor(countedRecords{a, sync.OnceValue(func() *sdklog.BatchProcessor {
			return sdklog.NewBatchProcessor(countedLogExporter{exporter, a, life})
		})}))
	}
	return sdklog.NewLoggerProvider(opts...), err
}

// countedRecords is the SDK's batch processor with its account. It is made for the first record:
// its queue, which is allocated at once, is 1.3 MB and most of the time that Start would take.
type countedRecords struct {
	*account
	batch func() *sdklog.BatchProcessor
}

func (countedRecords) Enabled(context.Context, sdklog.EnabledParameters) bool { return true }

func (c countedRecords) OnEmit(ctx context.Context, r *sdklog.Record) error {
	if !c.admit() {
		return nil
	}
	return c.batch().OnEmit(ctx, r)
}

func (c countedRecords) ForceFlush(ctx context.Context) error { return c.batch().ForceFlush(ctx) }

// Shutdown makes the processor if there is none, so that a record that comes meanwhile cannot.
func (c countedRecords) Shutdown(ctx context.Context) error {
	c.closed.Store(true)
	return c.batch().Shutdown(ctx)
}

type countedLogExporter struct {
	sdklog.Exporter
	*account
	life context.Context
}

func (c countedLogExporter) Export(ctx context.Context, records []sdklog.Record) error {
	return c.send(ctx, c.life, len(records), func(ctx context.Context) error { return c.Exporter.Export(ctx, records) })
}
