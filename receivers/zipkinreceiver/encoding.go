package zipkinreceiver

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/collector/config/confighttp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// decoders are what confighttp lacks: a name for no encoding, gzip's other name, and for gzip,
// which Zipkin's reporters use by default, decompressors that are used again.
func decoders(c *confighttp.ServerConfig) []confighttp.ToServerOption {
	options := []confighttp.ToServerOption{
		confighttp.WithDecoder("identity", func(io.ReadCloser) (io.ReadCloser, error) { return nil, nil }),
	}
	if c.CompressionAlgorithms == nil || slices.Contains(c.CompressionAlgorithms, "gzip") {
		gunzip := func(body io.ReadCloser) (io.ReadCloser, error) { return &gunzipper{body: body}, nil }
		options = append(options, confighttp.WithDecoder("gzip", gunzip), confighttp.WithDecoder("x-gzip", gunzip))
	}
	return options
}

// gunzipReaders are some 50 KiB each.
var gunzipReaders = sync.Pool{New: func() any { return new(gzip.Reader) }}

// gunzipper reads what is compressed. It takes a reader when it is first read, so that every
// mistake is one of reading, and gives it back at the end: the handler may then wait long for
// the pipeline.
type gunzipper struct {
	body   io.ReadCloser
	reader *gzip.Reader
	err    error
}

func (g *gunzipper) Read(p []byte) (int, error) {
	if g.err != nil {
		return 0, g.err
	}
	if g.reader == nil {
		g.reader = gunzipReaders.Get().(*gzip.Reader)
		if g.err = g.reader.Reset(g.body); g.err != nil {
			g.release()
			return 0, g.err
		}
	}
	n, err := g.reader.Read(p)
	if err != nil {
		g.err = err
		g.release()
	}
	return n, err
}

func (g *gunzipper) Close() error {
	if g.err == nil {
		g.err = http.ErrBodyReadAfterClose
	}
	g.release()
	return g.body.Close()
}

func (g *gunzipper) release() {
	if g.reader != nil {
		gunzipReaders.Put(g.reader)
		g.reader = nil
	}
}

// refuseUnread makes r answer for what confighttp refuses before it calls the handler: who is
// not authenticated, encodings that it does not know, and bodies whose first bytes do not
// decompress. Of the last it gives the text alone.
func (r *zipkinReceiver) refuseUnread(c *confighttp.ServerConfig) confighttp.ToServerOption {
	return confighttp.WithErrorHandler(func(w http.ResponseWriter, req *http.Request, text string, code int) {
		call := isCall(req)
		switch {
		case code == http.StatusUnauthorized && call:
			writeStatus(w, status.New(codes.Unauthenticated, text))
		case code != http.StatusBadRequest:
			http.Error(w, text, code)
		case !call && (!isPath(req.URL.Path) || req.Method != http.MethodPost):
			r.ServeHTTP(w, req) // says so, and does not read
		default:
			err := undecoded(c.CompressionAlgorithms, req.Header.Get("Content-Encoding"), text)
			route := r.routes.call
			if !call {
				route, _ = r.routes.post(req.URL.Path, req.Header.Get("Content-Type"))
			}
			r.end(route.StartTracesOp(req.Context()), route, 0, err)
			a := answerTo(err)
			if call {
				writeStatus(w, a.status(req.Context()))
				return
			}
			writeAnswer(w, req, a)
		}
	})
}

// tooLargeSnappy is what confighttp says of snappy that would be too large.
const tooLargeSnappy = "snappy: decoded size exceeds max request body size"

func undecoded(accepted []string, encoding, text string) error {
	switch {
	case !slices.Contains(accepted, encoding):
		return &refusal{unknownEncoding, fmt.Errorf("zipkin: Content-Encoding %q is none of %s", encoding, strings.Join(named(accepted), ", "))}
	case text == tooLargeSnappy, text == new(http.MaxBytesError).Error():
		return &refusal{tooLarge, errors.New("zipkin: " + text)}
	}
	return &refusal{malformed, fmt.Errorf("zipkin: cannot decompress %s: %s", encoding, text)}
}

// named are those that have a name: "" is none at all.
func named(encodings []string) []string {
	return slices.DeleteFunc(slices.Clone(encodings), func(e string) bool { return e == "" })
}
