package guardextension

import (
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"

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
	kind, signal := g.contentOf(r)
	if kind == otherContent || r.Method != http.MethodPost && r.Method != http.MethodPut {
		g.next.ServeHTTP(w, r)
		return
	}

	body, err := receive(r, &g.inFlight)
	defer body.release()
	if err != nil {
		g.refuseUnread(w, r, kind, err)
		return
	}
	if err := g.check(kind, signal, body.content); err != nil {
		g.refused(reasonOf(err), overHTTP, err)
		writeStatus(w, kind, http.StatusBadRequest, codes.InvalidArgument, err)
		return
	}
	r.Body = body
	r.ContentLength = int64(len(body.content))
	g.next.ServeHTTP(w, r)
}

// check scans a body. An empty one has nothing to refuse, and is the receiver's to judge.
func (g *guard) check(kind contentKind, signal wire.Signal, body []byte) (err error) {
	switch {
	case len(body) == 0:
	case kind == protobufContent:
		_, err = wire.Check(signal, body, g.limits)
	case kind == jsonContent:
		_, err = wire.CheckJSON(body, g.limits)
	}
	return err
}

// refuseUnread answers a request whose body could not be read to its end. Whoever is gone
// does not see the answer; whoever only looks gone must not take silence for success.
func (g *httpGuard) refuseUnread(w http.ResponseWriter, r *http.Request, kind contentKind, err error) {
	if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
		g.refused(tooLarge, overHTTP, err)
		writeStatus(w, kind, http.StatusRequestEntityTooLarge, codes.ResourceExhausted, err)
		return
	}
	if errors.Is(err, errOverBudget) {
		g.refused(overBudget, overHTTP, err)
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
		writeStatus(w, kind, http.StatusServiceUnavailable, codes.Unavailable, err)
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
	otherContent contentKind = iota
	protobufContent
	jsonContent
)

const (
	protobufType = "application/x-protobuf"
	jsonType     = "application/json"
)

// contentOf goes by the content type alone for JSON, all of which can nest; protobuf needs
// a path that tells its schema. Zipkin's, at another path, is flat.
func (g *guard) contentOf(r *http.Request) (contentKind, wire.Signal) {
	contentType := r.Header.Get("Content-Type")
	if contentType != protobufType && contentType != jsonType {
		contentType, _, _ = mime.ParseMediaType(contentType)
	}
	switch contentType {
	case jsonType:
		return jsonContent, 0
	case protobufType:
		if signal, ok := g.config.Paths.signalAt(r.URL.Path); ok {
			return protobufContent, signal
		}
	}
	return otherContent, 0
}
