package checkout

import (
	"context"
	"fmt"
	"os"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// TestMain sends what the tests make the service emit to where OTEL_EXPORTER_OTLP_ENDPOINT says,
// which semconv-lint run sets. Without it nothing is sent.
func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" {
		return m.Run(), nil
	}
	exporter, err := otlptracehttp.New(context.Background())
	if err != nil {
		return 1, err
	}
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(resource.NewSchemaless(
		attribute.String("service.name", "checkout"), attribute.String("service.instance.id", "6f2c1d0e-7f0b-4c0e-9f5e-0e3c6a8f9b1d"),
		attribute.String("telemetry.sdk.name", "opentelemetry"), attribute.String("telemetry.sdk.language", "go"), attribute.String("telemetry.sdk.version", "1.44.0"),
	)))
	otel.SetTracerProvider(provider)
	code := m.Run()
	return code, provider.Shutdown(context.Background())
}

func TestPay(t *testing.T) { Pay(t.Context()) }

func TestRefund(t *testing.T) { Refund(t.Context()) }
