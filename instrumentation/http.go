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
// the request (WithContext) hides the pattern that the mux writes on the copy. The mux is asked
// with the path that came: one that gets another (StripPrefix) is not to be named. Nil is
// http.DefaultServeMux.
//
//	koine.Handler(authenticate(mux), mux)
func Handler(h http.Handler, muxes ...*http.ServeMux) http.Handler {
	if h == nil {
		h = http.DefaultServeMux
	}
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
// along. Of a signed URL's secrets the span has the keys. Nil is http.DefaultTransport.
func Transport(rt http.RoundTripper) http.RoundTripper {
	if rt == nil {
		rt = http.DefaultTransport
	}
	return otelhttp.NewTransport(redacting{rt}, otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return methodOf(r) }))
}

// redacting puts url.full on otelhttp's span again where it has values that the conventions ask to
// leave out.
type redacting struct{ http.RoundTripper }

func (t redacting) RoundTrip(r *http.Request) (*http.Response, error) {
	if query := redacted(r.URL.RawQuery); query != r.URL.RawQuery {
		u := *r.URL
		u.User, u.RawQuery = nil, query
		trace.SpanFromContext(r.Context()).SetAttributes(semconv.URLFull(u.String()))
	}
	return t.RoundTripper.RoundTrip(r)
}

// redacted is a query without the values that sign it.
func redacted(query string) string {
	fields := strings.Split(query, "&")
	for i, field := range fields {
		switch key, _, _ := strings.Cut(field, "="); key {
		case "AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token":
			fields[i] = key + "=REDACTED"
		}
	}
	return strings.Join(fields, "&")
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
// pattern while it serves, or of a ServeMux inside another one, and a panic.
func completed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		span := trace.SpanFromContext(r.Context())
		before := r.Pattern
		defer func() {
			if r.Pattern != before && r.Pattern != "" {
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
