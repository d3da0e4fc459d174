package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/koine-otel/koine/tracegen/rig"
)

// koine runs the binary to its end.
func koine(t *testing.T, env []string, args ...string) (output string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func TestCommandsWithoutFlags(t *testing.T) {
	out, code := koine(t, nil, "validate")
	assert.Equal(t, 0, code, out)

	out, code = koine(t, nil, "print-config")
	assert.Equal(t, 0, code, out)
	for _, want := range []string{"localhost:4317", "localhost:4318", "localhost:9411", "tail_sampling", "semconv", "guard"} {
		assert.Contains(t, out, want)
	}
	assert.NotContains(t, out, "otlp_grpc:")

	out, code = koine(t, []string{"KOINE_EXPORT_ENDPOINT=http://localhost:1"}, "print-config")
	assert.Equal(t, 0, code, out)
	assert.Contains(t, out, "otlp_grpc:")

	out, code = koine(t, []string{"KOINE_LISTEN_HOST=0.0.0.0"}, "print-config")
	assert.Equal(t, 0, code, out)
	assert.Contains(t, out, "0.0.0.0:4317")

	out, code = koine(t, []string{"KOINE_LISTEN_HOST=::1"}, "print-config", "--set=processors.tail_sampling.decision_wait=3s")
	assert.Equal(t, 0, code, out)
	assert.Contains(t, out, "'[::1]:4317'")
	assert.Contains(t, out, "decision_wait: 3s")

	for _, args := range [][]string{{"components"}, {"--version"}, {"--help"}, {"semconv", "diff", "1.37", "1.44"}} {
		out, code = koine(t, []string{"KOINE_MEMORY_LIMIT_MIB=lots"}, args...)
		assert.Equal(t, 0, code, out)
	}

	out, code = koine(t, nil, "components")
	assert.Equal(t, 0, code, out)
	assert.Contains(t, out, "github.com/koine-otel/koine")
}

func TestConfigReplacesDefault(t *testing.T) {
	out, code := koine(t, nil, "print-config", "--config", "yaml:{receivers: {otlp: {protocols: {grpc: }}}, exporters: {nop: }, service: {pipelines: {traces: {receivers: [otlp], exporters: [nop]}}}}")
	assert.Equal(t, 0, code, out)
	assert.NotContains(t, out, "zipkin")
}

// TestSwappedBinary: the feature gates of components that ours take over are accepted.
func TestSwappedBinary(t *testing.T) {
	out, code := koine(t, nil, "validate", "--feature-gates", strings.Join([]string{
		"processor.tailsamplingprocessor.recordpolicy", "pkg.translator.zipkin.EmitV1HttpConventions", "-processor.tailsamplingprocessor.usetracestate",
	}, ","))
	assert.Equal(t, 0, code, out)
}

func TestBadStart(t *testing.T) {
	busy, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer busy.Close()
	ports, err := rig.FreePorts()
	require.NoError(t, err)
	port := busy.Addr().(*net.TCPAddr).Port
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	require.NoError(t, os.WriteFile(broken, []byte("receivers: [otlp"), 0o600))
	for name, c := range map[string]struct {
		env  []string
		args []string
		want string
	}{
		"busy zipkin port": {env: append(ports.Env(), fmt.Sprintf("KOINE_ZIPKIN_PORT=%d", port)), want: fmt.Sprintf(":%d: bind: address already in use", port)},
		"busy grpc port":   {env: append(ports.Env(), fmt.Sprintf("KOINE_OTLP_GRPC_PORT=%d", port)), want: fmt.Sprintf(":%d: bind: address already in use", port)},
		"busy health port": {env: append(ports.Env(), fmt.Sprintf("KOINE_HEALTH_PORT=%d", port)), want: fmt.Sprintf(":%d: bind: address already in use", port)},
		"busy metric port": {env: append(ports.Env(), fmt.Sprintf("KOINE_METRICS_PORT=%d", port)), want: fmt.Sprintf(":%d: bind: address already in use", port)},
		"no such file":     {args: []string{"--config", "nowhere.yaml"}, want: "nowhere.yaml: no such file or directory"},
		"broken YAML":      {args: []string{"--config", broken}, want: "not valid YAML: yaml: line 1: did not find expected ',' or ']'"},
		"unknown component": {args: []string{"--config", "yaml:{receivers: {otlpp: }, exporters: {nop: }, service: {pipelines: {traces: {receivers: [otlpp], exporters: [nop]}}}}"},
			want: `unknown type: "otlpp"`},
		"wrong memory limit": {env: []string{"KOINE_MEMORY_LIMIT_MIB=lots"}, want: `KOINE_MEMORY_LIMIT_MIB="lots" is not a number of MiB`},
		"unknown gate":       {args: []string{"--feature-gates", "nobody.knows"}, want: `no such feature gate "nobody.knows"`},
	} {
		t.Run(name, func(t *testing.T) {
			out, code := koine(t, c.env, c.args...)
			assert.Equal(t, 1, code)
			var errorLines []string
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "Error:") {
					errorLines = append(errorLines, line)
				}
			}
			require.Len(t, errorLines, 1, out)
			assert.Contains(t, errorLines[0], c.want)
			assert.Equal(t, errorLines[0], out, "one clear line and nothing else")
		})
	}
}

// TestReadinessTurnsOffFirst: while the collector drains, its health check says so and
// the port still answers.
func TestReadinessTurnsOffFirst(t *testing.T) {
	c := start(t, nil)
	// An open request keeps the receivers from closing until its timeout.
	conn, err := net.Dial("tcp", fmt.Sprintf("localhost:%d", c.Ports.OTLPHTTP))
	require.NoError(t, err)
	defer conn.Close()
	_, err = fmt.Fprint(conn, "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{")
	require.NoError(t, err)
	time.Sleep(100 * time.Millisecond) // until the server has begun to read the body
	require.NoError(t, c.Terminate())
	require.Eventually(t, func() bool {
		ready, err := c.Ready(t.Context())
		return err == nil && !ready
	}, 5*time.Second, 5*time.Millisecond, "the health check answers 'unavailable' while draining")
	_, err = fmt.Fprint(conn, "}")
	require.NoError(t, err)
	select {
	case <-c.Done():
	case <-time.After(20 * time.Second):
		t.Fatal("the collector did not end")
	}
}

// TestStalledRequestsDoNotHoldTheDrain: half a request on every receiver, then SIGTERM:
// the process ends by itself, with exit code 0.
func TestStalledRequestsDoNotHoldTheDrain(t *testing.T) {
	c := start(t, nil)
	const head = "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100\r\n\r\nhalf"
	for _, port := range []int{c.Ports.OTLPHTTP, c.Ports.Zipkin} {
		conn, err := net.Dial("tcp", fmt.Sprintf("localhost:%d", port))
		require.NoError(t, err)
		defer conn.Close()
		_, err = fmt.Fprint(conn, head)
		require.NoError(t, err)
	}
	stalledCall(t, c.Ports.OTLPGRPC)
	time.Sleep(200 * time.Millisecond) // until the servers have begun to read
	ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
	defer cancel()
	require.NoError(t, c.Stop(ctx))
}

// stalledCall opens a gRPC call, announces a message and sends a part of it.
func stalledCall(t *testing.T, port int) {
	t.Helper()
	conn, err := net.Dial("tcp", fmt.Sprintf("localhost:%d", port))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	_, err = conn.Write([]byte(http2.ClientPreface))
	require.NoError(t, err)
	framer := http2.NewFramer(conn, conn)
	require.NoError(t, framer.WriteSettings())
	var headers bytes.Buffer
	encoder := hpack.NewEncoder(&headers)
	for _, h := range [][2]string{
		{":method", "POST"}, {":scheme", "http"}, {":path", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"},
		{":authority", "x"}, {"content-type", "application/grpc"}, {"te", "trailers"},
	} {
		require.NoError(t, encoder.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]}))
	}
	require.NoError(t, framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: headers.Bytes(), EndHeaders: true}))
	require.NoError(t, framer.WriteData(1, false, []byte{0, 0, 0, 100, 0, 'h', 'a', 'l', 'f'}))
}

// TestSecondSignal ends what the first one's drain holds up.
func TestSecondSignal(t *testing.T) {
	c := start(t, nil)
	stalledCall(t, c.Ports.OTLPGRPC)
	time.Sleep(200 * time.Millisecond)
	require.NoError(t, c.Terminate())
	time.Sleep(300 * time.Millisecond)
	require.True(t, c.Alive(), "the first signal drains")
	require.NoError(t, c.Terminate())
	select {
	case <-c.Done():
	case <-time.After(2 * time.Second):
		t.Fatal("the second signal ends the process")
	}
}
