package tailsamplingprocessor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/metadata"
	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/policy"
)

// sampler is the processor: one run of an engine.
type sampler struct {
	set       processor.Settings
	cfg       *Config
	next      consumer.Traces
	telemetry *metadata.TelemetryBuilder
	engine    *engine
	keeper    *keeper
}

func newSampler(set processor.Settings, cfg *Config, next consumer.Traces) (*sampler, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	return &sampler{set: set, cfg: cfg, next: next, telemetry: telemetry}, nil
}

// Capabilities: the spans are only read.
func (*sampler) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

// Start begins with what a run before a reload left, or with nothing.
func (s *sampler) Start(ctx context.Context, host component.Host) error {
	policies, err := policy.New(s.cfg.Policies, policy.Settings{
		Telemetry: s.set.TelemetrySettings, Extensions: extensionsOf(host), SampleOnFirstMatch: s.cfg.SampleOnFirstMatch,
		TotalBudget: s.cfg.TotalBudget,
	})
	if err != nil {
		return err
	}
	r := s.newRun(policies)
	if r.spanIngest {
		if err := policies.Stateless(); err != nil {
			return err
		}
	}
	limit, err := memoryLimit(s.cfg)
	if err != nil {
		return err
	}
	if r.analyzes {
		if s.keeper, err = newKeeper(ctx, host, s.set.ID, &s.cfg.Analysis, s.set.Logger); err != nil {
			return err
		}
	}
	defer func() {
		if s.engine == nil { // it did not start
			s.keeper.end(ctx, nil)
		}
	}()
	e := handover.take(s.set.ID)
	if e != nil {
		e.adopt(s.cfg, limit, s.set.Logger)
	} else if e, err = newEngine(s.cfg, limit); err != nil {
		return err
	}
	if s.cfg.MemoryLimitMiB == 0 {
		if err := shares.join(e); err != nil {
			handover.leave(s.set.ID, e, s.set.Logger)
			return err
		}
	}
	r.generation = e.generationOf(s.cfg.Policies)
	e.analyze(r, limit)
	if a := e.analysis.Load(); r.analyzes {
		a.keeper = s.keeper
		s.keeper.restore(ctx, a)
	}
	if err := errors.Join(s.observe(e), s.observeAnalysis(r, e)); err != nil {
		shares.leave(e)
		handover.leave(s.set.ID, e, s.set.Logger)
		return err
	}
	handover.watch()
	e.start(r)
	s.engine = e
	return nil
}

func (s *sampler) newRun(policies *policy.Set) *run {
	r := &run{
		cfg: s.cfg, policies: policies, names: policies.Names(), next: s.next,
		telemetry: s.telemetry, logger: s.set.Logger, tickLength: tickLength(s.cfg),
		spanIngest: s.cfg.SamplingStrategy == SpanIngest,
	}
	r.analyzes = s.cfg.Analysis.Enabled || len(policies.Bottlenecks()) > 0
	for _, name := range r.names {
		if id := s.set.ID.Name(); id != "" {
			name = id + "." + name // as contrib's
		}
		r.metrics = append(r.metrics, name)
	}
	return r
}

func extensionsOf(host component.Host) map[string]samplingpolicy.Extension {
	all := map[string]samplingpolicy.Extension{}
	for id, e := range host.GetExtensions() {
		if p, ok := e.(samplingpolicy.Extension); ok {
			all[id.String()] = p
		}
	}
	return all
}

const mib = 1 << 20

// memoryLimit is the configured one, or the sampler's share of the process's budget.
func memoryLimit(cfg *Config) (int64, error) {
	if cfg.MemoryLimitMiB > 0 {
		return cfg.MemoryLimitMiB * mib, nil
	}
	limit, err := shares.whole()
	if err != nil {
		return 0, fmt.Errorf("memory_limit_mib is not set: %w", err)
	}
	return limit, nil
}

func (s *sampler) observe(e *engine) error {
	for _, gauge := range []struct {
		register func(metric.Int64Callback) error
		value    func() int64
	}{
		{s.telemetry.RegisterProcessorTailSamplingBufferedBytesCallback, e.held},
		{s.telemetry.RegisterProcessorTailSamplingBufferedSpansCallback, e.spans.Load},
		{s.telemetry.RegisterProcessorTailSamplingSamplingTracesOnMemoryCallback, e.traces.Load},
	} {
		err := gauge.register(func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(gauge.value())
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ConsumeTraces takes spans in. The error, if any, is for the sender to try again.
func (s *sampler) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	if s.engine == nil {
		return errNotRunning
	}
	return s.engine.consume(ctx, td)
}

var errNotRunning = errors.New("tail_sampling: not running")

// drainTime is how long a shutdown tries to deliver what was kept, unless its context is done
// before: less than the 30 s after which Kubernetes kills.
const drainTime = 20 * time.Second

// reloadDrainTime is how long deliveries may take to end at a reload, before they are cancelled
// and left to the next run.
const reloadDrainTime = 5 * time.Second

// Shutdown decides what waits and delivers it, or leaves it to the next run.
func (s *sampler) Shutdown(ctx context.Context) error {
	defer s.telemetry.Shutdown()
	e := s.engine
	if e == nil {
		return nil
	}
	s.engine = nil
	defer handover.unwatch()
	shares.leave(e)
	e.halt()
	s.keeper.end(ctx, e.analysis.Load())
	if handover.reloading() {
		e.conclude()
		ctx, cancel := context.WithTimeout(ctx, reloadDrainTime)
		defer cancel()
		if e.queue.end(ctx, stopped) == stuck {
			s.set.Logger.Error("whoever comes next holds spans and does not give up: they are left to it")
		}
		handover.leave(s.set.ID, e, s.set.Logger)
		return nil
	}
	e.settleAll(s.cfg.DropPendingTracesOnShutdown)
	e.conclude()
	ctx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	ending := e.queue.end(ctx, draining)
	e.close()
	if ending != delivered {
		s.set.Logger.Error("not all spans that were kept could be delivered before the end", zap.Int64("spans", e.queue.failed.Load()), zap.Duration("waited", drainTime))
	}
	return nil
}
