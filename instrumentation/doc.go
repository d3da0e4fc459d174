// Package koine sets up OpenTelemetry in a Go service with one call, and makes the name that
// the semantic conventions ask for the easy one to write:
//
//	shutdown, err := koine.Start(ctx, koine.Service("checkout", "1.4.2"))
//	if err != nil {
//		slog.Warn("telemetry is incomplete", "error", err)
//	}
//	defer shutdown(context.Background())
//	http.ListenAndServe(":8080", koine.Handler(mux))
//
// What the environment says (OTEL_*) is never overridden by code.
package koine

// scope is the instrumentation scope of what this package itself records.
const scope = "github.com/koine-otel/koine/instrumentation"

// version is telemetry.distro.version.
const version = "0.1.0"
