package telemetry

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asSender makes this test's binary the command that is run: it sends one request.
const asSender = "TELEMETRY_TEST_SENDER"

func sendOne() int {
	url := os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") + "/v1/traces"
	resp, err := http.Post(url, jsonType, strings.NewReader(oneRequest))
	if err != nil || resp.Body.Close() != nil || resp.StatusCode != http.StatusOK {
		return 1
	}
	return 3
}

func TestRun(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	g := new(gatherer)
	var counts Counts
	code, err := Run(context.Background(), []string{self}, g, RunOptions{
		Env: append(os.Environ(), asSender+"=1"), Grace: time.Millisecond, Done: func(c Counts) { counts = c },
	})
	require.NoError(t, err)
	assert.Equal(t, 3, code)
	assert.Equal(t, Counts{Spans: 1}, counts)
	assert.Equal(t, []string{"otlp/http"}, g.sources)
}

func TestExitCodes(t *testing.T) {
	notExecutable := filepath.Join(t.TempDir(), "plain")
	require.NoError(t, os.WriteFile(notExecutable, nil, 0o600))
	for _, c := range []struct {
		command []string
		code    int
		err     string
	}{
		{[]string{"true"}, 0, ""},
		{[]string{"sh", "-c", "exit 7"}, 7, ""},
		{[]string{"sh", "-c", "kill -9 $$"}, 137, ""},
		{[]string{"sh", "-c", "kill -TERM $$"}, 143, ""},
		{[]string{"no-such-command"}, 127, "run: no-such-command: command not found"},
		{[]string{"/no/such/command"}, 127, "run: /no/such/command: command not found"},
		{[]string{notExecutable}, 126, "run: " + notExecutable + ": cannot be started: permission denied"},
		{nil, 127, "run: there is no command"},
	} {
		code, err := Run(context.Background(), c.command, new(discard), RunOptions{Grace: time.Millisecond})
		assert.Equal(t, c.code, code, c.command)
		if c.err == "" {
			assert.NoError(t, err, c.command)
		} else {
			assert.EqualError(t, err, c.err)
		}
	}
}

func TestOutputAndVariables(t *testing.T) {
	var out bytes.Buffer
	var ports Ports
	code, err := Run(context.Background(), []string{"sh", "-c", "cat; echo $OTEL_EXPORTER_OTLP_ENDPOINT"}, new(discard), RunOptions{
		Stdin: strings.NewReader("in "), Stdout: &out, Grace: time.Millisecond, Ready: func(p Ports) { ports = p },
	})
	require.NoError(t, err)
	assert.Zero(t, code)
	assert.Equal(t, "in "+otlpEndpoint("", ports)+"\n", out.String())
}

// waits is a shell that says when it has set its trap, and goes on until it is signalled.
const waits = `trap "exit 5" TERM; trap "exit 6" INT; touch "$READY"; while :; do sleep 0.02; done`

func TestSignalsArePassedOn(t *testing.T) {
	for signal, code := range map[syscall.Signal]int{syscall.SIGTERM: 5, syscall.SIGINT: 6} {
		ready := filepath.Join(t.TempDir(), "ready")
		go func() { // ends when the command is there
			for _, err := os.Stat(ready); err != nil; _, err = os.Stat(ready) {
				time.Sleep(5 * time.Millisecond)
			}
			_ = syscall.Kill(os.Getpid(), signal)
		}()
		got, err := Run(context.Background(), []string{"sh", "-c", waits}, new(discard), RunOptions{Env: append(os.Environ(), "READY="+ready), Grace: time.Millisecond})
		require.NoError(t, err)
		assert.Equal(t, code, got)
	}
}

func TestContextEndsTheCommand(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	ready := filepath.Join(t.TempDir(), "ready")
	go func() { // ends when the command is there
		for _, err := os.Stat(ready); err != nil; _, err = os.Stat(ready) {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	code, err := Run(ctx, []string{"sh", "-c", waits}, new(discard), RunOptions{Env: append(os.Environ(), "READY="+ready)})
	require.NoError(t, err)
	assert.Equal(t, 5, code)
}

func TestEnvironment(t *testing.T) {
	ports := Ports{GRPC: 1, HTTP: 2, Zipkin: 3}
	get := func(env []string, name string) string { return (&variables{environment(env, ports)}).get(name) }
	for _, c := range []struct{ env, name, want string }{
		{"", "GOFLAGS", "-count=1"},
		{"GOFLAGS=-mod=mod", "GOFLAGS", "-mod=mod -count=1"},
		{"GOFLAGS=-count=3", "GOFLAGS", "-count=3"},
		{"OTEL_SDK_DISABLED=true", "OTEL_SDK_DISABLED", ""},
		{"", "OTEL_TRACES_SAMPLER", "always_on"},
		{"OTEL_TRACES_SAMPLER=always_off", "OTEL_TRACES_SAMPLER", "always_on"},
		{"OTEL_TRACES_SAMPLER=parentbased_always_on", "OTEL_TRACES_SAMPLER", "parentbased_always_on"},
		{"", "NO_PROXY", "127.0.0.1,localhost"},
		{"NO_PROXY=a,b", "NO_PROXY", "a,b,127.0.0.1,localhost"},
		{"NO_PROXY=a,b", "no_proxy", "a,b,127.0.0.1,localhost"},
		{"NO_PROXY=a no_proxy=b", "no_proxy", "b,127.0.0.1,localhost"},
		{"NO_PROXY=*", "NO_PROXY", "*"},
		{"", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:2"},
		{"", "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"},
		{"", "OTEL_TRACES_EXPORTER", "otlp"},
		{"", "OTEL_METRICS_EXPORTER", "otlp"},
		{"", "OTEL_LOGS_EXPORTER", "otlp"},
		{"", "OTEL_BSP_SCHEDULE_DELAY", "200"},
		{"", "OTEL_BLRP_SCHEDULE_DELAY", "200"},
		{"", "OTEL_METRIC_EXPORT_INTERVAL", "500"},
		{"", "OTEL_EXPORTER_ZIPKIN_ENDPOINT", "http://127.0.0.1:3/api/v2/spans"},
		{"", "MANAGEMENT_ZIPKIN_TRACING_ENDPOINT", "http://127.0.0.1:3/api/v2/spans"},
		{"", "SPRING_ZIPKIN_BASE_URL", "http://127.0.0.1:3/"},
		{"OTEL_BSP_SCHEDULE_DELAY=9", "OTEL_BSP_SCHEDULE_DELAY", "9"},
		{"OTEL_BSP_SCHEDULE_DELAY=", "OTEL_BSP_SCHEDULE_DELAY", "200"},
		{"OTEL_TRACES_EXPORTER=none", "OTEL_TRACES_EXPORTER", "otlp"},
		{"OTEL_TRACES_EXPORTER=zipkin", "OTEL_TRACES_EXPORTER", "zipkin"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT=http://production", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:2"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://production", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""},
		{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"},
		{"OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=grpc", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://127.0.0.1:1"},
		{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/json", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://127.0.0.1:2/v1/logs"},
	} {
		assert.Equal(t, c.want, get(strings.Split(c.env, " "), c.name), "%s of %s", c.name, c.env)
	}
}
