// Package e2e runs the built binary as its users do and talks to it through real
// clients.
package e2e

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"

	"github.com/koine-otel/koine/tracegen/rig"
)

// binary is the collector under test, built once.
var binary string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err == nil && code == 0 {
		err = goleak.Find()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "koine-e2e")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	if binary, err = rig.Build(dir); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// keepAll makes the embedded configuration keep every trace.
func keepAll(decisionWait string) []string {
	return []string{
		"--set=processors.tail_sampling.decision_wait=" + decisionWait,
		"--set=processors.tail_sampling.policies=[{name: all, type: always_sample}]",
		"--set=exporters.debug.verbosity=basic",
	}
}

// start runs the binary with the embedded configuration, changed by args, and stops it
// when the test ends.
func start(t *testing.T, args []string, env ...string) *rig.Collector {
	t.Helper()
	o := rig.Options{Binary: binary, Args: args, Env: env}
	c, err := rig.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() {
		if c.Alive() {
			stop(t, c)
		}
		if t.Failed() {
			t.Log(c.LastErrors())
		}
	})
	return c
}

func stop(t *testing.T, c *rig.Collector) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	require.NoError(t, c.Stop(ctx))
}

// output is all spans that came out, with the resource that each stood under.
type output struct {
	mu    sync.Mutex
	spans []span
}

type span struct {
	ptrace.Span
	resource pcommon.Map
	scope    pcommon.InstrumentationScope
}

// newSink starts a sink and gives what arrives there.
func newSink(t *testing.T) (*output, *rig.Sink) {
	t.Helper()
	o := &output{}
	sink, err := rig.NewSink(o.add)
	require.NoError(t, err)
	t.Cleanup(sink.Close)
	return o, sink
}

func exportTo(s *rig.Sink) string { return "KOINE_EXPORT_ENDPOINT=http://" + s.Address }

func (o *output) add(td ptrace.Traces) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				o.spans = append(o.spans, span{s, rs.Resource().Attributes(), ss.Scope()})
			}
		}
	}
}

// await waits until n spans have come out and returns them all.
func (o *output) await(t *testing.T, n int) []span {
	t.Helper()
	require.Eventually(t, func() bool { return len(o.all()) >= n }, 30*time.Second, 20*time.Millisecond, "%d spans to come out", n)
	return o.all()
}

func (o *output) all() []span {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.spans
}

// afterStop waits until n spans have come out, stops the collector and returns all that
// came out by then: one that is doubled, or that nobody sent, may come late.
func (o *output) afterStop(t *testing.T, c *rig.Collector, n int) []span {
	t.Helper()
	o.await(t, n)
	stop(t, c)
	return o.await(t, n)
}
