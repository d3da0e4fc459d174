package tailsamplingprocessor

import (
	"context"
	"time"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/metadata"
	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/bottleneck"
)

// aggregates sum up, over all traffic, how often operations were called, failed, and where
// traces' time went. They are the analysis goroutine's.
type aggregates struct {
	seriesTable
	telemetry *metadata.TelemetryBuilder
	totals    [][2]total // by series, normal and slow
	published int64      // ns on the engine's clock
}

// total is what was counted since it was last published: with the other pace's a cache line.
type total struct {
	calls, errors  uint64
	duration, path uint64 // ns
}

const (
	// publishEvery is well below the time between two readings of metrics.
	publishEvery = int64(10 * time.Second)
	// longestDuration is what a span counts for at the most: one that is longer has a clock or
	// a unit that is wrong, and counters never forget.
	longestDuration = uint64(24 * time.Hour)
)

// newAggregates is nil where there are to be none.
func newAggregates(a *analysis, r *run) *aggregates {
	a.shown.Store(nil)
	if r.cfg.Analysis.MaxSeries == 0 {
		return nil
	}
	t := newSeriesTable(a.baseline, r.cfg.Analysis.MaxSeries, &a.shown)
	return &aggregates{seriesTable: t, telemetry: r.telemetry, totals: make([][2]total, len(t.all)), published: a.engine.now()}
}

// add counts spans.
func (g *aggregates) add(o *bottleneck.Observations) {
	marks := o.Marks[:len(o.Spans)]
	for i := range o.Spans {
		s := &o.Spans[i]
		c := &g.totals[g.place(s.Operation)][pace(marks[i]&bottleneck.InSlow != 0)]
		c.calls++
		c.errors += uint64(marks[i] & bottleneck.Failed)
		c.duration += min(s.Duration, longestDuration)
		c.path += min(s.Self, longestDuration)
	}
}

// pace is the place of normal and slow traces.
func pace(slow bool) int {
	if slow {
		return 1
	}
	return 0
}

// note takes exemplars for what is published next.
func (g *aggregates) note(kept []exemplar) {
	for _, e := range kept {
		g.all[g.place(e.operation)].exemplars[pace(e.slow)] = e
	}
}

// tick is to be called about once a second, after the baseline's.
func (g *aggregates) tick(now int64) {
	g.follow()
	if now-g.published >= publishEvery {
		g.publish(now)
		g.expire(now)
	}
}

// publish adds what was counted to the metrics and begins anew.
func (g *aggregates) publish(now int64) {
	g.published = now
	for n := range g.totals {
		for p := range g.totals[n] {
			if c := &g.totals[n][p]; c.calls > 0 {
				g.all[n].seen = now
				g.publishTotal(&g.all[n], p, c)
				*c = total{}
			}
		}
	}
}

func (g *aggregates) publishTotal(s *series, p int, c *total) {
	m, options := g.telemetry, s.options[p]
	path := seconds64(c.path)
	if e := &s.exemplars[p]; e.operation != baseline.Other {
		// The part that the trace has in it is added by itself, so that the exemplar shows it.
		own := min(e.self, path)
		m.ProcessorTailSamplingOperationCalls.Add(e.context(), 1, options...)
		m.ProcessorTailSamplingOperationCriticalPath.Add(e.context(), own, options...)
		c.calls--
		path -= own
		*e = exemplar{}
	}
	ctx := context.Background()
	m.ProcessorTailSamplingOperationCalls.Add(ctx, int64(c.calls), options...)
	m.ProcessorTailSamplingOperationCriticalPath.Add(ctx, path, options...)
	m.ProcessorTailSamplingOperationDuration.Add(ctx, seconds64(c.duration), options...)
	m.ProcessorTailSamplingOperationErrors.Add(ctx, int64(c.errors), options...) // 0 too: a rate needs a series
}

func seconds64(ns uint64) float64 { return float64(ns) / float64(time.Second) }
