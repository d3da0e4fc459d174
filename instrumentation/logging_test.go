package koine

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	logpb "go.opentelemetry.io/proto/otlp/logs/v1"
)

// slog writes to the local handler and to OpenTelemetry, both with the trace.
func TestLogsGoBothWays(t *testing.T) {
	s := newSink(t)
	shutdown, out, err := started(t, s.URL, Service("checkout", "1"))
	require.NoError(t, err)
	ctx, span := otel.Tracer("test").Start(context.Background(), "work")
	slog.With("order", 7).WithGroup("g").With("hard", true).WarnContext(ctx, "late", "by", "2s")
	slog.Debug("nobody asked")
	span.End()
	require.NoError(t, shutdown(context.Background()))

	local := out.lines("late")
	require.Len(t, local, 1)
	require.EqualValues(t, 7, local[0]["order"])
	group := local[0]["g"].(map[string]any)
	require.Equal(t, "2s", group["by"])
	require.Equal(t, true, group["hard"])
	require.Equal(t, span.SpanContext().TraceID().String(), local[0]["trace_id"])

	require.Len(t, s.records, 1, "no debug records, as the local handler has none")
	require.Equal(t, "late", s.records[0].Body.GetStringValue())
	require.Equal(t, logpb.SeverityNumber_SEVERITY_NUMBER_WARN, s.records[0].SeverityNumber)
	id := span.SpanContext().SpanID()
	require.Equal(t, id[:], s.records[0].SpanId)

	slog.Info("after the shutdown")
	require.Len(t, out.lines("after the shutdown"), 1, "the local handler goes on")
}

func TestKeepLogger(t *testing.T) {
	before := slog.Default()
	_, _, err := started(t, dead(t), KeepLogger())
	require.NoError(t, err)
	require.Same(t, before, slog.Default())
}

// slog's first handler writes by package log, which writes to slog's default: neither waits for
// the other.
func TestLogToTheFirstHandler(t *testing.T) {
	s := newSink(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "KOINE_TEST_CHILD=first-handler", "OTEL_EXPORTER_OTLP_ENDPOINT="+s.URL)
	done := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	defer done.Stop()
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "INFO by slog")
	require.Contains(t, string(out), "by log")
	_, records, _ := s.received()
	require.Len(t, records, 1)
}

func logToFirstHandler() {
	shutdown, err := Start(context.Background(), Service("first", "1"), LogTo(slog.Default().Handler()))
	slog.Info("by slog")
	log.Print("by log")
	if err := errors.Join(err, shutdown(context.Background())); err != nil {
		os.Exit(2)
	}
}
