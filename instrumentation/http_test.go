package koine_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	koine "github.com/koine-otel/koine/instrumentation"
	"github.com/koine-otel/koine/instrumentation/koinetest"
)

// users is a mux whose handler answers 200.
func users() *http.ServeMux {
	mux := http.NewServeMux()
	ok := func(http.ResponseWriter, *http.Request) {}
	mux.HandleFunc("GET /users/{id}", ok)
	mux.HandleFunc("example.com/hosted/{id}", ok)
	mux.HandleFunc("POST /panic", func(http.ResponseWriter, *http.Request) { panic(errTorn) })
	inner := http.NewServeMux()
	inner.HandleFunc("GET /shop/items/{id}", ok)
	mux.Handle("/shop/", inner)
	return mux
}

var errTorn = errors.New("torn")

// copying is middleware that hides the pattern from who stands before it.
func copying(h http.Handler) http.Handler {
	type key struct{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, 1)))
	})
}

// router writes the pattern while it serves, as chi does.
func router(_ http.ResponseWriter, r *http.Request) { r.Pattern = "/late/{id}" }

func TestHandlerNamesSpansByRoute(t *testing.T) {
	mux := users()
	for name, test := range map[string]struct {
		handler             http.Handler
		method, path        string
		wantName, wantRoute string
	}{
		"a mux":                {koine.Handler(mux), "GET", "/users/12345?q=1", "GET /users/{id}", "/users/{id}"},
		"a host":               {koine.Handler(mux), "GET", "/hosted/12345", "GET /hosted/{id}", "/hosted/{id}"},
		"a mux in a mux":       {koine.Handler(mux), "GET", "/shop/items/12345", "GET /shop/items/{id}", "/shop/items/{id}"},
		"nil, as in net/http":  {koine.Handler(nil), "GET", "/users/12345", "GET", ""},
		"no match":             {koine.Handler(mux), "GET", "/nothing/12345", "GET", ""},
		"another method":       {koine.Handler(mux), "DELETE", "/users/12345", "DELETE", ""},
		"an unknown method":    {koine.Handler(mux), "FROB", "/users/12345", "HTTP", ""},
		"behind middleware":    {koine.Handler(copying(mux), mux), "GET", "/users/12345", "GET /users/{id}", "/users/{id}"},
		"a router of its own":  {koine.Handler(http.HandlerFunc(router)), "GET", "/late/12345", "GET /late/{id}", "/late/{id}"},
		"middleware, not said": {koine.Handler(copying(mux)), "GET", "/users/12345", "GET", ""},
	} {
		t.Run(name, func(t *testing.T) {
			tel := koinetest.Start(t)
			r := httptest.NewRequest(test.method, "http://example.com"+test.path, nil)
			test.handler.ServeHTTP(httptest.NewRecorder(), r)
			spans := tel.Spans()
			require.Len(t, spans, 1)
			require.Equal(t, test.wantName, spans[0].Name())
			require.Equal(t, test.wantRoute, attributeOf(spans[0], "http.route"))
			require.Equal(t, trace.SpanKindServer, spans[0].SpanKind())
			tel.AssertConforms(t)
		})
	}
}

func attributeOf(s sdktrace.ReadOnlySpan, key attribute.Key) string {
	for _, a := range s.Attributes() {
		if a.Key == key {
			return a.Value.String()
		}
	}
	return ""
}

// T10: a panic exports its span with error.type, once, and goes on.
func TestPanicIsOnTheSpan(t *testing.T) {
	tel := koinetest.Start(t)
	server := httptest.NewUnstartedServer(koine.Handler(users()))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	defer server.Close()
	_, err := server.Client().Post(server.URL+"/panic", "", nil)
	require.Error(t, err, "net/http saw the panic")
	spans := tel.Spans()
	require.Len(t, spans, 1)
	require.Equal(t, "POST /panic", spans[0].Name())
	require.Equal(t, "*errors.errorString", attributeOf(spans[0], "error.type"))
	require.Equal(t, codes.Error, spans[0].Status().Code)
	require.Len(t, spans[0].Events(), 1)
	tel.AssertConforms(t)
}

func TestTransport(t *testing.T) {
	tel := koinetest.Start(t)
	server := httptest.NewServer(koine.Handler(users()))
	defer server.Close()
	client := http.Client{Transport: koine.Transport(nil)}
	ctx, parent := otel.Tracer("test").Start(t.Context(), "work")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/users/12345", http.NoBody)
	require.NoError(t, err)
	response, err := client.Do(r)
	require.NoError(t, err)
	_, _ = io.Copy(io.Discard, response.Body)
	require.NoError(t, response.Body.Close())
	parent.End()
	names := map[string]sdktrace.ReadOnlySpan{}
	for _, s := range tel.Spans() {
		names[s.SpanKind().String()+" "+s.Name()] = s
		require.Equal(t, parent.SpanContext().TraceID(), s.SpanContext().TraceID())
	}
	require.Contains(t, names, "client GET")
	require.Equal(t, names["client GET"].SpanContext().SpanID(), names["server GET /users/{id}"].Parent().SpanID())
	tel.AssertConforms(t)
}

// What signs a URL is not for everybody who may read traces; the request has it.
func TestTransportLeavesOutSignatures(t *testing.T) {
	tel := koinetest.Start(t)
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.URL.RawQuery }))
	defer server.Close()
	client := http.Client{Transport: koine.Transport(nil)}
	response, err := client.Get(server.URL + "/b?b=2&sig=s3cret&a=1")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, "b=2&sig=s3cret&a=1", got)
	require.Equal(t, server.URL+"/b?b=2&sig=REDACTED&a=1", attributeOf(tel.Spans()[0], "url.full"))
	response, err = client.Get(server.URL + "/b?b=2")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, server.URL+"/b?b=2", attributeOf(tel.Spans()[1], "url.full"))
}

type coded struct{}

func (coded) Error() string     { return "no such user" }
func (coded) ErrorType() string { return "not_found" }

// gone is an error whose methods panic on a nil pointer.
type gone struct{ text string }

func (g *gone) Error() string     { return g.text }
func (g *gone) ErrorType() string { return g.text }

// A nil pointer that became an error is the service's mistake, and no reason to end it.
func TestEndOfNilPointer(t *testing.T) {
	tel := koinetest.Start(t)
	require.NotPanics(t, func() {
		var err error = (*gone)(nil)
		_, span := otel.Tracer("test").Start(t.Context(), "work")
		defer koine.End(span, &err)
	})
	require.Len(t, tel.Spans(), 1)
	require.Equal(t, "*koine_test.gone", attributeOf(tel.Spans()[0], "error.type"))
	require.Equal(t, sdktrace.Status{Code: codes.Error, Description: "<nil>"}, tel.Spans()[0].Status())
}

func TestEnd(t *testing.T) {
	work := func(err error, panics any) (result error) {
		_, span := otel.Tracer("test").Start(context.Background(), "work")
		defer koine.End(span, &result)
		if panics != nil {
			panic(panics)
		}
		return err
	}
	for name, test := range map[string]struct {
		err       error
		panics    any
		wantType  string
		exception string
	}{
		"well":       {},
		"an error":   {err: errTorn, wantType: "*errors.errorString", exception: "torn"},
		"its own":    {err: errors.Join(coded{}), wantType: "not_found", exception: "no such user"},
		"a panic":    {panics: "boom", wantType: "panic", exception: "panic: boom"},
		"an error's": {panics: coded{}, wantType: "not_found", exception: "no such user"},
	} {
		for optIn, want := range map[string]struct{ events, records int }{"": {1, 0}, "logs": {0, 1}, "http, logs/dup": {1, 1}} {
			t.Run(strings.TrimSpace(name+" "+optIn), func(t *testing.T) {
				t.Setenv("OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN", optIn)
				tel := koinetest.Start(t)
				if test.panics != nil {
					require.PanicsWithValue(t, test.panics, func() { _ = work(nil, test.panics) })
				} else {
					require.Equal(t, test.err, work(test.err, nil))
				}
				require.Len(t, tel.Spans(), 1)
				span := tel.Spans()[0]
				require.Equal(t, test.wantType, attributeOf(span, "error.type"))
				if test.wantType == "" {
					require.Equal(t, codes.Unset, span.Status().Code)
					require.Empty(t, span.Events())
					require.Empty(t, tel.Records())
					return
				}
				require.Equal(t, sdktrace.Status{Code: codes.Error, Description: test.exception}, span.Status())
				require.Len(t, span.Events(), want.events)
				require.Len(t, tel.Records(), want.records)
				for _, e := range span.Events() {
					require.Equal(t, "exception", e.Name)
				}
				for _, r := range tel.Records() {
					require.Equal(t, "exception", r.EventName())
					require.Equal(t, span.SpanContext().SpanID(), r.SpanID())
				}
				tel.AssertConforms(t)
			})
		}
	}
}
