package command

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
	"github.com/koine-otel/koine/semconv-lint/telemetry"
	"github.com/koine-otel/koine/semconv/registry"
)

// coverage is a sink before another, which notes what of the registry is seen. It keeps what is
// missing, so it asks less the longer it runs.
type coverage struct {
	next     telemetry.Sink
	registry *registry.Registry

	mu                  sync.Mutex
	metrics, attributes map[string]bool // not seen yet
}

// newCoverage wants all that is alive in a registry and matches one of the globs.
func newCoverage(globs []string, r *registry.Registry, next telemetry.Sink) (*coverage, error) {
	c := &coverage{next: next, registry: r, metrics: map[string]bool{}, attributes: map[string]bool{}}
	for _, glob := range globs {
		known := false
		for _, m := range r.Metrics() {
			if m.Deprecation == registry.Live && config.Match(glob, m.Name) {
				c.metrics[m.Name], known = true, true
			}
		}
		for _, a := range r.Attributes() {
			if a.Deprecation == registry.Live && config.Match(glob, a.Key) {
				c.attributes[a.Key], known = true, true
			}
		}
		if !known {
			return nil, fmt.Errorf("coverage: nothing in the registry matches %q", glob)
		}
	}
	return c, nil
}

// missing are the findings of what was not seen.
func (c *coverage) missing(set *config.Config) []semconvlint.Finding {
	if c == nil || set.Severity(config.NotSeen) == semconvlint.Off {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []semconvlint.Finding
	for _, of := range []struct {
		what  string
		names map[string]bool
	}{{"metric", c.metrics}, {"attribute", c.attributes}} {
		for _, name := range slices.Sorted(maps.Keys(of.names)) {
			all = append(all, semconvlint.Finding{
				Rule: config.NotSeen.ID, Title: config.NotSeen.Title, Severity: set.Severity(config.NotSeen), Signal: config.OnConfiguration,
				Key: name, Detail: of.what, Message: "this " + of.what + " of the registry was not seen", Count: 1,
			})
		}
	}
	return all
}

// Traces looks before it passes on: the next sink owns what it is given.
func (c *coverage) Traces(td ptrace.Traces, source string) {
	c.look(func() {
		for _, r := range td.ResourceSpans().All() {
			c.saw(r.Resource().Attributes())
			for _, s := range r.ScopeSpans().All() {
				c.saw(s.Scope().Attributes())
				for _, span := range s.Spans().All() {
					c.saw(span.Attributes())
					for _, e := range span.Events().All() {
						c.saw(e.Attributes())
					}
					for _, l := range span.Links().All() {
						c.saw(l.Attributes())
					}
				}
			}
		}
	})
	c.next.Traces(td, source)
}

// Metrics is Traces of metrics.
func (c *coverage) Metrics(md pmetric.Metrics, source string) {
	c.look(func() {
		for _, r := range md.ResourceMetrics().All() {
			c.saw(r.Resource().Attributes())
			for _, s := range r.ScopeMetrics().All() {
				c.saw(s.Scope().Attributes())
				for _, m := range s.Metrics().All() {
					delete(c.metrics, m.Name())
					c.points(m)
				}
			}
		}
	})
	c.next.Metrics(md, source)
}

// Logs is Traces of log records.
func (c *coverage) Logs(ld plog.Logs, source string) {
	c.look(func() {
		for _, r := range ld.ResourceLogs().All() {
			c.saw(r.Resource().Attributes())
			for _, s := range r.ScopeLogs().All() {
				c.saw(s.Scope().Attributes())
				for _, l := range s.LogRecords().All() {
					c.saw(l.Attributes())
				}
			}
		}
	})
	c.next.Logs(ld, source)
}

func (c *coverage) look(do func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.metrics)+len(c.attributes) > 0 {
		do()
	}
}

func (c *coverage) saw(attributes pcommon.Map) {
	if len(c.attributes) == 0 {
		return
	}
	for key := range attributes.All() {
		delete(c.attributes, key)
		// http.request.header.accept is of the template http.request.header.
		if a := c.registry.Resolve(key); a != nil && a.Key != key {
			delete(c.attributes, a.Key)
		}
	}
}

func (c *coverage) points(m pmetric.Metric) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		sawAll(c, m.Gauge().DataPoints().All())
	case pmetric.MetricTypeSum:
		sawAll(c, m.Sum().DataPoints().All())
	case pmetric.MetricTypeHistogram:
		sawAll(c, m.Histogram().DataPoints().All())
	case pmetric.MetricTypeExponentialHistogram:
		sawAll(c, m.ExponentialHistogram().DataPoints().All())
	case pmetric.MetricTypeSummary:
		sawAll(c, m.Summary().DataPoints().All())
	}
}

func sawAll[P interface{ Attributes() pcommon.Map }](c *coverage, points func(func(int, P) bool)) {
	for _, p := range points {
		c.saw(p.Attributes())
	}
}
