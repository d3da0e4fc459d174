package koine

import (
	"net/http"
	"strings"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// Handler gives every request a span and the conventions' metrics. The span is called
// "{method} {route}" and has http.route, the pattern of the ServeMux; a request that no pattern
// matches is called by its method, never by its path. A panic is on the span before it goes on.
//
// The mux is found if it is the handler. Where middleware stands before it, name it: what copies
// the request (WithContext) hides the pattern that the mux writes on the copy.
//
//	koine.Handler(authenticate(mux), mux)
func Handler(h http.Handler, muxes ...*http.ServeMux) http.Handler {
	if mux, ok := h.(*http.ServeMux); ok {
		muxes = append(muxes, mux)
	}
	traced := otelhttp.NewHandler(completed(h), "")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Pattern == "" {
			r.Pattern = patternOf(r, muxes)
		}
		traced.ServeHTTP(w, r)
	})
}

// Transport gives every request of a client a span, called by its method, and sends the context
// along. Nil is http.DefaultTransport.
func Transport(rt http.RoundTripper) http.RoundTripper {
	return otelhttp.NewTransport(rt, otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return methodOf(r) }))
}

// patternOf is the pattern that a request will match.
func patternOf(r *http.Request, muxes []*http.ServeMux) string {
	for _, mux := range muxes {
		if _, pattern := mux.Handler(r); pattern != "" {
			return pattern
		}
	}
	return ""
}

// completed adds to otelhttp's span what it does not: the route of a router that writes the
// pattern while it serves, and a panic.
func completed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		span := trace.SpanFromContext(r.Context())
		before := r.Pattern
		defer func() {
			if before == "" && r.Pattern != "" {
				span.SetAttributes(semconv.HTTPRoute(routeOf(r.Pattern)))
				span.SetName(methodOf(r) + " " + routeOf(r.Pattern))
			}
			if p := recover(); p != nil {
				to := exception(true)
				to.event = false // the SDK's End, which otelhttp defers, adds it
				fail(span, panicked(p), to)
				panic(p)
			}
		}()
		h.ServeHTTP(w, r)
	})
}

// routeOf is a ServeMux pattern's path: GET example.com/users/{id} is /users/{id}.
func routeOf(pattern string) string {
	if slash := strings.IndexByte(pattern, '/'); slash >= 0 {
		return pattern[slash:]
	}
	return ""
}

// methodOf is a request's method as a name may have it: the conventions' own, HTTP for others.
func methodOf(r *http.Request) string {
	switch m := strings.ToUpper(r.Method); m {
	case "":
		return http.MethodGet
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace, http.MethodPatch, "QUERY":
		return m
	default:
		return "HTTP"
	}
}
