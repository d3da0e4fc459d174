//go:build unix

package koine

import (
	"bufio"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// service is a child process that is ready.
type service struct {
	*exec.Cmd
	log *output
}

func run(t *testing.T, child, endpoint string, env ...string) service {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	s := service{Cmd: exec.Command(exe), log: &output{}}
	s.Env = append(os.Environ(), append(env, "KOINE_TEST_CHILD="+child, "OTEL_EXPORTER_OTLP_ENDPOINT="+endpoint)...)
	s.Stderr = s.log
	out, err := s.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.Start())
	t.Cleanup(func() { _ = s.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, s.log)
	require.Equal(t, "ready\n", line)
	return s
}

// terminate sends SIGTERM and says how long the process took to end, which must be by it.
func (s service) terminate(t *testing.T) time.Duration {
	t.Helper()
	begin := time.Now()
	require.NoError(t, s.Process.Signal(syscall.SIGTERM))
	_ = s.Wait()
	took := time.Since(begin)
	require.Equal(t, syscall.SIGTERM, s.ProcessState.Sys().(syscall.WaitStatus).Signal(), "the parent sees what ended the process: %s", s.log)
	return took
}

// T1: all that ended before SIGTERM arrives, the last metric point too.
func TestEverythingArrivesAfterSIGTERM(t *testing.T) {
	sink := newSink(t)
	run(t, "burst", sink.URL).terminate(t)
	spans, records, _ := sink.received()
	unique := map[string]bool{}
	for _, s := range spans {
		unique[string(s.SpanId)] = true
	}
	require.Len(t, unique, burstSpans)
	require.Len(t, spans, burstSpans)
	require.Len(t, records, burstRecords)
	require.EqualValues(t, burstSpans, sink.sum("burst.spans", "", ""))
	for _, r := range records {
		require.Len(t, r.TraceId, 16, "records know their trace")
	}
}

// A service that handles SIGTERM itself sends what ended after it, too.
func TestDrainingServiceSendsItsLastSpan(t *testing.T) {
	sink := newSink(t)
	s := run(t, "drain", sink.URL)
	require.NoError(t, s.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.Wait(), s.log)
	spans, records, _ := sink.received()
	require.Len(t, spans, 1)
	require.Len(t, records, 1)
}

func TestShutdownStopsListeningToSignals(t *testing.T) {
	s := newSink(t)
	shutdown, _, err := started(t, s.URL, ExitOnSignal())
	require.NoError(t, err)
	require.NoError(t, shutdown(context.Background()))
	require.NoError(t, goleak.Find(goleak.IgnoreAnyFunction("net/http.(*Server).Serve"), goleak.IgnoreAnyFunction("net/http.(*conn).serve"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"), goleak.IgnoreTopFunction("os/signal.signal_recv"), goleak.IgnoreAnyFunction("os/signal.loop")))
}

// T2: without a collector the process ends all the same, and does not fill the log.
func TestDeadCollectorDoesNotHoldTheProcess(t *testing.T) {
	for name, endpoint := range map[string]func(*testing.T) string{"refuses": dead, "is silent": blackHole} {
		t.Run(name, func(t *testing.T) {
			s := run(t, "burst", endpoint(t))
			took := s.terminate(t)
			t.Logf("ended after %v", took)
			require.Less(t, took, 2*time.Second)
			require.LessOrEqual(t, len(s.log.lines("opentelemetry: ")), 1, s.log)
			lost := s.log.lines("telemetry was lost")
			require.Len(t, lost, 1)
			require.Contains(t, lost[0]["error"], "of 10000 spans were lost")
			require.Equal(t, 1, strings.Count(s.log.String(), "telemetry was lost"))
		})
	}
}

// A signal that the process was started to ignore, as a shell's background jobs are SIGINT, does
// not end telemetry.
func TestIgnoredSignalStaysIgnored(t *testing.T) {
	signal.Ignore(os.Interrupt)
	defer signal.Reset(os.Interrupt)
	stop := exitOnSignal(func(context.Context) error { t.Error("shut down"); return nil }, slog.DiscardHandler)
	defer stop()
	require.True(t, signal.Ignored(os.Interrupt))
}
