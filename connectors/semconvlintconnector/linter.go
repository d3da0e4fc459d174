package semconvlintconnector

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/koine-otel/koine/connectors/semconvlintconnector/internal/metadata"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// linter is what the ways of one configuration share. Ways show it telemetry, each in whatever
// goroutine it comes; one goroutine of its own tells what was found, and whoever ends it tells the
// rest when that one has ended.
type linter struct {
	engine *semconvlint.Engine
	told   *told
	own    *metadata.TelemetryBuilder

	interval, window time.Duration
	sample           float64

	metrics consumer.Metrics // nil: nobody wants them
	logs    consumer.Logs

	// Of shared, under its lock: which inputs have a way that shows them, and the ways by output.
	shown map[pipeline.Signal]bool
	ways  map[pipeline.Signal]int

	started, finished sync.Once
	quit, done        chan struct{}
	last              pmetric.Metrics
	lastLogs          plog.Logs
}

func newLinter(set connector.Settings, cfg *Config) (*linter, error) {
	lint, err := cfg.lint()
	if err != nil {
		return nil, err
	}
	engine, err := cfg.engine(lint)
	if err != nil {
		return nil, err
	}
	own, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &linter{
		engine: engine, told: newTold(set.Resource, lint, cfg), own: own, interval: cfg.Interval, window: cfg.Window, sample: cfg.Sample,
		shown: map[pipeline.Signal]bool{}, ways: map[pipeline.Signal]int{}, quit: make(chan struct{}), done: make(chan struct{}),
	}, nil
}

// ConsumeTraces shows traces to the rules.
func (w *way) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	if w.shows && w.linter.wants(ctx) {
		w.linter.engine.Traces(td, "")
	}
	return nil
}

// ConsumeMetrics shows metrics to the rules.
func (w *way) ConsumeMetrics(ctx context.Context, md pmetric.Metrics) error {
	if w.shows && w.linter.wants(ctx) {
		w.linter.engine.Metrics(md, "")
	}
	return nil
}

// ConsumeLogs shows log records to the rules.
func (w *way) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	if w.shows && w.linter.wants(ctx) {
		w.linter.engine.Logs(ld, "")
	}
	return nil
}

// wants says whether a request is in the sample.
func (l *linter) wants(ctx context.Context) bool {
	if l.sample >= 1 || rand.Float64() < l.sample {
		return true
	}
	l.own.ConnectorSemconvLintSkippedRequests.Add(ctx, 1)
	return false
}

// start begins to tell, once.
func (l *linter) start() {
	l.started.Do(func() { go l.run() })
}

// run tells what was found at every interval. It ends with quit.
func (l *linter) run() {
	defer close(l.done)
	tick := time.NewTicker(l.interval)
	defer tick.Stop()
	forget := time.Now().Add(l.window)
	for {
		select {
		case <-l.quit:
			return
		case now := <-tick.C:
			md, ld := l.take(l.engine.Interim(), now)
			l.sendMetrics(context.Background(), md)
			l.sendLogs(context.Background(), ld)
			if now.After(forget) {
				l.engine.Forget()
				l.told.forget(now)
				forget = now.Add(l.window)
			}
		}
	}
}

// end tells the rest to one output. The first call is the end of telling; those that follow have
// what it found for the other one.
func (l *linter) end(ctx context.Context, out pipeline.Signal) {
	l.finished.Do(func() {
		l.started.Do(func() { close(l.done) }) // it never ran
		close(l.quit)
		<-l.done
		l.last, l.lastLogs = l.take(l.engine.Finish(), time.Now())
	})
	if out == pipeline.SignalMetrics {
		l.sendMetrics(ctx, l.last)
	} else {
		l.sendLogs(ctx, l.lastLogs)
	}
}

// take makes of a result what is said of it.
func (l *linter) take(r *semconvlint.Result, now time.Time) (pmetric.Metrics, plog.Logs) {
	ctx := context.Background()
	l.own.ConnectorSemconvLintDroppedFindings.Add(ctx, r.Dropped)
	l.own.ConnectorSemconvLintPartialTraces.Add(ctx, r.PartialTraces)
	l.own.ConnectorSemconvLintLateSpans.Add(ctx, r.LateSpans)
	fresh, untold := l.told.add(r, now)
	l.own.ConnectorSemconvLintUntoldCauses.Add(ctx, untold)
	return l.told.metrics(now), l.told.logs(fresh, now)
}

// sendTimeout is how long the next component may take: the shutdown waits for as long.
const sendTimeout = 5 * time.Second

func (l *linter) sendMetrics(ctx context.Context, md pmetric.Metrics) {
	if l.metrics == nil || md.DataPointCount() == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if l.metrics.ConsumeMetrics(ctx, md) != nil {
		l.own.ConnectorSemconvLintFailedSends.Add(ctx, 1, output(pipeline.SignalMetrics))
	}
}

func (l *linter) sendLogs(ctx context.Context, ld plog.Logs) {
	if l.logs == nil || ld.LogRecordCount() == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if l.logs.ConsumeLogs(ctx, ld) != nil {
		l.own.ConnectorSemconvLintFailedSends.Add(ctx, 1, output(pipeline.SignalLogs))
	}
}

func output(s pipeline.Signal) metric.MeasurementOption {
	return metric.WithAttributes(attribute.String("koine.output", s.String()))
}
