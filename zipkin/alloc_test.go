package zipkin_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/tracegen"
	"github.com/koine-otel/koine/zipkin"
)

// TestAllocations: pdata itself makes one for a span, one for a map and one for a value. Ours
// are of spans and of blocks.
func TestAllocations(t *testing.T) {
	for protocol, format := range map[tracegen.Protocol]zipkin.Format{tracegen.ZipkinJSON: zipkin.JSONv2, tracegen.ZipkinProto: zipkin.Proto3} {
		d := zipkin.NewDecoder(zipkin.Options{IsResource: isResource, Memory: zipkin.NewMemory()})
		payloads := corpus(t, protocol)
		spans, needed := 0, 0
		for i := range payloads {
			traces, _, err := d.Decode(format, payloads[i].Body, received)
			require.NoError(t, err)
			for _, rs := range traces.ResourceSpans().All() {
				needed += mapAllocations(rs.Resource().Attributes())
				for _, ss := range rs.ScopeSpans().All() {
					for _, s := range ss.Spans().All() {
						spans++
						needed += 1 + mapAllocations(s.Attributes()) + s.Events().Len()
					}
				}
			}
		}
		used := testing.AllocsPerRun(3, func() {
			for i := range payloads {
				_, _, _ = d.Decode(format, payloads[i].Body, received)
			}
		})
		each, theirs := used/float64(spans), float64(needed)/float64(spans)
		t.Logf("%s: %.2f allocations a span, where pdata makes %.2f", format, each, theirs)
		assert.Less(t, each, theirs/2)
	}
}

func mapAllocations(m pcommon.Map) int {
	if m.Len() == 0 {
		return 0
	}
	return 1 + m.Len()
}
