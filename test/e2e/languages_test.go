//go:build clients

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
	{"py_zipkin", []string{python, "../clients/python/zipkin_client.py"}, []string{"json", "proto", "json-v1"}, true},
	{"zipkin-js", []string{"node", "../clients/node/zipkin.js"}, []string{"json", "json-v1"}, true},
	{"opentelemetry-python", []string{python, "../clients/python/opentelemetry_client.py"}, []string{"json", "proto", "json-v1"}, false},
	{"opentelemetry-js", []string{"node", "../clients/node/opentelemetry.js"}, []string{"json"}, false},
}

const python = built + "/python/bin/python"

// TestClients runs real Zipkin clients of other languages (test/clients) against the binary;
// `make e2e-clients` builds them first.
func TestClients(t *testing.T) {
	_, err := os.Stat(built)
	require.NoError(t, err, "make e2e-clients builds the clients")
	for _, c := range clients {
		for _, encoding := range c.encodings {
			t.Run(c.name+"/"+encoding, func(t *testing.T) {
				t.Parallel()
				out, sink := newSink(t)
				collector := start(t, keepAll("1s"), exportTo(sink))
				spans := run(t, append(c.command, encoding, fmt.Sprintf("http://localhost:%d", collector.Ports.Zipkin)))
				if c.ofZipkin {
					requireZipkinsWays(t, spans)
				}
				check(t, spans, out.whatCame(t, collector, len(spans)))
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

// whatCame waits for n spans, but not for ever, stops the collector and returns all that came
// out by then: which are missing the checks say better.
func (o *output) whatCame(t *testing.T, c *rig.Collector, n int) []span {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); len(o.all()) < n && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	stop(t, c)
	return o.all()
}
