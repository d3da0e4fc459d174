package telemetry

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// refusal is why a request is not taken, and the status of the answer.
type refusal struct {
	status int
	error
}

// Unwrap gives the cause.
func (r *refusal) Unwrap() error { return r.error }

func malformed(err error) *refusal { return &refusal{http.StatusBadRequest, err} }

// readBody reads a request's body and unpacks it. Both are bounded: little packs a lot.
func readBody(w http.ResponseWriter, req *http.Request, limit int) ([]byte, *refusal) {
	packed := http.MaxBytesReader(w, req.Body, int64(limit))
	content, closeContent, err := contentOf(packed, req.Header.Get("Content-Encoding"))
	if err != nil {
		return nil, refusalOf(err, limit)
	}
	defer closeContent()
	body, err := io.ReadAll(io.LimitReader(content, int64(limit)+1))
	if err == nil && len(body) > limit {
		err = &http.MaxBytesError{Limit: int64(limit)}
	}
	if err != nil {
		return nil, refusalOf(err, limit)
	}
	return body, nil
}

var errEncoding = errors.New("content-encoding: neither gzip, zstd nor deflate")

func contentOf(body io.Reader, encoding string) (io.Reader, func(), error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return body, func() {}, nil
	case "gzip", "x-gzip":
		r, err := gzip.NewReader(body)
		return r, func() {}, err
	case "deflate":
		r, err := zlib.NewReader(body)
		return r, func() {}, err
	case "zstd":
		r, err := zstd.NewReader(body, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxRequestWindow))
		if err != nil {
			return nil, nil, err
		}
		return r, r.Close, nil
	}
	return nil, nil, errEncoding
}

// maxRequestWindow is what a request may make zstd hold: what HTTP allows (RFC 9659).
const maxRequestWindow = 8 << 20

func refusalOf(err error, limit int) *refusal {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return &refusal{http.StatusRequestEntityTooLarge, fmt.Errorf("the body is longer than %d bytes", limit)}
	case errors.Is(err, errEncoding):
		return &refusal{http.StatusUnsupportedMediaType, err}
	case errors.Is(err, net.ErrClosed): // by us, see servers.close
		return malformed(errors.New("the body was not whole when the port was closed"))
	}
	return malformed(fmt.Errorf("reading the body: %w", err))
}
