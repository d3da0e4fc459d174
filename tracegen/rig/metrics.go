package rig

import (
	"context"
	"fmt"
	"net/http"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Metrics are the collector's own metrics at one time.
type Metrics map[string]*dto.MetricFamily

// Metrics scrapes the collector's own metrics.
func (c *Collector) Metrics(ctx context.Context) (Metrics, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://localhost:%d/metrics", c.Ports.Metrics), http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("rig: metrics: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("rig: metrics: %w", err)
	}
	defer resp.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("rig: metrics: %w", err)
	}
	return families, nil
}

// Sum adds up the points of a counter or gauge whose labels have the given values
// (name, value, name, value …). A metric that is not there is 0: a counter shows up
// with its first count.
func (m Metrics) Sum(name string, labels ...string) float64 {
	family := m[name]
	if family == nil {
		return 0
	}
	total := 0.0
	for _, point := range family.Metric {
		if !hasLabels(point, labels) {
			continue
		}
		switch {
		case point.Counter != nil:
			total += point.Counter.GetValue()
		case point.Gauge != nil:
			total += point.Gauge.GetValue()
		case point.Untyped != nil:
			total += point.Untyped.GetValue()
		}
	}
	return total
}

func hasLabels(point *dto.Metric, labels []string) bool {
	values := map[string]string{}
	for _, l := range point.Label {
		values[l.GetName()] = l.GetValue()
	}
	for i := 0; i+1 < len(labels); i += 2 {
		if values[labels[i]] != labels[i+1] {
			return false
		}
	}
	return true
}
