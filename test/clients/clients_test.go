//go:build clients

// Package clients runs real Zipkin clients of other languages against the built binary.
// `make e2e-clients` builds the clients first.
package clients

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/goleak"
	_ "google.golang.org/grpc/encoding/gzip" // which the collector's exporter uses on the way to the sink

	"github.com/koine-otel/koine/tracegen/rig"
)

// built is where the Makefile puts what the clients are built to.
const built = "../../bin/clients"

// clientTimeout is ample: the slowest, a JVM on a busy machine, takes a few seconds.
const clientTimeout = time.Minute

// clients are programs that are called with an encoding and the collector's URL, report
// their spans and print each as a line of JSON, see sent.
var clients = []struct {
	name      string
	command   []string
	encodings []string
	// ofZipkin: a library of Zipkin's, so its trace ids have 64 bits and spans are shared.
	ofZipkin bool
}{
	{"brave", []string{
		"java", "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-cp", filepath.Join(built, "brave/classes") + ":" + filepath.Join(built, "brave/dependency/*"), "BraveClient",
	}, []string{"json", "proto", "json-v1", "thrift"}, true},
	{"py_zipkin", []string{python, "python/zipkin_client.py"}, []string{"json", "proto", "json-v1"}, true},
	{"zipkin-js", []string{"node", "node/zipkin.js"}, []string{"json", "json-v1"}, true},
	{"opentelemetry-python", []string{python, "python/opentelemetry_client.py"}, []string{"json", "proto", "json-v1"}, false},
	{"opentelemetry-js", []string{"node", "node/opentelemetry.js"}, []string{"json"}, false},
}

const python = built + "/python/bin/python"

// binary is the collector under test, built once.
var binary string

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err == nil && code == 0 {
		err = goleak.Find()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		code = 1
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M) (int, error) {
	if _, err := os.Stat(built); err != nil {
		return 1, fmt.Errorf("%w: make e2e-clients builds the clients", err)
	}
	dir, err := os.MkdirTemp("", "koine-clients")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	if binary, err = rig.Build(dir); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

func TestClients(t *testing.T) {
	for _, c := range clients {
		for _, encoding := range c.encodings {
			t.Run(c.name+"/"+encoding, func(t *testing.T) {
				t.Parallel()
				out, sink := newSink(t)
				collector := start(t, sink)
				spans := run(t, append(c.command, encoding, fmt.Sprintf("http://localhost:%d", collector.Ports.Zipkin)))
				if c.ofZipkin {
					requireZipkinsWays(t, spans)
				}
				check(t, spans, out.afterStop(t, collector, len(spans)))
			})
		}
	}
}

// run runs a client to its end and returns what it says that it has sent.
func run(t *testing.T, command []string) []sent {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	modules, err := filepath.Abs(filepath.Join(built, "node/node_modules"))
	require.NoError(t, err)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// With all that it has started.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	// The first lines: clients say the same of every request.
	require.NoError(t, cmd.Run(), "%s\n%.600s", command, &stderr)

	var spans []sent
	for lines := bufio.NewScanner(&stdout); lines.Scan(); {
		var s sent
		require.NoError(t, json.Unmarshal(lines.Bytes(), &s), "%s", lines.Bytes())
		spans = append(spans, s)
	}
	require.NotEmpty(t, spans)
	return spans
}

// start runs the binary with the embedded configuration, but keeping every trace, and
// stops it when the test ends.
func start(t *testing.T, sink *rig.Sink) *rig.Collector {
	t.Helper()
	c, err := rig.Start(t.Context(), rig.Options{
		Binary: binary,
		Args: []string{
			"--set=processors.tail_sampling.decision_wait=1s",
			"--set=processors.tail_sampling.policies=[{name: all, type: always_sample}]",
			"--set=exporters.debug.verbosity=basic",
		},
		Env: []string{"KOINE_EXPORT_ENDPOINT=http://" + sink.Address},
	})
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

// output is all spans that came out, with what each stood under.
type output struct {
	mu    sync.Mutex
	spans []received
}

type received struct {
	ptrace.Span
	resource pcommon.Map
	scope    pcommon.InstrumentationScope
}

func newSink(t *testing.T) (*output, *rig.Sink) {
	t.Helper()
	o := &output{}
	sink, err := rig.NewSink(o.add)
	require.NoError(t, err)
	t.Cleanup(sink.Close)
	return o, sink
}

func (o *output) add(td ptrace.Traces) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, s := range ss.Spans().All() {
				o.spans = append(o.spans, received{s, rs.Resource().Attributes(), ss.Scope()})
			}
		}
	}
}

func (o *output) all() []received {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.spans
}

// afterStop waits until n spans have come out, stops the collector and returns all that
// came out by then: one that is doubled may come late. Fewer are for the caller to see.
func (o *output) afterStop(t *testing.T, c *rig.Collector, n int) []received {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); len(o.all()) < n && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	stop(t, c)
	return o.all()
}
