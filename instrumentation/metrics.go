package koine

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdkresource "go.opentelemetry.io/otel/sdk/resource"
)

// metrics makes the meter provider.
func (o *options) metrics(ctx, life context.Context, res *sdkresource.Resource) (metric.MeterProvider, error) {
	opts := []sdkmetric.Option{sdkmetric.WithResource(res)}
	reader, err := o.reader(ctx, life)
	switch {
	case err != nil:
		err = fmt.Errorf("koine: metrics: %w", err)
	case !autoexport.IsNoneMetricReader(reader):
		opts = append(opts, sdkmetric.WithReader(reader))
	}
	return sdkmetric.NewMeterProvider(opts...), err
}

// reader is autoexport's, but for plain OTLP: its exporter is wrapped, which autoexport has no way
// to do.
func (o *options) reader(ctx, life context.Context) (sdkmetric.Reader, error) {
	if name := env(envMetricsExporter); name != "" && name != "otlp" || env(envProducers) != "" {
		return autoexport.NewMetricReader(ctx)
	}
	protocol := env(envMetricsProtocol)
	if protocol == "" {
		protocol = env(envProtocol)
	}
	var exporter sdkmetric.Exporter
	var err error
	switch protocol {
	case "grpc":
		exporter, err = otlpmetricgrpc.New(ctx)
	case "", "http/protobuf":
		exporter, err = otlpmetrichttp.New(ctx)
	default:
		return nil, fmt.Errorf("%s: %q is neither grpc nor http/protobuf", envProtocol, protocol)
	}
	if err != nil {
		return nil, err
	}
	return sdkmetric.NewPeriodicReader(&watchedMetrics{Exporter: exporter, life: life, local: o.local}), nil
}

// watchedMetrics says once of a metric that it has more series than the SDK keeps (2000 unless
// a view says otherwise): from then on its attributes are lost in otel.metric.overflow.
type watchedMetrics struct {
	sdkmetric.Exporter
	life  context.Context
	local slog.Handler

	mu   sync.Mutex
	told map[string]bool
}

func (w *watchedMetrics) Export(ctx context.Context, rm *metricdata.ResourceMetrics) error {
	for i := range rm.ScopeMetrics {
		for j := range rm.ScopeMetrics[i].Metrics {
			if m := &rm.ScopeMetrics[i].Metrics[j]; overflows(m.Data) {
				w.tell(m.Name)
			}
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(w.life, cancel)()
	err := w.Exporter.Export(ctx, rm)
	if err == nil {
		lastAccepted.Store(time.Now().UnixNano())
	}
	return err
}

func (w *watchedMetrics) tell(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.told[name] || len(w.told) >= maxCauses {
		return
	}
	if w.told == nil {
		w.told = map[string]bool{}
	}
	w.told[name] = true
	slog.New(w.local).Warn("koine: a metric has too many series; what is above the limit is summed up in otel.metric.overflow", "metric", name)
}

func overflows(data metricdata.Aggregation) bool {
	switch d := data.(type) {
	case metricdata.Sum[int64]:
		return overflow(d.DataPoints, func(p metricdata.DataPoint[int64]) attribute.Set { return p.Attributes })
	case metricdata.Sum[float64]:
		return overflow(d.DataPoints, func(p metricdata.DataPoint[float64]) attribute.Set { return p.Attributes })
	case metricdata.Gauge[int64]:
		return overflow(d.DataPoints, func(p metricdata.DataPoint[int64]) attribute.Set { return p.Attributes })
	case metricdata.Gauge[float64]:
		return overflow(d.DataPoints, func(p metricdata.DataPoint[float64]) attribute.Set { return p.Attributes })
	case metricdata.Histogram[int64]:
		return overflow(d.DataPoints, func(p metricdata.HistogramDataPoint[int64]) attribute.Set { return p.Attributes })
	case metricdata.Histogram[float64]:
		return overflow(d.DataPoints, func(p metricdata.HistogramDataPoint[float64]) attribute.Set { return p.Attributes })
	case metricdata.ExponentialHistogram[int64]:
		return overflow(d.DataPoints, func(p metricdata.ExponentialHistogramDataPoint[int64]) attribute.Set { return p.Attributes })
	case metricdata.ExponentialHistogram[float64]:
		return overflow(d.DataPoints, func(p metricdata.ExponentialHistogramDataPoint[float64]) attribute.Set { return p.Attributes })
	}
	return false
}

// overflow looks for the series that gathers the rest.
func overflow[P any](points []P, attributes func(P) attribute.Set) bool {
	for i := range points {
		if set := attributes(points[i]); set.HasValue("otel.metric.overflow") {
			return true
		}
	}
	return false
}
