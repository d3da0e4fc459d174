package command_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules"
	"github.com/koine-otel/koine/tracegen"
)

// TestAllRulesSameWhoeverWorks: what all rules find is the same whoever saw what.
func TestAllRulesSameWhoeverWorks(t *testing.T) {
	cfg := tracegen.DefaultConfig()
	cfg.Protocol, cfg.Convention = tracegen.OTLPHTTP, tracegen.V120
	payloads, err := tracegen.Corpus(cfg, 300, 3)
	require.NoError(t, err)
	conventions, err := semconvlint.NewConventions("")
	require.NoError(t, err)
	run := func(workers int) string {
		e, err := semconvlint.New(conventions, rules.All(), semconvlint.Options{Workers: workers})
		require.NoError(t, err)
		next := make(chan int)
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				for i := range next {
					td, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(payloads[i].Body)
					assert.NoError(t, err)
					e.Traces(td, fmt.Sprint("f:", i+1))
					e.Metrics(durations(td), fmt.Sprint("f:", i+1))
				}
			})
		}
		for i := range payloads {
			next <- i
		}
		close(next)
		all.Wait()
		text, err := json.MarshalIndent(e.Finish(), "", " ")
		require.NoError(t, err)
		return string(text)
	}
	want := run(1)
	require.Greater(t, len(want), 10_000)
	for range 3 {
		require.Equal(t, want, run(8))
	}
}

// durations are those of spans as a metric with the spans' attributes, of each service and scope.
func durations(td ptrace.Traces) pmetric.Metrics {
	md := pmetric.NewMetrics()
	for _, rs := range td.ResourceSpans().All() {
		rm := md.ResourceMetrics().AppendEmpty()
		rs.Resource().CopyTo(rm.Resource())
		for _, ss := range rs.ScopeSpans().All() {
			sm := rm.ScopeMetrics().AppendEmpty()
			ss.Scope().CopyTo(sm.Scope())
			for _, name := range []string{"http.server.duration", "http.server.request.duration"} {
				m := sm.Metrics().AppendEmpty()
				m.SetName(name)
				m.SetUnit("ms")
				points := m.SetEmptyHistogram().DataPoints()
				for _, s := range ss.Spans().All() {
					s.Attributes().CopyTo(points.AppendEmpty().Attributes())
				}
			}
		}
	}
	return md
}
