// Command hello is a service with traces, metrics and logs. A test counts what telemetry adds to
// plain: lines, modules and bytes.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	koine "github.com/koine-otel/koine/instrumentation"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	shutdown, err := koine.Start(ctx, koine.Service("hello", "1.0.0"))
	if err != nil {
		slog.Warn("telemetry is incomplete", "error", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		slog.InfoContext(r.Context(), "greeting")
		fmt.Fprintf(w, "hello %s\n", r.PathValue("name"))
	})
	server := &http.Server{Addr: "localhost:8080", Handler: koine.Handler(mux), ReadHeaderTimeout: time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		slog.Error("serving", "error", err)
	}
	if err := shutdown(context.Background()); err != nil {
		slog.Warn("telemetry was lost", "error", err)
	}
}
