package semconvlintconnector

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pipeline"
)

// shared lets all connectors of one configuration share one linter: a service's score is of its
// traces, metrics and logs.
type shared struct {
	mu sync.Mutex
	// linters is keyed by the configuration's address: the collector hands out the same one for
	// the same id, and a new one when it reloads.
	linters map[*Config]*linter
}

func (s *shared) toMetrics(in pipeline.Signal, set connector.Settings, cfg component.Config, next consumer.Metrics) (*way, error) {
	return s.way(in, pipeline.SignalMetrics, set, cfg.(*Config), func(l *linter) {
		if l.metrics == nil {
			l.metrics = next
		}
	})
}

func (s *shared) toLogs(in pipeline.Signal, set connector.Settings, cfg component.Config, next consumer.Logs) (*way, error) {
	return s.way(in, pipeline.SignalLogs, set, cfg.(*Config), func(l *linter) {
		if l.logs == nil {
			l.logs = next
		}
	})
}

// way makes a way through the linter. The collector makes one for each pair of signals: of those
// with the same input one shows it what comes, and of those with the same output, which all
// have the same pipelines behind them, one's next gets what it says.
func (s *shared) way(in, out pipeline.Signal, set connector.Settings, cfg *Config, connect func(*linter)) (*way, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.linters[cfg]
	if l == nil {
		var err error
		if l, err = newLinter(set, cfg); err != nil {
			return nil, err
		}
		s.linters[cfg] = l
	}
	connect(l)
	shows := !l.shown[in]
	l.shown[in] = true
	l.ways[out]++
	end := func(ctx context.Context) {
		if s.leave(cfg, l, out) {
			l.end(ctx, out)
		}
	}
	return &way{linter: l, shows: shows, end: end}, nil
}

// leave reports whether that was the last way to its output.
func (s *shared) leave(cfg *Config, l *linter, out pipeline.Signal) (last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.ways[out]--
	if l.ways[pipeline.SignalMetrics]+l.ways[pipeline.SignalLogs] == 0 {
		delete(s.linters, cfg)
	}
	return l.ways[out] == 0
}

// way is a connector from one signal to one.
type way struct {
	linter *linter
	shows  bool
	end    func(context.Context)
	ended  sync.Once
}

// Start begins to tell.
func (w *way) Start(context.Context, component.Host) error {
	w.linter.start()
	return nil
}

// Shutdown, of the last way to an output, tells the rest there. By then nothing comes any more:
// whatever is before this way is before all others to this output, and has ended.
func (w *way) Shutdown(ctx context.Context) error {
	w.ended.Do(func() { w.end(ctx) })
	return nil
}

// Capabilities says that nothing is changed.
func (*way) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }
