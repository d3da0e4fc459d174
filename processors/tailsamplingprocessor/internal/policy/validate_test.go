package policy

import (
	"math"
	"strings"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func one(change func(*Config)) []Config {
	c := Config{Shared: Shared{Name: "x", Type: AlwaysSample}}
	change(&c)
	return []Config{c}
}

func typed(t Type, change func(*Shared)) []Config {
	return one(func(c *Config) { c.Type = t; change(&c.Shared) })
}

func TestValidate(t *testing.T) {
	always := Shared{Name: "a", Type: AlwaysSample}
	sub := CompositeSubConfig{Shared: always}
	for name, c := range map[string]struct {
		cfgs []Config
		want string
	}{
		"none":          {nil, `policies: there is none`},
		"no name":       {one(func(c *Config) { c.Name = "" }), `policies[0]: name is empty`},
		"no type":       {typed("", func(*Shared) {}), `policies[0] "x": type is empty`},
		"no id":         {typed("Is This One?", func(*Shared) {}), `policies[0] "x": type "Is This One?" is unknown, and no extension's id`},
		"upper":         {typed(Latency, func(s *Shared) { s.Latency = LatencyConfig{ThresholdMs: 5, UpperThresholdMs: 5} }), `policies[0] "x": latency: upper_threshold_ms must be above threshold_ms`},
		"unset range":   {typed(NumericAttribute, func(s *Shared) { s.NumericAttribute.Key = "k" }), `numeric_attribute: min_value or max_value must be set`},
		"empty range":   {typed(NumericAttribute, func(s *Shared) { s.NumericAttribute = NumericAttributeConfig{Key: "k", MinValue: 2, MaxValue: 1} }), `max_value must not be below min_value`},
		"key":           {typed(NumericAttribute, func(s *Shared) { s.NumericAttribute.MinValue = 2 }), `numeric_attribute: key is empty`},
		"key of text":   {typed(StringAttribute, func(*Shared) {}), `string_attribute: key is empty`},
		"key of truth":  {typed(BooleanAttribute, func(*Shared) {}), `boolean_attribute: key is empty`},
		"key of state":  {typed(TraceState, func(*Shared) {}), `trace_state: key is empty`},
		"percentage":    {typed(Probabilistic, func(s *Shared) { s.Probabilistic.SamplingPercentage = -1 }), `probabilistic: sampling_percentage: -1 is not a percentage`},
		"no number":     {typed(Probabilistic, func(s *Shared) { s.Probabilistic.SamplingPercentage = math.NaN() }), `sampling_percentage: NaN is not a percentage`},
		"mode":          {typed(Probabilistic, func(s *Shared) { s.Probabilistic.Mode = "dice" }), `probabilistic: mode: "dice" is not hash_salt or randomness`},
		"mode and salt": {typed(Probabilistic, func(s *Shared) { s.Probabilistic = ProbabilisticConfig{Mode: ByRandomness, HashSalt: "s"} }), `mode: randomness takes no hash_salt`},
		"no status":     {typed(StatusCode, func(*Shared) {}), `status_code: status_codes is empty`},
		"status":        {typed(StatusCode, func(s *Shared) { s.StatusCode.StatusCodes = []string{"OK", "error"} }), `status_codes[1]: "error" is not OK, ERROR or UNSET`},
		"expression": {typed(StringAttribute, func(s *Shared) {
			s.StringAttribute = StringAttributeConfig{Key: "k", Values: []string{"a", "("}, EnabledRegexMatching: true}
		}), `string_attribute: values[1]: error parsing regexp`},
		"spans":        {typed(RateLimiting, func(s *Shared) { s.RateLimiting.SpansPerSecond = -1 }), `rate_limiting: spans_per_second: -1 is negative`},
		"bytes":        {typed(BytesLimiting, func(s *Shared) { s.BytesLimiting.BytesPerSecond = -1 }), `bytes_limiting: bytes_per_second: -1 is negative`},
		"count":        {typed(SpanCount, func(s *Shared) { s.SpanCount = SpanCountConfig{MinSpans: 3, MaxSpans: 2} }), `span_count: max_spans must not be below min_spans`},
		"no condition": {typed(OTTLCondition, func(*Shared) {}), `ottl_condition: span and spanevent are empty`},
		"condition":    {typed(OTTLCondition, func(s *Shared) { s.OTTLCondition.Span = []string{"name =="} }), `ottl_condition: span: `},
		"event":        {typed(OTTLCondition, func(s *Shared) { s.OTTLCondition.SpanEvent = []string{"metric.name == \"a\""} }), `ottl_condition: spanevent: `},
		"error mode":   {typed(OTTLCondition, func(s *Shared) { s.OTTLCondition.Span, s.OTTLCondition.ErrorMode = []string{"true"}, "panic" }), `error_mode: "panic" is not ignore, silent or propagate`},
		"no and":       {one(func(c *Config) { c.Type = And }), `and: and_sub_policy: is empty`},
		"no drop":      {one(func(c *Config) { c.Type = Drop }), `drop: drop_sub_policy: is empty`},
		"no not":       {one(func(c *Config) { c.Type = Not }), `not: not_sub_policy "": type is empty`},
		"no composite": {one(func(c *Config) { c.Type = Composite }), `composite: composite_sub_policy is empty`},
		"and in and": {one(func(c *Config) {
			c.Type, c.And.SubPolicies = And, []AndSubConfig{{Shared: Shared{Name: "y", Type: And}}}
		}), `policies[0] "x": and: and_sub_policy[0] "y": type and cannot stand here`},
		"and in not in and": {one(func(c *Config) {
			c.Type, c.And.SubPolicies = And, []AndSubConfig{{Shared: Shared{Name: "y", Type: Not}, Not: NotConfig{SubPolicy: NotSubConfig{Shared{Name: "z", Type: StatusCode}}}}}
		}), `policies[0] "x": and: and_sub_policy[0] "y": not: not_sub_policy "z": status_code: status_codes is empty`},
		"not in composite": {one(func(c *Config) {
			c.Type, c.Composite.SubPolicies = Composite, []CompositeSubConfig{{Shared: Shared{Name: "y", Type: Not}}}
		}), `composite: composite_sub_policy[0] "y": type not cannot stand here`},
		"order": {one(func(c *Config) {
			c.Type, c.Composite = Composite, CompositeConfig{SubPolicies: []CompositeSubConfig{sub}, PolicyOrder: []string{"a", "b"}}
		}), `composite: policy_order[1]: "b" is none of composite_sub_policy`},
		"allocation": {one(func(c *Config) {
			c.Type, c.Composite = Composite, CompositeConfig{SubPolicies: []CompositeSubConfig{sub}, RateAllocation: []RateAllocationConfig{{Policy: "b"}}}
		}), `composite: rate_allocation[0]: "b" is none of composite_sub_policy`},
		"more than all": {one(func(c *Config) {
			c.Type, c.Composite = Composite, CompositeConfig{SubPolicies: []CompositeSubConfig{sub}, RateAllocation: []RateAllocationConfig{{Policy: "a", Percent: 60}, {Policy: "a", Percent: 50}}}
		}), `composite: rate_allocation: the percentages are more than 100 together`},
		"total": {one(func(c *Config) {
			c.Type, c.Composite = Composite, CompositeConfig{SubPolicies: []CompositeSubConfig{sub}, MaxTotalSpansPerSecond: -1}
		}), `composite: max_total_spans_per_second: -1 is negative`},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorContains(t, Validate(c.cfgs, false), c.want)
			_, err := New(c.cfgs, Settings{})
			assert.Error(t, err)
		})
	}
}

func TestValidateGivesEveryMistake(t *testing.T) {
	cfgs := append(typed(StatusCode, func(*Shared) {}), typed(Latency, func(s *Shared) { s.Latency.UpperThresholdMs = -1 })...)
	err := Validate(cfgs, true)
	for _, want := range []string{
		`policies[0] "x": status_code: status_codes is empty`,
		`policies[1] "x": policies[0] has the same name`,
		`policies[1] "x": latency: upper_threshold_ms must be above threshold_ms`,
	} {
		assert.ErrorContains(t, err, want)
	}
	assert.Len(t, strings.Split(err.Error(), "\n"), 3)
}

// What contrib takes and does something sensible with is taken.
func TestValidateTakesWhatContribTakes(t *testing.T) {
	for _, cfgs := range [][]Config{
		typed(RateLimiting, func(s *Shared) { s.RateLimiting.BurstCapacity = -1 }),
		typed(BytesLimiting, func(*Shared) {}),
		typed(Probabilistic, func(s *Shared) { s.Probabilistic.SamplingPercentage = 1000 }),
		typed(SpanCount, func(s *Shared) { s.SpanCount.MinSpans = -1 }),
		typed(Latency, func(s *Shared) { s.Latency.ThresholdMs = -1 }),
		typed(StringAttribute, func(s *Shared) {
			s.StringAttribute = StringAttributeConfig{Key: "k", InvertMatch: true, CacheMaxSize: -1}
		}),
		one(func(c *Config) {
			c.Type, c.Composite = Composite, CompositeConfig{SubPolicies: []CompositeSubConfig{{}, {}}, RateAllocation: []RateAllocationConfig{{Percent: -1}}}
			c.Composite.SubPolicies[0].Type, c.Composite.SubPolicies[1].Type = AlwaysSample, AlwaysSample
		}),
	} {
		assert.NoError(t, Validate(cfgs, false))
	}
}

func TestStateful(t *testing.T) {
	want := `policies[0] "x": latency depends on earlier traces or on spans to come, which sampling_strategy span-ingest does not allow`
	assert.ErrorContains(t, Validate(typed(Latency, func(s *Shared) { s.Latency.UpperThresholdMs = 1 }), true), want)
	for name, c := range map[string]struct {
		cfg  Config
		want bool
	}{
		"rate":              {allOf(spansPerSecond(1)), true},
		"count":             {typed(SpanCount, func(s *Shared) { s.SpanCount.MaxSpans = 1 })[0], true},
		"share":             {allOf(prob(1, "")), false},
		"latency":           {typed(Latency, func(*Shared) {})[0], false},
		"composite":         {sharing(1, []int64{1}, onError), false},
		"rate in composite": {sharing(1, []int64{1}, spansPerSecond(1)), true},
	} {
		set, err := New([]Config{c.cfg}, Settings{})
		require.NoError(t, err)
		assert.Equal(t, c.want, set.Stateless() != nil, name)
		assert.Equal(t, c.want, Validate([]Config{c.cfg}, true) != nil, name)
	}
}

func TestTypesThatMayBeExtensions(t *testing.T) {
	cfgs := typed("acme/vip", func(s *Shared) { s.Extension = map[string]map[string]any{"acme/vip": {"level": 3}} })
	require.NoError(t, Validate(cfgs, true))
	_, err := New(cfgs, Settings{Extensions: map[string]samplingpolicy.Extension{"acme": nil}})
	require.ErrorContains(t, err, `policies[0] "x": type "acme/vip" is unknown, and there is no extension of that id that makes policies`)
}
