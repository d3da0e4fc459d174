package tailsamplingprocessor

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/policy"
)

func TestConfigStruct(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
	require.ErrorContains(t, createDefaultConfig().(*Config).Validate(), "policies: there is none")
}

func load(t *testing.T, name string) *Config {
	t.Helper()
	all, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	sub, err := all.Sub(name)
	require.NoError(t, err)
	cfg := createDefaultConfig().(*Config)
	require.NoError(t, sub.Unmarshal(cfg))
	return cfg
}

func TestEveryKey(t *testing.T) {
	cfg := load(t, "tail_sampling")
	require.NoError(t, cfg.Validate())
	policies := cfg.Policies
	cfg.Policies = nil
	norms := component.MustNewIDWithName("file_storage", "norms")
	assert.Equal(t, &Config{
		DecisionWait:                  10 * time.Second,
		DecisionWaitAfterRootReceived: 2 * time.Second,
		WaitForOpenSpans:              20 * time.Second,
		NumTraces:                     20_000,
		MemoryLimitMiB:                512,
		BlockOnOverflow:               true,
		ExpectedNewTracesPerSec:       500,
		NumShards:                     4,
		SampleOnFirstMatch:            true,
		SamplingStrategy:              TraceComplete,
		DryRun:                        true,
		DecisionCache:                 DecisionCacheConfig{SampledCacheSize: 100_000, NonSampledCacheSize: 200_000},
		MaximumTraceSizeBytes:         5_000_000,
		DropPendingTracesOnShutdown:   true,
		MetadataKeys:                  []string{"x-tenant", "X-Region"},
		MetadataCardinalityLimit:      50,
		Analysis: AnalysisConfig{
			Enabled: true, MaxOperations: 5000, MaxSeries: 200, Storage: &norms, SnapshotFile: "testdata/norms",
		},
	}, cfg)

	status := func(name string, codes ...string) policy.Shared {
		return policy.Shared{Name: name, Type: policy.StatusCode, StatusCode: policy.StatusCodeConfig{StatusCodes: codes}}
	}
	want := []policy.Config{
		{Shared: policy.Shared{Name: "everything", Type: policy.AlwaysSample}},
		{Shared: policy.Shared{Name: "slow", Type: policy.Latency, Latency: policy.LatencyConfig{ThresholdMs: 500, UpperThresholdMs: 60_000}}},
		{Shared: policy.Shared{Name: "server errors", Type: policy.NumericAttribute, NumericAttribute: policy.NumericAttributeConfig{Key: "http.response.status_code", MinValue: 500, MaxValue: 599, InvertMatch: true}}},
		{Shared: policy.Shared{Name: "hashed share", Type: policy.Probabilistic, Probabilistic: policy.ProbabilisticConfig{HashSalt: "gateway", SamplingPercentage: 12.5}}},
		{Shared: policy.Shared{Name: "share", Type: policy.Probabilistic, Probabilistic: policy.ProbabilisticConfig{SamplingPercentage: 1, Mode: policy.ByRandomness}}},
		{Shared: policy.Shared{Name: "contrib's share", Type: policy.Probabilistic, Probabilistic: policy.ProbabilisticConfig{SamplingPercentage: 1, Mode: policy.ByHash}}},
		{Shared: status("errors", "ERROR", "UNSET", "OK")},
		{Shared: policy.Shared{Name: "tenants", Type: policy.StringAttribute, StringAttribute: policy.StringAttributeConfig{Key: "tenant", Values: []string{"acme", "globex"}, InvertMatch: true}}},
		{Shared: policy.Shared{Name: "api", Type: policy.StringAttribute, StringAttribute: policy.StringAttributeConfig{Key: "url.path", Values: []string{"^/api/v[12]/"}, EnabledRegexMatching: true, CacheMaxSize: 1000}}},
		{Shared: policy.Shared{Name: "some spans", Type: policy.RateLimiting, RateLimiting: policy.RateLimitingConfig{SpansPerSecond: 100, BurstCapacity: 500}}},
		{Shared: policy.Shared{Name: "some bytes", Type: policy.BytesLimiting, BytesLimiting: policy.BytesLimitingConfig{BytesPerSecond: 100_000, BurstCapacity: 500_000}}},
		{Shared: policy.Shared{Name: "middling", Type: policy.SpanCount, SpanCount: policy.SpanCountConfig{MinSpans: 3, MaxSpans: 300}}},
		{Shared: policy.Shared{Name: "vendor", Type: policy.TraceState, TraceState: policy.TraceStateConfig{Key: "vendor", Values: []string{"keep", "debug"}}}},
		{Shared: policy.Shared{Name: "flagged", Type: policy.TraceFlags}},
		{Shared: policy.Shared{Name: "beta", Type: policy.BooleanAttribute, BooleanAttribute: policy.BooleanAttributeConfig{Key: "app.beta", Value: true, InvertMatch: true}}},
		{Shared: policy.Shared{Name: "conditions", Type: policy.OTTLCondition, OTTLCondition: policy.OTTLConditionConfig{
			ErrorMode: "propagate",
			Span:      []string{`attributes["app.tier"] == "gold"`, `span.kind == SPAN_KIND_SERVER and resource.attributes["service.name"] != "ping"`, `IsRootSpan()`},
			SpanEvent: []string{`name == "exception"`, `spanevent.attributes["exception.type"] != nil`},
		}}},
		{Shared: policy.Shared{Name: "slow errors", Type: policy.And}, And: policy.AndConfig{SubPolicies: []policy.AndSubConfig{
			{Shared: status("an error", "ERROR")},
			{Shared: policy.Shared{Name: "not quick", Type: policy.Not}, Not: policy.NotConfig{SubPolicy: policy.NotSubConfig{
				Shared: policy.Shared{Name: "quick", Type: policy.Latency, Latency: policy.LatencyConfig{ThresholdMs: 1, UpperThresholdMs: 100}},
			}}},
		}}},
		{Shared: policy.Shared{Name: "long", Type: policy.Not}, Not: policy.NotConfig{SubPolicy: policy.NotSubConfig{
			Shared: policy.Shared{Name: "short", Type: policy.SpanCount, SpanCount: policy.SpanCountConfig{MinSpans: 1, MaxSpans: 2}},
		}}},
		{Shared: policy.Shared{Name: "probes", Type: policy.Drop}, Drop: policy.DropConfig{SubPolicies: []policy.AndSubConfig{
			{Shared: policy.Shared{Name: "health", Type: policy.StringAttribute, StringAttribute: policy.StringAttributeConfig{Key: "url.path", Values: []string{`\/health`, `\/metrics`}, EnabledRegexMatching: true}}},
			{Shared: policy.Shared{Name: "no errors", Type: policy.Not}, Not: policy.NotConfig{SubPolicy: policy.NotSubConfig{Shared: status("errors", "ERROR")}}},
		}}},
		{Shared: policy.Shared{Name: "shared out", Type: policy.Composite}, Composite: policy.CompositeConfig{
			MaxTotalSpansPerSecond: 1000,
			PolicyOrder:            []string{"rest", "gold"},
			SubPolicies: []policy.CompositeSubConfig{
				{Shared: policy.Shared{Name: "gold", Type: policy.And}, And: policy.AndConfig{SubPolicies: []policy.AndSubConfig{
					{Shared: policy.Shared{Name: "tier", Type: policy.StringAttribute, StringAttribute: policy.StringAttributeConfig{Key: "app.tier", Values: []string{"gold"}}}},
				}}},
				{Shared: policy.Shared{Name: "rest", Type: policy.AlwaysSample}},
			},
			RateAllocation: []policy.RateAllocationConfig{{Policy: "gold", Percent: 75}, {Policy: "rest", Percent: 25}},
		}},
		{Shared: policy.Shared{Name: "an extension's", Type: "acme_sampler/vip", Extension: map[string]map[string]any{"acme_sampler/vip": {"level": 3}}}},
	}
	require.Len(t, policies, len(want))
	for i := range want {
		if i < len(want)-1 {
			assert.Empty(t, policies[i].Extension, "a block of %q went astray", policies[i].Name)
			policies[i].Extension = nil
		}
		assert.Equal(t, want[i], policies[i])
	}
}

func TestOtherConfigurations(t *testing.T) {
	require.NoError(t, load(t, "tail_sampling/contrib").Validate())
	require.NoError(t, load(t, "tail_sampling/ingest").Validate())
}

func TestUnknownKey(t *testing.T) {
	conf := confmap.NewFromStringMap(map[string]any{"decision_weight": "1s"})
	require.ErrorContains(t, conf.Unmarshal(createDefaultConfig()), "decision_weight")
	mode := confmap.NewFromStringMap(map[string]any{"policies": []any{map[string]any{"ottl_condition": map[string]any{"error_mode": "shout"}}}})
	require.ErrorContains(t, mode.Unmarshal(createDefaultConfig()), "unknown error mode shout")
}

func TestValidate(t *testing.T) {
	for want, change := range map[string]func(*Config){
		`decision_wait: -1s is negative`:                                  func(c *Config) { c.DecisionWait = -time.Second },
		`decision_wait_after_root_received: -1ns is negative`:             func(c *Config) { c.DecisionWaitAfterRootReceived = -1 },
		`wait_for_open_spans: -1ns is negative`:                           func(c *Config) { c.WaitForOpenSpans = -1 },
		`memory_limit_mib: -5 is negative`:                                func(c *Config) { c.MemoryLimitMiB = -5 },
		`num_shards: 257 is not between 0 and 256`:                        func(c *Config) { c.NumShards = 257 },
		`num_shards: -1 is not between 0 and 256`:                         func(c *Config) { c.NumShards = -1 },
		`sampling_strategy: "later" is not trace-complete or span-ingest`: func(c *Config) { c.SamplingStrategy = "later" },
		`decision_cache::sampled_cache_size: -1 is negative`:              func(c *Config) { c.DecisionCache.SampledCacheSize = -1 },
		`decision_cache::non_sampled_cache_size: -2 is negative`:          func(c *Config) { c.DecisionCache.NonSampledCacheSize = -2 },
		`tail_storage is not supported: spans wait in memory, under memory_limit_mib`: func(c *Config) {
			c.TailStorage = &component.ID{}
		},
		`metadata_keys[1]: "X-tenant" is there twice`:               func(c *Config) { c.MetadataKeys = []string{"x-Tenant", "X-tenant"} },
		`analysis::max_operations: -1 is not between 0 and 1000000`: func(c *Config) { c.Analysis.MaxOperations = -1 },
		`analysis::max_series: 1999 is not between 0 and 1998`:      func(c *Config) { c.Analysis.MaxSeries = 1999 },
		`metadata_keys[0]: is empty`:                                func(c *Config) { c.MetadataKeys = []string{""} },
		`policies[0] "slow": latency depends on earlier traces or on spans to come`: func(c *Config) {
			c.SamplingStrategy = SpanIngest
			c.Policies[0].Name, c.Policies[0].Type, c.Policies[0].Latency.UpperThresholdMs = "slow", policy.Latency, 5
		},
	} {
		t.Run(want, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			cfg.Policies = []policy.Config{{Shared: policy.Shared{Name: "all", Type: policy.AlwaysSample}}}
			require.NoError(t, cfg.Validate())
			change(cfg)
			require.ErrorContains(t, cfg.Validate(), want)
		})
	}
	err := (&Config{DecisionWait: -1, NumShards: -1}).Validate()
	for _, want := range []string{"decision_wait: ", "num_shards: ", "sampling_strategy: ", "policies: "} {
		require.ErrorContains(t, err, want)
	}
}
