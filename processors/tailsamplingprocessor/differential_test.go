package tailsamplingprocessor

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	contrib "github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
	"github.com/stretchr/testify/assert"
)

// likeContrib are policies that must decide as contrib's do.
var likeContrib = []string{
	`{name: p, type: always_sample}`,
	`{name: p, type: latency, latency: {threshold_ms: 400}}`,
	`{name: p, type: latency, latency: {threshold_ms: 0}}`,
	`{name: p, type: numeric_attribute, numeric_attribute: {key: k0, min_value: 5, max_value: 20}}`,
	`{name: p, type: numeric_attribute, numeric_attribute: {key: k0, min_value: 25}}`,
	`{name: p, type: numeric_attribute, numeric_attribute: {key: k1, max_value: -5}}`,
	`{name: p, type: numeric_attribute, numeric_attribute: {key: k2, min_value: 1, max_value: 3, invert_match: true}}`,
	`{name: p, type: probabilistic, probabilistic: {sampling_percentage: 30, hash_salt: some}}`,
	`{name: p, type: probabilistic, probabilistic: {sampling_percentage: 50, mode: hash_salt}}`,
	`{name: p, type: probabilistic, probabilistic: {sampling_percentage: 100, mode: hash_salt}}`,
	`{name: p, type: probabilistic, probabilistic: {sampling_percentage: 0, mode: hash_salt}}`,
	`{name: p, type: status_code, status_code: {status_codes: [ERROR]}}`,
	`{name: p, type: status_code, status_code: {status_codes: [OK, UNSET]}}`,
	`{name: p, type: string_attribute, string_attribute: {key: k1, values: [a, abc]}}`,
	`{name: p, type: string_attribute, string_attribute: {key: k1, values: ["", abc]}}`,
	`{name: p, type: string_attribute, string_attribute: {key: k1, values: ["^a", "l.e$"], enabled_regex_matching: true, cache_max_size: 2}}`,
	`{name: p, type: string_attribute, string_attribute: {key: k3, values: ["^$"], enabled_regex_matching: true}}`,
	`{name: p, type: string_attribute, string_attribute: {key: k1, values: [a, abc], invert_match: true}}`,
	`{name: p, type: string_attribute, string_attribute: {key: k1, values: ["^$", b], enabled_regex_matching: true, invert_match: true}}`,
	`{name: p, type: rate_limiting, rate_limiting: {spans_per_second: 100000}}`,
	`{name: p, type: bytes_limiting, bytes_limiting: {bytes_per_second: 100000000}}`,
	`{name: p, type: span_count, span_count: {min_spans: 4}}`,
	`{name: p, type: span_count, span_count: {min_spans: 2, max_spans: 5}}`,
	`{name: p, type: trace_state, trace_state: {key: vendor, values: [a, b]}}`,
	`{name: p, type: boolean_attribute, boolean_attribute: {key: k2, value: true}}`,
	`{name: p, type: boolean_attribute, boolean_attribute: {key: k2, value: false}}`,
	`{name: p, type: boolean_attribute, boolean_attribute: {key: k2, value: false, invert_match: true}}`,
	`{name: p, type: trace_flags}`,
	`{name: p, type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['attributes["k0"] == "a"', 'name == "op3"']}}`,
	`{name: p, type: ottl_condition, ottl_condition: {error_mode: ignore, span: ['span.attributes["k0"] == 3'], spanevent: ['name == "exception" and attributes["k1"] != nil']}}`,
	`{name: p, type: ottl_condition, ottl_condition: {error_mode: propagate, span: ['IsRootSpan() and resource.attributes["k0"] != nil', 'Substring(attributes["k1"], 0, 1) == "v"']}}`,
	`{name: p, type: and, and: {and_sub_policy: [{name: x, type: latency, latency: {threshold_ms: 300}}, {name: y, type: string_attribute, string_attribute: {key: k1, values: [a, b]}}, {name: z, type: not, not: {not_sub_policy: {name: w, type: status_code, status_code: {status_codes: [OK]}}}}]}}`,
	`{name: p, type: not, not: {not_sub_policy: {name: x, type: status_code, status_code: {status_codes: [ERROR]}}}}`,
	`{name: p, type: not, not: {not_sub_policy: {name: x, type: string_attribute, string_attribute: {key: k0, values: [a], invert_match: true}}}}`,
	`{name: p, type: drop, drop: {drop_sub_policy: [{name: x, type: status_code, status_code: {status_codes: [ERROR]}}, {name: y, type: numeric_attribute, numeric_attribute: {key: k0, min_value: 1}}]}}, {name: q, type: always_sample}`,
	`{name: q, type: latency, latency: {threshold_ms: 500}}, {name: p, type: drop, drop: {drop_sub_policy: [{name: x, type: not, not: {not_sub_policy: {name: w, type: boolean_attribute, boolean_attribute: {key: k1, value: true}}}}]}}`,
	`{name: p, type: composite, composite: {max_total_spans_per_second: 1000000, policy_order: [x, y], composite_sub_policy: [{name: x, type: numeric_attribute, numeric_attribute: {key: k0, min_value: 1}}, {name: y, type: status_code, status_code: {status_codes: [ERROR]}}], rate_allocation: [{policy: x, percent: 50}, {policy: y, percent: 25}]}}`,
	`{name: p, type: composite, composite: {max_total_spans_per_second: 1000000, policy_order: [x, y], composite_sub_policy: [{name: x, type: and, and: {and_sub_policy: [{name: a, type: latency, latency: {threshold_ms: 100}}, {name: b, type: status_code, status_code: {status_codes: [OK]}}]}}, {name: y, type: status_code, status_code: {status_codes: [ERROR]}}], rate_allocation: [{policy: x, percent: 50}]}}`,
	`{name: p, type: status_code, status_code: {status_codes: [ERROR]}}, {name: q, type: latency, latency: {threshold_ms: 700}}, {name: r, type: probabilistic, probabilistic: {sampling_percentage: 10, mode: hash_salt}}`,
}

// TestLikeContrib has our processor and contrib's decide on the same traces, which came in
// random parts, and compares what leaves: the same spans of the same traces, whole.
func TestLikeContrib(t *testing.T) {
	for i, policies := range likeContrib {
		for _, first := range []bool{false, true} {
			t.Run(fmt.Sprint(i, first), func(t *testing.T) {
				t.Parallel()
				r := rand.New(rand.NewPCG(uint64(i), 1))
				requests := traffic(r, 60, 100, 6)
				text := fmt.Sprintf("{sample_on_first_match: %v, policies: [%s]}", first, policies)
				want := spansByTrace(sample(t, contrib.NewFactory(), withoutMode(text), requests))
				got := spansByTrace(sample(t, NewFactory(), text, requests))
				assert.Equal(t, want, got, policies)
				t.Logf("%d of %d traces", len(got), len(spansByTrace(requests)))
			})
		}
	}
}

// withoutMode takes away what contrib does not know: its mode is ours, stated.
func withoutMode(text string) string { return strings.ReplaceAll(text, ", mode: hash_salt", "") }
