package tailsamplingprocessor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/policy"
	"github.com/koine-otel/koine/spans/bottleneck"
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

	// TotalBudget is what all policies together may keep: one of spans_per_second,
	// bytes_per_second and fraction. Default: none, no bound.
	TotalBudget bottleneck.Budget `mapstructure:"total_budget"`

	// Analysis learns what is normal and finds in each trace where its time went.
	Analysis AnalysisConfig `mapstructure:"analysis"`

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

// AnalysisConfig is how traces are analysed. Policies of type bottleneck need it.
type AnalysisConfig struct {
	// Enabled analyses traces although no policy is of type bottleneck: what is kept says where
	// its time went. Default: false.
	Enabled bool `mapstructure:"enabled"`
	// MaxOperations is how many operations are known apart, and how many calls between them; for
	// others their service's count. Default: 0, what an eighth of the memory limit holds, at
	// most 100,000.
	MaxOperations int `mapstructure:"max_operations"`
	// MaxSeries is how many series each of the metrics by operation has at the most, of 1,998 that
	// all processors of the process have together, as the collector's metrics have no more. An
	// operation takes two, for normal traces and slow ones; a quarter is for the others of services
	// with more, summed up under koine.operation=other. An operation that was not seen for an
	// hour makes room for another, as long as there are any of the 1,998 left: what it had counted
	// stays. 0 turns these metrics off. Default: 1000, for 375 operations and the others of 124
	// services.
	MaxSeries int `mapstructure:"max_series"`
	// Storage is an extension that stores, as file_storage does. What is normal is read from it at
	// the start, and kept in it every 5 minutes and at the end, about 150 bytes an operation.
	// Where the processor is in several pipelines each has a key of its own.
	// Default: none, a restart learns anew.
	Storage *component.ID `mapstructure:"storage"`
	// SnapshotFile is a file with what is normal. Without storage it is read at the start, if it
	// is there, and replaced every 5 minutes and at the end: copied to another collector it makes
	// that know the same. Where it cannot be written, that is warned of once and it is only read.
	// Where the processor is in several pipelines the second has a file with .2 appended, and so on.
	// With storage it is only read, where the storage has nothing yet, and must be there.
	// A file, or what is stored, that is damaged or of a newer version is warned of and not
	// used. Default: none.
	SnapshotFile string `mapstructure:"snapshot_file"`
	_            struct{}
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

// mostOperations bounds analysis::max_operations: some 640 MB.
const mostOperations = 1_000_000

// maxShards bounds num_shards: no machine runs more of them at a time, and each has buffers.
const maxShards = 256

func createDefaultConfig() component.Config {
	return &Config{
		DecisionWait:             30 * time.Second,
		SamplingStrategy:         TraceComplete,
		MetadataCardinalityLimit: 1000,
		Analysis:                 AnalysisConfig{MaxSeries: defaultSeries},
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
	errs = append(errs, c.validateAnalysis())
	if !c.TotalBudget.IsZero() {
		if err := c.TotalBudget.Check(); err != nil {
			errs = append(errs, fmt.Errorf("total_budget: %w", err))
		}
	}
	if c.TailStorage != nil {
		errs = append(errs, errors.New("tail_storage is not supported: spans wait in memory, under memory_limit_mib"))
	}
	errs = append(errs, c.validateMetadata(), policy.Validate(c.Policies, c.SamplingStrategy == SpanIngest))
	return errors.Join(errs...)
}

func (c *Config) validateAnalysis() error {
	var errs []error
	if n := c.Analysis.MaxOperations; n < 0 || n > mostOperations {
		errs = append(errs, fmt.Errorf("analysis::max_operations: %d is not between 0 and %d", n, mostOperations))
	}
	if n := c.Analysis.MaxSeries; n < 0 || n > mostSeries {
		errs = append(errs, fmt.Errorf("analysis::max_series: %d is not between 0 and %d", n, mostSeries))
	}
	if c.Analysis.Enabled && c.SamplingStrategy == SpanIngest {
		errs = append(errs, errors.New("analysis::enabled: sampling_strategy span-ingest decides before a trace is whole"))
	}
	if wait := c.DecisionWait + c.WaitForOpenSpans; c.analyzes() && wait > longestAnalyzed {
		errs = append(errs, fmt.Errorf("decision_wait and wait_for_open_spans: together %v is more than the %v for which operations are remembered that are not seen", wait, longestAnalyzed))
	}
	return errors.Join(errs...)
}

// longestAnalyzed is how long traces may wait whose operations have numbers: a number may be
// another's after 10 minutes.
const longestAnalyzed = 8 * time.Minute

func (c *Config) analyzes() bool {
	return c.Analysis.Enabled || slices.ContainsFunc(c.Policies, func(p policy.Config) bool { return p.LooksForBottlenecks() })
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
