package policy

import "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"

// Config is one of the processor's policies. Its keys are those of contrib's tail sampling
// processor, and bottleneck.
type Config struct {
	Shared `mapstructure:",squash"`

	// Composite shares out a rate among policies. For type composite.
	Composite CompositeConfig `mapstructure:"composite"`
	// And keeps what all of its policies keep. For type and.
	And AndConfig `mapstructure:"and"`
	// Not keeps what its policy does not. For type not.
	Not NotConfig `mapstructure:"not"`
	// Drop drops what all of its policies keep, whatever other policies say. For type drop.
	Drop DropConfig `mapstructure:"drop"`
}

// Shared is what a policy has wherever it stands: its name, its type, and a block for each
// type, of which only the one named by type counts.
type Shared struct {
	// Name tells the policy in metrics and on spans. No default; those of the list differ.
	Name string `mapstructure:"name"`
	// Type is a policy's word, or the id of an extension that makes policies. No default.
	Type Type `mapstructure:"type"`

	Latency          LatencyConfig          `mapstructure:"latency"`
	NumericAttribute NumericAttributeConfig `mapstructure:"numeric_attribute"`
	Probabilistic    ProbabilisticConfig    `mapstructure:"probabilistic"`
	StatusCode       StatusCodeConfig       `mapstructure:"status_code"`
	StringAttribute  StringAttributeConfig  `mapstructure:"string_attribute"`
	RateLimiting     RateLimitingConfig     `mapstructure:"rate_limiting"`
	BytesLimiting    BytesLimitingConfig    `mapstructure:"bytes_limiting"`
	SpanCount        SpanCountConfig        `mapstructure:"span_count"`
	TraceState       TraceStateConfig       `mapstructure:"trace_state"`
	BooleanAttribute BooleanAttributeConfig `mapstructure:"boolean_attribute"`
	OTTLCondition    OTTLConditionConfig    `mapstructure:"ottl_condition"`
	Bottleneck       BottleneckConfig       `mapstructure:"bottleneck"`

	// Extension holds the blocks of extensions, by their id.
	Extension map[string]map[string]any `mapstructure:",remain"`
}

// Type says which kind of policy it is.
type Type string

// The types that come with the processor. Another one is an extension's id.
const (
	AlwaysSample     Type = "always_sample"
	Latency          Type = "latency"
	NumericAttribute Type = "numeric_attribute"
	Probabilistic    Type = "probabilistic"
	StatusCode       Type = "status_code"
	StringAttribute  Type = "string_attribute"
	RateLimiting     Type = "rate_limiting"
	BytesLimiting    Type = "bytes_limiting"
	SpanCount        Type = "span_count"
	TraceState       Type = "trace_state"
	TraceFlags       Type = "trace_flags"
	BooleanAttribute Type = "boolean_attribute"
	OTTLCondition    Type = "ottl_condition"
	Bottleneck       Type = "bottleneck"
	Composite        Type = "composite"
	And              Type = "and"
	Not              Type = "not"
	Drop             Type = "drop"
)

// CompositeSubConfig is a policy within a composite one.
type CompositeSubConfig struct {
	Shared `mapstructure:",squash"`

	And AndConfig `mapstructure:"and"`
}

// AndSubConfig is a policy within an and or a drop policy.
type AndSubConfig struct {
	Shared `mapstructure:",squash"`

	Not NotConfig `mapstructure:"not"`
}

// NotSubConfig is the policy within a not policy.
type NotSubConfig struct {
	Shared `mapstructure:",squash"`
}

// CompositeConfig shares out a rate: a trace belongs to the first sub policy that keeps it,
// and is kept if that one's share of the second is not used up.
type CompositeConfig struct {
	// MaxTotalSpansPerSecond is the rate that percentages are of. Default: 0, nothing.
	MaxTotalSpansPerSecond int64 `mapstructure:"max_total_spans_per_second"`
	// PolicyOrder names sub policies in the order in which they are asked; those it does
	// not name follow as they are listed. Default: as they are listed.
	PolicyOrder []string `mapstructure:"policy_order"`
	// SubPolicies are the sub policies. No default.
	SubPolicies []CompositeSubConfig `mapstructure:"composite_sub_policy"`
	// RateAllocation gives sub policies their shares. One that it leaves out gets nothing.
	RateAllocation []RateAllocationConfig `mapstructure:"rate_allocation"`
}

// RateAllocationConfig is the share of a sub policy.
type RateAllocationConfig struct {
	// Policy is the sub policy's name.
	Policy string `mapstructure:"policy"`
	// Percent is its share of max_total_spans_per_second. Default: 0, an equal share.
	Percent int64 `mapstructure:"percent"`
	_       struct{}
}

// AndConfig keeps a trace that all of its sub policies keep.
type AndConfig struct {
	// SubPolicies are asked in order, until one says no. No default.
	SubPolicies []AndSubConfig `mapstructure:"and_sub_policy"`
	_           struct{}
}

// NotConfig keeps a trace that its sub policy does not.
type NotConfig struct {
	// SubPolicy is what is turned round. No default.
	SubPolicy NotSubConfig `mapstructure:"not_sub_policy"`
}

// DropConfig drops a trace that all of its sub policies keep.
type DropConfig struct {
	// SubPolicies are asked in order, until one says no. No default.
	SubPolicies []AndSubConfig `mapstructure:"drop_sub_policy"`
	_           struct{}
}

// LatencyConfig keeps traces by their duration, from the earliest start to the latest end.
type LatencyConfig struct {
	// ThresholdMs is what a kept trace is longer than, in milliseconds. Default: 0.
	ThresholdMs int64 `mapstructure:"threshold_ms"`
	// UpperThresholdMs is what it is not longer than. Default: 0, no bound.
	UpperThresholdMs int64 `mapstructure:"upper_threshold_ms"`
	_                struct{}
}

// NumericAttributeConfig keeps traces that have an integer in a range on a span or a resource.
type NumericAttributeConfig struct {
	// Key is the attribute's name. No default.
	Key string `mapstructure:"key"`
	// MinValue is the range's first. Default: 0, no bound.
	MinValue int64 `mapstructure:"min_value"`
	// MaxValue is the range's last. Default: 0, no bound.
	MaxValue int64 `mapstructure:"max_value"`
	// InvertMatch keeps the traces without such an integer instead. Default: false.
	InvertMatch bool `mapstructure:"invert_match"`
}

// ProbabilisticConfig keeps a share of traces.
type ProbabilisticConfig struct {
	// HashSalt tells the samplings of collectors behind each other apart. Default: empty,
	// which mode hash_salt takes for contrib's own.
	HashSalt string `mapstructure:"hash_salt"`
	// SamplingPercentage is the share of what arrives, all from 100 on. Default: 0, none.
	SamplingPercentage float64 `mapstructure:"sampling_percentage"`
	// Mode says what decides: randomness (the tracestate's rv, else the trace id, as
	// OpenTelemetry's samplers do) or hash_salt (a hash of salt and trace id, as contrib
	// does). Default: hash_salt where one is set, else randomness.
	Mode Mode `mapstructure:"mode"`
	_    struct{}
}

// Mode says what a probabilistic policy decides by.
type Mode string

const (
	// ByHash is contrib's: a hash of salt and trace id.
	ByHash Mode = "hash_salt"
	// ByRandomness is OpenTelemetry's: the trace's randomness.
	ByRandomness Mode = "randomness"
)

// mode is the one that counts.
func (c *ProbabilisticConfig) mode() Mode {
	switch {
	case c.Mode != "":
		return c.Mode
	case c.HashSalt != "":
		return ByHash
	}
	return ByRandomness
}

// StatusCodeConfig keeps traces with a span of some status.
type StatusCodeConfig struct {
	// StatusCodes are of OK, ERROR and UNSET. No default.
	StatusCodes []string `mapstructure:"status_codes"`
	_           struct{}
}

// StringAttributeConfig keeps traces that have a text on a span or a resource.
type StringAttributeConfig struct {
	// Key is the attribute's name. No default.
	Key string `mapstructure:"key"`
	// Values are the texts, or regular expressions that match a part of them.
	Values []string `mapstructure:"values"`
	// EnabledRegexMatching takes values for regular expressions. Default: false.
	EnabledRegexMatching bool `mapstructure:"enabled_regex_matching"`
	// CacheMaxSize is for how many texts it is kept whether an expression matches them.
	// Default: 0, which is 128.
	CacheMaxSize int `mapstructure:"cache_max_size"`
	// InvertMatch keeps the traces without such a text instead. Default: false.
	InvertMatch bool `mapstructure:"invert_match"`
}

// RateLimitingConfig keeps traces up to a rate of spans.
type RateLimitingConfig struct {
	// SpansPerSecond is the rate. Default: 0, none.
	SpansPerSecond int64 `mapstructure:"spans_per_second"`
	// BurstCapacity is how many spans may be kept at once. A trace with more is not kept.
	// Default: 0, which is 2 × spans_per_second.
	BurstCapacity int64 `mapstructure:"burst_capacity"`
	_             struct{}
}

// BytesLimitingConfig keeps traces up to a rate of bytes, as OTLP's protobuf.
type BytesLimitingConfig struct {
	// BytesPerSecond is the rate. Default: 0, none.
	BytesPerSecond int64 `mapstructure:"bytes_per_second"`
	// BurstCapacity is how many bytes may be kept at once. A trace with more is not kept.
	// Default: 0, which is 2 × bytes_per_second.
	BurstCapacity int64 `mapstructure:"burst_capacity"`
}

// SpanCountConfig keeps traces by how many spans they have.
type SpanCountConfig struct {
	// MinSpans is the least. Default: 0.
	MinSpans int32 `mapstructure:"min_spans"`
	// MaxSpans is the most. Default: 0, no bound.
	MaxSpans int32 `mapstructure:"max_spans"`
	_        struct{}
}

// TraceStateConfig keeps traces with a span whose tracestate has a value.
type TraceStateConfig struct {
	// Key is the tracestate's. No default.
	Key string `mapstructure:"key"`
	// Values are those to be kept.
	Values []string `mapstructure:"values"`
}

// BooleanAttributeConfig keeps traces that have a truth value on a span or a resource.
type BooleanAttributeConfig struct {
	// Key is the attribute's name. No default.
	Key string `mapstructure:"key"`
	// Value is what it is to be. Default: false.
	Value bool `mapstructure:"value"`
	// InvertMatch keeps the traces without that value instead. Default: false.
	InvertMatch bool `mapstructure:"invert_match"`
}

// OTTLConditionConfig keeps traces with a span or an event that meets a condition.
type OTTLConditionConfig struct {
	// ErrorMode says what an error does: ignore (log it, go on), silent (go on) or propagate
	// (the policy fails for the trace). Default: silent.
	ErrorMode ottl.ErrorMode `mapstructure:"error_mode"`
	// Span are conditions on spans, of which one is to be met.
	Span []string `mapstructure:"span"`
	// SpanEvent are conditions on the events of spans.
	SpanEvent []string `mapstructure:"spanevent"`
	_         struct{}
}
