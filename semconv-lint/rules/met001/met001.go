// Package met001 finds metrics' attributes with very many values.
package met001

import (
	"strconv"
	"strings"
	"time"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/distinct"
	"github.com/koine-otel/koine/semconv-lint/rules/points"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "MET-001",
		Title:    "Metric attribute with 10,000 values or more in an hour",
		Why:      "Each value is a series of its own that a backend keeps, indexes and bills. An id or an address belongs on spans.",
		Before:   "metric: {name: shop.orders, attributes: {order.id: 1 … 1000000}}",
		After:    "metric: {name: shop.orders, attributes: {order.type: gift}}",
		Severity: semconvlint.Warning,
		Options:  []semconvlint.Option{{Name: "max", Default: 10_000, Meaning: "values of an attribute in an hour from which on it is too many; above 128 they are estimated, within some 5 %"}},
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/MET-001.md",
		Impact:   semconvlint.Important,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		limit, _ := c.Options["max"].(int)
		return &checker{c, limit, map[series]*window{}}
	},
}

type series struct{ service, metric, key string }

// window are the values of an hour, by the points' times, and the most of an hour before it.
type window struct {
	hour   int64
	values distinct.Counter
	most   int
}

// maxSeries bounds what is counted, in 2 KiB each: the attributes of a few hundred services'
// metrics.
const maxSeries = 10_000

type checker struct {
	c     *semconvlint.Context
	limit int
	seen  map[series]*window
}

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnMetric {
		return
	}
	for at, attributes := range points.Of(e.Metric) {
		hour := int64(at) / int64(time.Hour)
		for key, value := range attributes.All() {
			w := r.window(series{verdicts.Clip(e.Service), verdicts.Clip(e.Name), verdicts.Clip(key)}, hour)
			if w == nil {
				continue
			}
			if hour > w.hour {
				w.most = max(w.most, w.values.Count())
				w.hour, w.values = hour, distinct.Counter{}
			}
			if hour == w.hour {
				w.values.Add(value.AsString())
			}
		}
	}
}

func (r *checker) window(s series, hour int64) *window {
	w := r.seen[s]
	if w == nil && len(r.seen) < maxSeries {
		w = &window{hour: hour}
		r.seen[series{strings.Clone(s.service), strings.Clone(s.metric), strings.Clone(s.key)}] = w
	}
	return w
}

// Merge puts the values of one hour together.
func (r *checker) Merge(other semconvlint.Checker) {
	for s, o := range other.(*checker).seen {
		w := r.window(s, o.hour)
		switch {
		case w == nil:
			continue
		case w.hour == o.hour:
			w.values.Merge(&o.values)
		case w.hour < o.hour:
			w.most = max(w.most, w.values.Count())
			w.hour, w.values = o.hour, o.values
		default:
			w.most = max(w.most, o.values.Count())
		}
		w.most = max(w.most, o.most)
	}
}

// Finish reports.
func (r *checker) Finish() {
	for s, w := range r.seen {
		n := max(w.most, w.values.Count())
		if n < r.limit {
			continue
		}
		r.c.Report(semconvlint.Report{
			Service: s.service, Signal: semconvlint.OnMetric, Key: s.key, Detail: s.metric,
			Message: s.key + " of " + s.metric + " has " + strconv.Itoa(r.limit) + " values or more in an hour",
			Example: semconvlint.Example{Name: s.metric, Value: "about " + strconv.Itoa(n) + " values"},
		})
	}
}
