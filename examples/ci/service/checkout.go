// Package checkout is a service as a test suite sees it: one thing that it does keeps the semantic
// conventions, and one does not.
package checkout

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

var tracer = otel.Tracer("example.com/checkout")

// Pay takes a request as the conventions of today have it.
func Pay(ctx context.Context) {
	_, span := tracer.Start(ctx, "POST /pay", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", "POST"),
		attribute.String("http.route", "/pay"),
		attribute.String("url.path", "/pay"),
		attribute.String("url.scheme", "https"),
		attribute.String("server.address", "shop.example.com"),
		attribute.Int("http.response.status_code", 200),
	))
	span.End()
}

// Refund takes a request as those of years ago had it.
func Refund(ctx context.Context) {
	_, span := tracer.Start(ctx, "POST /refund", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.method", "POST"),
		attribute.String("http.route", "/refund"),
		attribute.Int("http.status_code", 200),
	))
	span.End()
}
