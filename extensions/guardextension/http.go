package guardextension

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/extension/extensionmiddleware"
	"google.golang.org/grpc/codes"

	"github.com/koine-otel/koine/spans/wire"
)

var _ extensionmiddleware.HTTPServer = (*guard)(nil)

// GetHTTPHandler makes the guard a middleware of HTTP servers. confighttp puts it behind
// authentication and decompression, so it sees what the receiver would.
func (g *guard) GetHTTPHandler(context.Context) (extensionmiddleware.WrapHTTPHandlerFunc, error) {
	return func(_ context.Context, next http.Handler) (http.Handler, error) {
		return &httpGuard{guard: g, next: next}, nil
	}, nil
}

type httpGuard struct {
	*guard
	next http.Handler
}

func (g *httpGuard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost && r.Method != http.MethodPut {
		g.next.ServeHTTP(w, r)
		return
	}

	kind, signal := g.contentOf(r)
	body, err := g.receiveInTime(w, r)
	defer body.release()
	if err != nil {
		g.refuseUnread(w, r, kind, err)
		return
	}
	heap, err := g.check(kind, signal, body.content)
	if err != nil {
		g.refused(reasonOf(err), overHTTP, err)
		writeStatus(w, kind, http.StatusBadRequest, codes.InvalidArgument, err)
		return
	}
	if err := body.reserve(heap); err != nil {
		g.refuseUnread(w, r, kind, err)
		return
	}
	r.Body = body
	r.ContentLength = int64(len(body.content))
	g.next.ServeHTTP(w, r)
}

// receiveInTime bounds how long the body may take. After an error the deadline stays: the
// server then still reads what is left of the body.
func (g *httpGuard) receiveInTime(w http.ResponseWriter, r *http.Request) (*body, error) {
	timeout := g.config.ReceiveTimeout
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok &&
		server.ReadTimeout > 0 && server.ReadTimeout <= timeout {
		timeout = 0 // the server is stricter
	}
	if timeout == 0 {
		return receive(r, &g.inFlight)
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(timeout)) // only connections have any
	b, err := receive(r, &g.inFlight)
	if err == nil {
		_ = control.SetReadDeadline(time.Time{})
	}
	return b, err
}

// check scans a body, and gives about what decoding it takes. An empty one has nothing to
// refuse, and is the receiver's to judge.
func (g *guard) check(kind contentKind, signal wire.Signal, body []byte) (heap int, err error) {
	var shape wire.Shape
	switch {
	case len(body) == 0:
	case kind == protobufContent && signal == wire.Zipkin:
		return g.checkZipkin(body)
	case kind == protobufContent:
		shape, err = wire.Check(signal, body, g.limits)
	case kind == thriftContent && body[0] == thriftStruct:
	case kind == thriftContent, kind == jsonContent && signal == wire.Zipkin:
		shape, err = wire.CheckZipkinJSON(body, g.limits)
	case kind == jsonContent:
		shape, err = wire.CheckJSON(body, g.limits)
	}
	return shape.Heap, err
}

// thriftStruct is what a list of structs in thrift begins with: the type of its members.
// JSON cannot.
const thriftStruct = 12

// checkZipkin scans what says that it is a list of Zipkin's spans in protobuf. Receivers
// take it for JSON at some paths, so if it could be some it is scanned as both.
func (g *guard) checkZipkin(body []byte) (heap int, err error) {
	shape, err := wire.Check(wire.Zipkin, body, g.limits)
	if err != nil {
		return 0, err
	}
	start := bytes.TrimLeft(body, " \t\r\n")
	if len(start) == 0 || start[0] != '[' && start[0] != '{' {
		return shape.Heap, nil
	}
	asJSON, err := wire.CheckZipkinJSON(body, g.limits)
	if err != nil && reasonOf(err) != reason(wire.Malformed) {
		return 0, err
	}
	return max(shape.Heap, asJSON.Heap), nil
}

// refuseUnread answers a request whose body could not be read to its end, or cannot be kept.
// Whoever is gone does not see the answer; whoever only looks gone must not take silence for
// success.
func (g *httpGuard) refuseUnread(w http.ResponseWriter, r *http.Request, kind contentKind, err error) {
	tooBig := (*http.MaxBytesError)(nil)
	switch {
	case errors.As(err, &tooBig), errors.Is(err, errNeverFits):
		g.refused(tooLarge, overHTTP, err)
		writeStatus(w, kind, http.StatusRequestEntityTooLarge, codes.ResourceExhausted, err)
		return
	case errors.Is(err, errOverBudget):
		g.refused(overBudget, overHTTP, err)
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
		writeStatus(w, kind, http.StatusServiceUnavailable, codes.Unavailable, err)
		return
	case errors.Is(err, os.ErrDeadlineExceeded):
		g.refused(tooLate, overHTTP, err)
		if r.ProtoMajor == 1 {
			w.Header().Set("Connection", "close")
		}
		writeStatus(w, kind, http.StatusRequestTimeout, codes.DeadlineExceeded, err)
		return
	}
	if !clientGone(r, err) {
		g.refused(reason(wire.Malformed), overHTTP, err)
	}
	writeStatus(w, kind, http.StatusBadRequest, codes.InvalidArgument, err)
}

// clientGone tells a lost connection from bytes that do not decompress.
func clientGone(r *http.Request, err error) bool {
	var network net.Error
	cutShort := errors.Is(err, io.ErrUnexpectedEOF) && r.ContentLength >= 0 // it never is for compressed bodies
	return cutShort || r.Context().Err() != nil || errors.As(err, &network)
}

// contentKind says how a body is scanned, and how its sender is answered.
type contentKind int

const (
	otherContent contentKind = iota // received, not scanned
	protobufContent
	jsonContent
	thriftContent
)

const (
	protobufType = "application/x-protobuf"
	jsonType     = "application/json"
	thriftType   = "application/x-thrift"
)

// contentOf goes by the content type alone for JSON, all of which can nest; protobuf needs
// a path that tells its schema. At Zipkin's paths receivers take for JSON whatever they do
// not know.
func (g *guard) contentOf(r *http.Request) (contentKind, wire.Signal) {
	contentType := r.Header.Get("Content-Type")
	if contentType != protobufType && contentType != jsonType {
		contentType, _, _ = mime.ParseMediaType(contentType)
	}
	signal, known := g.config.Paths.signalAt(r.URL.Path)
	switch {
	case known && contentType == protobufType:
		return protobufContent, signal
	case known && signal == wire.Zipkin && (contentType == thriftType || strings.HasSuffix(contentType, "+thrift")):
		return thriftContent, signal
	case contentType == jsonType, known && signal == wire.Zipkin:
		return jsonContent, signal
	}
	return otherContent, signal
}
