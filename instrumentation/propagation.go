package koine

import (
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/contrib/propagators/autoprop"
	"go.opentelemetry.io/contrib/propagators/b3"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Propagator is what OTEL_PROPAGATORS names, else W3C trace context, baggage and B3 in both
// forms, so that a service joins the traces of Zipkin's clients and of OpenTelemetry's. Of a
// request that has several, W3C's counts: it comes last.
func Propagator() propagation.TextMapPropagator {
	if p := named(); p != nil {
		return deferring{p}
	}
	return deferring{propagation.NewCompositeTextMapPropagator(
		b3.New(b3.WithInjectEncoding(b3.B3SingleHeader|b3.B3MultipleHeader)),
		propagation.TraceContext{},
		propagation.Baggage{},
	)}
}

// named is what OTEL_PROPAGATORS names, nil where it names none that is known. Blanks between the
// names are not part of them, as autoprop would have it.
func named() propagation.TextMapPropagator {
	var names []string
	for name := range strings.SplitSeq(env(envPropagators), ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	p, err := autoprop.TextMapPropagator(names...)
	if err != nil {
		otel.Handle(fmt.Errorf("koine: %s: %w", envPropagators, err))
	}
	return p
}

// deferring tells B3 that leaves the decision to the callee from B3 that says no. Both come out
// as an unsampled parent, which would drop every trace of a caller that defers.
type deferring struct{ propagation.TextMapPropagator }

func (d deferring) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	ctx = d.TextMapPropagator.Extract(ctx, carrier)
	sc := trace.SpanContextFromContext(ctx)
	if !sc.IsRemote() || !undecided(carrier) {
		return ctx
	}
	// It is decided here, and what goes out says so: b3 would keep on deferring. Extracting from
	// nothing clears that, and leaves the span context.
	ctx = b3.New().Extract(ctx, propagation.MapCarrier{})
	if w3c := carrier.Get("traceparent"); sc.IsSampled() || strings.Contains(w3c, sc.SpanID().String()) {
		return ctx // W3C, whose decision counts
	}
	return context.WithValue(ctx, deferredKey{}, sc.SpanID())
}

// undecided says whether B3 headers name a trace and no decision.
func undecided(carrier propagation.TextMapCarrier) bool {
	if single := carrier.Get("b3"); single != "" {
		return strings.Count(single, "-") == 1
	}
	return carrier.Get("x-b3-traceid") != "" && carrier.Get("x-b3-sampled") == "" && carrier.Get("x-b3-flags") != "1"
}

type deferredKey struct{}

// deferred says whether a context's remote parent left the decision to us.
func deferred(ctx context.Context) bool {
	parent, ok := ctx.Value(deferredKey{}).(trace.SpanID)
	sc := trace.SpanContextFromContext(ctx)
	return ok && sc.IsRemote() && sc.SpanID() == parent
}
