package resourcedetectionprocessor

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
	"go.opentelemetry.io/collector/processor/processorhelper/xprocessorhelper"
	"go.opentelemetry.io/collector/processor/xprocessor"
	"go.uber.org/zap"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/container"
	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/env"
	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/metadata"
	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/system"
)

// NewFactory returns the factory of the processor `resource_detection`.
func NewFactory() processor.Factory {
	f := &factory{shared: map[*Config]*share{}}
	return xprocessor.NewFactory(
		metadata.Type,
		createDefaultConfig,
		xprocessor.WithDeprecatedTypeAlias(metadata.DeprecatedType),
		xprocessor.WithTraces(f.createTraces, metadata.TracesStability),
		xprocessor.WithMetrics(f.createMetrics, metadata.MetricsStability),
		xprocessor.WithLogs(f.createLogs, metadata.LogsStability),
		xprocessor.WithProfiles(f.createProfiles, metadata.ProfilesStability),
	)
}

var capabilities = consumer.Capabilities{MutatesData: true}

// factory lets all processors of one configuration, one for each signal and pipeline,
// share one provider.
type factory struct {
	mu sync.Mutex
	// shared is keyed by the configuration's address: the collector hands out the same
	// one for the same id, and a new one when it reloads.
	shared map[*Config]*share
}

// share is a provider and the number of processors that use it.
type share struct {
	provider *provider
	users    int
}

func (f *factory) createTraces(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Traces) (processor.Traces, error) {
	p, err := f.newProcessor(set, cfg.(*Config))
	if err != nil {
		return nil, err
	}
	return processorhelper.NewTraces(ctx, set, cfg, next, p.processTraces,
		processorhelper.WithCapabilities(capabilities),
		processorhelper.WithStart(p.start),
		processorhelper.WithShutdown(p.shutdown))
}

func (f *factory) createMetrics(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Metrics) (processor.Metrics, error) {
	p, err := f.newProcessor(set, cfg.(*Config))
	if err != nil {
		return nil, err
	}
	return processorhelper.NewMetrics(ctx, set, cfg, next, p.processMetrics,
		processorhelper.WithCapabilities(capabilities),
		processorhelper.WithStart(p.start),
		processorhelper.WithShutdown(p.shutdown))
}

func (f *factory) createLogs(ctx context.Context, set processor.Settings, cfg component.Config, next consumer.Logs) (processor.Logs, error) {
	p, err := f.newProcessor(set, cfg.(*Config))
	if err != nil {
		return nil, err
	}
	return processorhelper.NewLogs(ctx, set, cfg, next, p.processLogs,
		processorhelper.WithCapabilities(capabilities),
		processorhelper.WithStart(p.start),
		processorhelper.WithShutdown(p.shutdown))
}

func (f *factory) createProfiles(ctx context.Context, set processor.Settings, cfg component.Config, next xconsumer.Profiles) (xprocessor.Profiles, error) {
	p, err := f.newProcessor(set, cfg.(*Config))
	if err != nil {
		return nil, err
	}
	return xprocessorhelper.NewProfiles(ctx, set, cfg, next, p.processProfiles,
		xprocessorhelper.WithCapabilities(capabilities),
		xprocessorhelper.WithStart(p.start),
		xprocessorhelper.WithShutdown(p.shutdown))
}

func (f *factory) newProcessor(set processor.Settings, cfg *Config) (*resourceDetection, error) {
	p, err := f.acquire(set, cfg)
	if err != nil {
		return nil, err
	}
	release := sync.OnceValue(func() bool { return f.release(cfg) })
	return &resourceDetection{
		provider: p,
		override: cfg.Override,
		shutdown: func(ctx context.Context) error {
			if release() {
				p.stop(ctx)
			}
			return nil
		},
	}, nil
}

// acquire returns the provider of a configuration, a new one for its first user.
func (f *factory) acquire(set processor.Settings, cfg *Config) (*provider, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.shared[cfg]
	if !ok {
		telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
		if err != nil {
			return nil, err
		}
		p, err := newProvider(set.Logger, telemetry, cfg.Timeout, cfg.RefreshInterval, newDetectors(cfg))
		if err != nil {
			return nil, err
		}
		if len(cfg.ignored) > 0 {
			set.Logger.Warn("some options have no effect: no detector of this distribution makes a request",
				zap.Strings("options", cfg.ignored))
		}
		s = &share{provider: p}
		f.shared[cfg] = s
	}
	s.users++
	return s.provider, nil
}

// release gives a provider back and reports whether that was its last user, who then has
// to stop it.
func (f *factory) release(cfg *Config) (last bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.shared[cfg]
	s.users--
	if s.users > 0 {
		return false
	}
	delete(f.shared, cfg)
	return true
}

// newDetectors makes the detectors of a valid configuration, in its order.
func newDetectors(cfg *Config) []namedDetector {
	var ds []namedDetector
	for _, name := range cfg.detectors() {
		switch name {
		case env.Name:
			ds = append(ds, namedDetector{name, env.New()})
		case system.Name:
			ds = append(ds, namedDetector{name, system.New(cfg.System)})
		case container.Name:
			ds = append(ds, namedDetector{name, container.New(cfg.Container)})
		}
	}
	return ds
}
