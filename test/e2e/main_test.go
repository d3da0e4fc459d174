// Package e2e runs the built binary as its users do and talks to it through real
// clients.
package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	binary = filepath.Join(dir, "koine")
	build := exec.Command("go", "build", "-trimpath", "-tags", "grpcnotrace", "-ldflags", "-s -w", "-o", binary, "../../cmd/koine")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build: %w\n%s", err, out)
	}
	return m.Run(), nil
}

// start runs the binary with a configuration of testdata, or the embedded one where
// config is empty, and stops it when the test ends.
func start(t *testing.T, config string, env ...string) *rig.Collector {
	t.Helper()
	o := rig.Options{Binary: binary, Env: env}
	if config != "" {
		o.Args = []string{"--config", filepath.Join("testdata", config)}
	}
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
				o.spans = append(o.spans, span{s, rs.Resource().Attributes()})
			}
		}
	}
}

// await waits until n spans have come out and returns them all.
func (o *output) await(t *testing.T, n int) []span {
	t.Helper()
	get := func() []span {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.spans
	}
	require.Eventually(t, func() bool { return len(get()) >= n }, 30*time.Second, 20*time.Millisecond, "%d spans to come out", n)
	return get()
}
