package spa005

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// TestOneTraceIsEnough: as in the specification, unless percent is set.
func TestOneTraceIsEnough(t *testing.T) {
	conventions, err := semconvlint.NewConventions("")
	require.NoError(t, err)
	findings := func(options map[string]any) int {
		o := semconvlint.Options{RuleOptions: map[string]map[string]any{"SPA-005": options}}
		e, err := semconvlint.New(conventions, []semconvlint.Rule{Rule}, o)
		require.NoError(t, err)
		for i := range uint64(1000) {
			e.Traces(trace(i, 20), "")
		}
		e.Traces(trace(1000, 21), "")
		r := e.Finish()
		require.EqualValues(t, 1001, r.Elements[semconvlint.OnTrace])
		return len(r.Findings)
	}
	assert.Equal(t, 1, findings(nil))
	assert.Equal(t, 0, findings(map[string]any{"percent": 1}))
	assert.Equal(t, 0, findings(map[string]any{"max": 21}))
}

// trace has so many spans of a millisecond.
func trace(number uint64, spans int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	ss := rs.ScopeSpans().AppendEmpty()
	var id pcommon.TraceID
	binary.BigEndian.PutUint64(id[8:], number+1)
	for i := range spans {
		s := ss.Spans().AppendEmpty()
		s.SetTraceID(id)
		s.SetSpanID(pcommon.SpanID{byte(i + 1)})
		s.SetEndTimestamp(pcommon.Timestamp(time.Millisecond))
	}
	return td
}
