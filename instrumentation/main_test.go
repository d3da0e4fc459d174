package koine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.uber.org/goleak"
)

// TestMain also is the services that tests run as processes of their own.
func TestMain(m *testing.M) {
	if child := children[os.Getenv("KOINE_TEST_CHILD")]; child != nil {
		child()
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		os.Exit(code)
	}))
}

// output is a log handler's lines.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// lines are those that contain a text.
func (o *output) lines(containing string) (found []map[string]any) {
	for line := range strings.Lines(o.String()) {
		var m map[string]any
		if strings.Contains(line, containing) && json.Unmarshal([]byte(line), &m) == nil {
			found = append(found, m)
		}
	}
	return found
}

// started is a Start whose process-wide effects end with the test.
func started(t *testing.T, endpoint string, opts ...Option) (Shutdown, *output, error) {
	t.Helper()
	setEndpoint(t, endpoint)
	logger := slog.Default()
	var out output
	opts = append([]Option{LogTo(slog.NewJSONHandler(&out, nil))}, opts...)
	shutdown, err := Start(context.Background(), opts...)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_ = shutdown(ctx)
		slog.SetDefault(logger)
		otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator())
	})
	return shutdown, &out, err
}

func setEndpoint(t *testing.T, endpoint string) {
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" {
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
	}
}

// emit makes one of each signal.
func emit(t *testing.T) {
	t.Helper()
	ctx, span := otel.Tracer("test").Start(context.Background(), "work")
	slog.InfoContext(ctx, "working")
	counter, err := otel.Meter("test").Int64Counter("shop.work")
	require.NoError(t, err)
	counter.Add(ctx, 1)
	span.End()
}

// dead is an endpoint where nobody listens.
func dead(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return "http://" + l.Addr().String()
}

// blackHole is an endpoint that takes connections and says nothing.
func blackHole(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var mu sync.Mutex
	var open []net.Conn
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
		for _, c := range open {
			_ = c.Close()
		}
	})
	return "http://" + l.Addr().String()
}

var children = map[string]func(){"burst": burst, "drain": drain, "first-handler": logToFirstHandler}

const burstSpans, burstRecords = 10_000, 1_000

// burst is a service that does all its work at once and waits for its end.
func burst() {
	if _, err := Start(context.Background(), Service("burst", "1"), ExitOnSignal(), LogTo(slog.NewJSONHandler(os.Stderr, nil))); err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	counter, _ := otel.Meter("burst").Int64Counter("burst.spans")
	tracer := otel.Tracer("burst")
	for i := range burstSpans {
		ctx, span := tracer.Start(context.Background(), "work")
		counter.Add(ctx, 1)
		if i%(burstSpans/burstRecords) == 0 {
			slog.InfoContext(ctx, "working")
		}
		span.End()
	}
	fmt.Println("ready")
	select {}
}

// drain is a service that handles SIGTERM: it ends its work, and then telemetry.
func drain() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	shutdown, err := Start(ctx, Service("drain", "1"), LogTo(slog.NewJSONHandler(os.Stderr, nil)))
	if err != nil {
		os.Exit(2)
	}
	ctx2, span := otel.Tracer("drain").Start(context.Background(), "request")
	fmt.Println("ready")
	<-ctx.Done()
	slog.InfoContext(ctx2, "draining")
	span.End()
	if err := shutdown(context.Background()); err != nil {
		os.Exit(3)
	}
}
