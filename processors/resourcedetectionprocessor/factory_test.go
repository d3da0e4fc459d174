package resourcedetectionprocessor

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/collector/processor/xprocessor"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/metadata"
)

func observed() (processor.Settings, *observer.ObservedLogs) {
	core, logs := observer.New(zap.InfoLevel)
	set := processortest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	return set, logs
}

// All four signals get what the environment says, and existing attributes are treated as
// configured.
func TestSignals(t *testing.T) {
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "a=env,b=env")
	for override, want := range map[bool]m{
		true:  {"a": "env", "b": "env", "c": "own"},
		false: {"a": "own", "b": "env", "c": "own"},
	} {
		cfg := createDefaultConfig().(*Config)
		cfg.Override = override
		f := NewFactory().(xprocessor.Factory)
		set, logs := observed()
		own := func(r pcommon.Resource) { require.NoError(t, r.Attributes().FromRaw(m{"a": "own", "c": "own"})) }
		var sink consumertest.TracesSink
		var metricsSink consumertest.MetricsSink
		var logsSink consumertest.LogsSink
		var profilesSink consumertest.ProfilesSink

		tp, err := f.CreateTraces(t.Context(), set, cfg, &sink)
		require.NoError(t, err)
		mp, err := f.CreateMetrics(t.Context(), set, cfg, &metricsSink)
		require.NoError(t, err)
		lp, err := f.CreateLogs(t.Context(), set, cfg, &logsSink)
		require.NoError(t, err)
		pp, err := f.CreateProfiles(t.Context(), set, cfg, &profilesSink)
		require.NoError(t, err)
		for _, c := range []interface{ Capabilities() consumer.Capabilities }{tp, mp, lp, pp} {
			assert.True(t, c.Capabilities().MutatesData)
		}
		require.NoError(t, tp.Start(t.Context(), componenttest.NewNopHost()))
		require.NoError(t, mp.Start(t.Context(), componenttest.NewNopHost()))
		require.NoError(t, lp.Start(t.Context(), componenttest.NewNopHost()))
		require.NoError(t, pp.Start(t.Context(), componenttest.NewNopHost()))
		assert.Equal(t, 1, logs.FilterMessage("detected resource").Len(), "one detection for all signals")

		td := ptrace.NewTraces()
		own(td.ResourceSpans().AppendEmpty().Resource())
		require.NoError(t, tp.ConsumeTraces(t.Context(), td))
		assert.Equal(t, want, sink.AllTraces()[0].ResourceSpans().At(0).Resource().Attributes().AsRaw())

		md := pmetric.NewMetrics()
		own(md.ResourceMetrics().AppendEmpty().Resource())
		require.NoError(t, mp.ConsumeMetrics(t.Context(), md))
		assert.Equal(t, want, metricsSink.AllMetrics()[0].ResourceMetrics().At(0).Resource().Attributes().AsRaw())

		ld := plog.NewLogs()
		own(ld.ResourceLogs().AppendEmpty().Resource())
		require.NoError(t, lp.ConsumeLogs(t.Context(), ld))
		assert.Equal(t, want, logsSink.AllLogs()[0].ResourceLogs().At(0).Resource().Attributes().AsRaw())

		pd := pprofile.NewProfiles()
		own(pd.ResourceProfiles().AppendEmpty().Resource())
		require.NoError(t, pp.ConsumeProfiles(t.Context(), pd))
		assert.Equal(t, want, profilesSink.AllProfiles()[0].ResourceProfiles().At(0).Resource().Attributes().AsRaw())

		require.NoError(t, tp.Shutdown(t.Context()))
		require.NoError(t, mp.Shutdown(t.Context()))
		require.NoError(t, lp.Shutdown(t.Context()))
		require.NoError(t, pp.Shutdown(t.Context()))
	}
}

func TestMalformedEnvironment(t *testing.T) {
	t.Setenv("OTEL_RESOURCE_ATTRIBUTES", "service.namespace=shop,nonsense")
	cfg := createDefaultConfig().(*Config)
	cfg.Detectors = []string{"env", "system"}
	cfg.System.HostnameSources = []string{"os"}
	set, logs := observed()
	var sink consumertest.TracesSink
	p, err := NewFactory().CreateTraces(t.Context(), set, cfg, &sink)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	td := ptrace.NewTraces()
	td.ResourceSpans().AppendEmpty()
	require.NoError(t, p.ConsumeTraces(t.Context(), td))
	require.NoError(t, p.Shutdown(t.Context()))

	got := sink.AllTraces()[0].ResourceSpans().At(0).Resource().Attributes().AsRaw()
	assert.Contains(t, got, "host.name")
	assert.Contains(t, got, "os.type")
	assert.NotContains(t, got, "service.namespace")
	problems := logs.FilterLevelExact(zap.WarnLevel).All()
	require.Len(t, problems, 1)
	assert.Equal(t, `env: OTEL_RESOURCE_ATTRIBUTES: pair 2, "nonsense": no "="`, problems[0].ContextMap()["error"])
}

// The provider lives until its last processor is shut down, each as often as it likes;
// then the factory makes a new one, as when a collector reloads.
func TestSharing(t *testing.T) {
	f := &factory{shared: map[*Config]*share{}}
	cfg := createDefaultConfig().(*Config)
	set, _ := observed()
	first, err := f.newProcessor(set, cfg)
	require.NoError(t, err)
	second, err := f.newProcessor(set, cfg)
	require.NoError(t, err)
	assert.Same(t, first.provider, second.provider)
	other, err := f.newProcessor(set, createDefaultConfig().(*Config))
	require.NoError(t, err)
	assert.NotSame(t, first.provider, other.provider)

	require.NoError(t, first.shutdown(t.Context()))
	require.NoError(t, first.shutdown(t.Context()))
	require.NoError(t, second.provider.background.Err(), "in use")
	require.NoError(t, second.shutdown(t.Context()))
	require.Error(t, second.provider.background.Err())

	third, err := f.newProcessor(set, cfg)
	require.NoError(t, err)
	assert.NotSame(t, first.provider, third.provider)
	require.NoError(t, third.shutdown(t.Context()))
	require.NoError(t, other.shutdown(t.Context()))
	assert.Empty(t, f.shared)
}

// For the race detector: telemetry passes while the resource is detected anew.
func TestRefreshWhileProcessing(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.Detectors = []string{"env", "system", "container"}
	cfg.System.HostnameSources = []string{"os"}
	cfg.RefreshInterval = time.Millisecond
	p, err := NewFactory().CreateTraces(t.Context(), processortest.NewNopSettings(metadata.Type), cfg, consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	var wg sync.WaitGroup
	end := time.Now().Add(50 * time.Millisecond)
	for range 4 {
		wg.Go(func() {
			for time.Now().Before(end) {
				td := ptrace.NewTraces()
				td.ResourceSpans().AppendEmpty().Resource().Attributes().PutStr("host.name", "own")
				assert.NoError(t, p.ConsumeTraces(t.Context(), td))
			}
		})
	}
	wg.Wait()
	require.NoError(t, p.Shutdown(t.Context()))
}

func TestIgnoredOptionsAreNamed(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.ignored = []string{"ec2", "tls"}
	set, logs := observed()
	f := &factory{shared: map[*Config]*share{}}
	for range 2 {
		p, err := f.newProcessor(set, cfg)
		require.NoError(t, err)
		defer func() { assert.NoError(t, p.shutdown(t.Context())) }()
	}
	require.Equal(t, 1, logs.Len())
	assert.Equal(t, []any{"ec2", "tls"}, logs.All()[0].ContextMap()["options"])
}

func TestDeprecatedType(t *testing.T) {
	set := processortest.NewNopSettings(metadata.DeprecatedType)
	p, err := NewFactory().CreateTraces(t.Context(), set, createDefaultConfig(), consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, p.Shutdown(t.Context()))
}
