package tailsamplingprocessor

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/policy"
)

// Config is the processor's configuration. It has the keys of contrib's tail sampling
// processor, and more.
type Config struct {
	// DecisionWait is how long after a trace's first span its decision is taken. With
	// span-ingest, how long a trace may stay undecided until it is given up. Default: 30s.
	DecisionWait time.Duration `mapstructure:"decision_wait"`

	// DecisionWaitAfterRootReceived takes the decision that long after the root span, if
	// that is earlier. Default: 0, off.
	DecisionWaitAfterRootReceived time.Duration `mapstructure:"decision_wait_after_root_received"`

	// WaitForOpenSpans is how much longer than decision_wait a trace waits for spans that
	// others name as their parents. Default: 0, off.
	WaitForOpenSpans time.Duration `mapstructure:"wait_for_open_spans"`

	// NumTraces is how many traces may wait. Default: 0, as many as the memory holds.
	NumTraces uint64 `mapstructure:"num_traces"`

	// MemoryLimitMiB is how much memory waiting spans may take, with all that is remembered of
	// them. Default: 0, about a quarter of the container's or the machine's.
	MemoryLimitMiB int64 `mapstructure:"memory_limit_mib"`

	// BlockOnOverflow lets senders wait where num_traces is reached, instead of deciding the
	// oldest traces early. Default: false.
	BlockOnOverflow bool `mapstructure:"block_on_overflow"`

	// ExpectedNewTracesPerSec was for sizing tables. It does nothing. Default: 0.
	ExpectedNewTracesPerSec uint64 `mapstructure:"expected_new_traces_per_sec"`

	// NumShards is among how many owners traces are divided, at most 256. Default: 0, as
	// many as Go runs at a time (GOMAXPROCS).
	NumShards int `mapstructure:"num_shards"`

	// Policies say which traces are kept. No default.
	Policies []policy.Config `mapstructure:"policies"`

	// SampleOnFirstMatch asks no more policies once one keeps the trace. Default: false.
	SampleOnFirstMatch bool `mapstructure:"sample_on_first_match"`

	// SamplingStrategy says when policies are asked: trace-complete (once, after the
	// wait) or span-ingest (of every part of a trace, as it arrives).
	// Default: trace-complete.
	SamplingStrategy SamplingStrategy `mapstructure:"sampling_strategy"`

	// DryRun forwards everything and marks it with what the decision would have been.
	// Default: false.
	DryRun bool `mapstructure:"dry_run"`

	// DecisionCache remembers decisions for spans that come after them.
	DecisionCache DecisionCacheConfig `mapstructure:"decision_cache"`

	// MaximumTraceSizeBytes is how large a trace may grow, as OTLP's protobuf, until it is
	// decided at once. Default: 0, what fills about a quarter of the memory limit.
	MaximumTraceSizeBytes uint64 `mapstructure:"maximum_trace_size_bytes"`

	// DropPendingTracesOnShutdown drops the traces that wait at shutdown, instead of
	// deciding on what is there of them. Default: false.
	DropPendingTracesOnShutdown bool `mapstructure:"drop_pending_traces_on_shutdown"`

	// MetadataKeys are those of the request's metadata by which kept spans are batched and
	// with which they go on. Default: none.
	MetadataKeys []string `mapstructure:"metadata_keys"`

	// MetadataCardinalityLimit is how many combinations of their values are told apart.
	// Default: 1000.
	MetadataCardinalityLimit uint32 `mapstructure:"metadata_cardinality_limit"`

	// TailStorage is contrib's key for an extension that holds the spans. It must not be set.
	TailStorage *component.ID `mapstructure:"tail_storage"`

	_ struct{}
}

// DecisionCacheConfig is how many decisions are remembered.
type DecisionCacheConfig struct {
	// SampledCacheSize is how many ids of kept traces. Default: 0, by the memory limit.
	SampledCacheSize int `mapstructure:"sampled_cache_size"`
	// NonSampledCacheSize is how many ids of others. Default: 0, by the memory limit.
	NonSampledCacheSize int `mapstructure:"non_sampled_cache_size"`
	_                   struct{}
}

// SamplingStrategy says when policies are asked.
type SamplingStrategy string

const (
	// TraceComplete is once, after the wait.
	TraceComplete SamplingStrategy = "trace-complete"
	// SpanIngest is of every part of a trace, as it arrives.
	SpanIngest SamplingStrategy = "span-ingest"
)

// maxShards bounds num_shards: no machine runs more of them at a time, and each has buffers.
const maxShards = 256

func createDefaultConfig() component.Config {
	return &Config{
		DecisionWait:             30 * time.Second,
		SamplingStrategy:         TraceComplete,
		MetadataCardinalityLimit: 1000,
	}
}

var _ component.Config = (*Config)(nil)

// Validate gives every mistake in the configuration, but for those that only the extensions
// can tell.
func (c *Config) Validate() error {
	var errs []error
	for _, wait := range []struct {
		key   string
		value time.Duration
	}{
		{"decision_wait", c.DecisionWait},
		{"decision_wait_after_root_received", c.DecisionWaitAfterRootReceived},
		{"wait_for_open_spans", c.WaitForOpenSpans},
	} {
		if wait.value < 0 {
			errs = append(errs, fmt.Errorf("%s: %v is negative", wait.key, wait.value))
		}
	}
	if c.MemoryLimitMiB < 0 {
		errs = append(errs, fmt.Errorf("memory_limit_mib: %d is negative", c.MemoryLimitMiB))
	}
	if c.NumShards < 0 || c.NumShards > maxShards {
		errs = append(errs, fmt.Errorf("num_shards: %d is not between 0 and %d", c.NumShards, maxShards))
	}
	if c.SamplingStrategy != TraceComplete && c.SamplingStrategy != SpanIngest {
		errs = append(errs, fmt.Errorf("sampling_strategy: %q is not %s or %s", c.SamplingStrategy, TraceComplete, SpanIngest))
	}
	if c.DecisionCache.SampledCacheSize < 0 {
		errs = append(errs, fmt.Errorf("decision_cache::sampled_cache_size: %d is negative", c.DecisionCache.SampledCacheSize))
	}
	if c.DecisionCache.NonSampledCacheSize < 0 {
		errs = append(errs, fmt.Errorf("decision_cache::non_sampled_cache_size: %d is negative", c.DecisionCache.NonSampledCacheSize))
	}
	if c.TailStorage != nil {
		errs = append(errs, errors.New("tail_storage is not supported: spans wait in memory, under memory_limit_mib"))
	}
	errs = append(errs, c.validateMetadata(), policy.Validate(c.Policies, c.SamplingStrategy == SpanIngest))
	return errors.Join(errs...)
}

func (c *Config) validateMetadata() error {
	var errs []error
	seen := map[string]bool{}
	for i, key := range c.MetadataKeys {
		lower := strings.ToLower(key)
		switch {
		case key == "":
			errs = append(errs, fmt.Errorf("metadata_keys[%d]: is empty", i))
		case seen[lower]:
			errs = append(errs, fmt.Errorf("metadata_keys[%d]: %q is there twice, upper and lower case being one", i, key))
		}
		seen[lower] = true
	}
	return errors.Join(errs...)
}
