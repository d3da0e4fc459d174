package zipkinreceiver

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
)

// compressors are of every encoding that confighttp takes by default, and of gzip's other name.
var compressors = map[string]func(tb testing.TB, plain []byte) []byte{
	"identity":        func(_ testing.TB, plain []byte) []byte { return plain },
	"gzip":            gzipped,
	"x-gzip":          gzipped,
	"deflate":         func(tb testing.TB, p []byte) []byte { return compressed(tb, p, zlibWriter) },
	"zlib":            func(tb testing.TB, p []byte) []byte { return compressed(tb, p, zlibWriter) },
	"zstd":            func(tb testing.TB, p []byte) []byte { return compressed(tb, p, zstdWriter) },
	"lz4":             func(tb testing.TB, p []byte) []byte { return compressed(tb, p, lz4Writer) },
	"snappy":          func(_ testing.TB, p []byte) []byte { return snappy.Encode(nil, p) },
	"x-snappy-framed": framedSnappy,
}

func gzipped(tb testing.TB, p []byte) []byte {
	return compressed(tb, p, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
}

func framedSnappy(tb testing.TB, p []byte) []byte {
	return compressed(tb, p, func(w io.Writer) io.WriteCloser { return snappy.NewBufferedWriter(w) })
}

func zlibWriter(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
func lz4Writer(w io.Writer) io.WriteCloser  { return lz4.NewWriter(w) }

func zstdWriter(w io.Writer) io.WriteCloser {
	z, err := zstd.NewWriter(w)
	if err != nil {
		panic(err)
	}
	return z
}

func compressed(tb testing.TB, plain []byte, to func(io.Writer) io.WriteCloser) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := to(&b)
	_, err := w.Write(plain)
	require.NoError(tb, err)
	require.NoError(tb, w.Close())
	return b.Bytes()
}

// spaced is a list of one span of a size.
func spaced(size int) []byte {
	return []byte("[" + strings.Repeat(" ", size-len(oneSpan)) + oneSpan[1:])
}

// noise does not compress.
func noise(size int) []byte {
	random := rand.NewChaCha8([32]byte{})
	b := make([]byte, size)
	_, _ = random.Read(b)
	return b
}

const limit = 100_000

func TestEncodings(t *testing.T) {
	for encoding, compress := range compressors {
		t.Run(encoding, func(t *testing.T) {
			plain := encoding == "identity"
			sink := new(consumertest.TracesSink)
			r := start(t, sink, map[string]any{"max_request_body_size": limit})
			for name, tc := range map[string]struct {
				body   []byte
				status int
				text   string
			}{
				"one span":                {compress(t, []byte(oneSpan)), 202, ""},
				"up to the limit":         {compress(t, spaced(limit)), 202, ""},
				"over the limit":          {compress(t, spaced(limit+1)), 413, "zipkin: "},
				"far over the limit":      {compress(t, spaced(100*limit)), 413, "zipkin: "},
				"compressed over it, too": {compress(t, noise(2*limit)), 413, "zipkin: "},
			} {
				for _, chunked := range []bool{false, true} {
					var body io.Reader = bytes.NewReader(tc.body)
					if chunked {
						body = struct{ io.Reader }{body}
					}
					got := r.send(t, http.MethodPost, pathV2, body, "Content-Encoding", encoding)
					assert.Equal(t, tc.status, got.StatusCode, "%s, %v: %s", name, chunked, got.body)
					assert.Contains(t, got.body, tc.text, name)
				}
			}
			assert.Equal(t, 4, sink.SpanCount())
			assert.EqualValues(t, 6, r.invalidRequests(t, "koine.reason", "too_large"))
			assert.EqualValues(t, 6, r.invalidRequests(t))
			if plain {
				return
			}
			whole := compress(t, append(spaced(limit/2), noise(limit/4)...))
			for name, body := range map[string][]byte{
				"not compressed": []byte(oneSpan),
				"cut short":      whole[:len(whole)-100],
				"noise":          append([]byte{100}, noise(1000)...), // not much, snappy would say
			} {
				got := r.post(t, pathV2, body, "Content-Encoding", encoding)
				assert.Equal(t, http.StatusBadRequest, got.StatusCode, "%s: %s", name, got.body)
				assert.Contains(t, got.body, "zipkin: cannot decompress", name)
			}
			assert.EqualValues(t, 3, r.invalidRequests(t, "koine.reason", "malformed"))
			assert.Equal(t, 13, r.operations())
		})
	}
}

func TestUnknownEncoding(t *testing.T) {
	r := start(t, consumertest.NewNop(), map[string]any{"compression_algorithms": []any{"", "zstd"}})
	for _, encoding := range []string{"br", "gzip", "GZIP", "gzip, gzip"} {
		got := r.post(t, pathV1, []byte("x"), "Content-Encoding", encoding, "Content-Type", thriftType)
		assert.Equal(t, http.StatusUnsupportedMediaType, got.StatusCode, encoding)
		assert.Equal(t, fmt.Sprintf("zipkin: Content-Encoding %q is none of zstd", encoding), got.body)
	}
	assert.EqualValues(t, 4, r.invalidRequests(t, "koine.reason", "encoding"))
	assert.Equal(t, 4, r.operations())
	got := r.post(t, "/elsewhere", []byte("x"), "Content-Encoding", "br")
	assert.Equal(t, http.StatusNotFound, got.StatusCode)
}

// TestSnappyPromise: what a block of snappy says that it will be is not believed.
func TestSnappyPromise(t *testing.T) {
	r := start(t, consumertest.NewNop(), nil)
	bomb := append(binary.AppendUvarint(nil, 1<<32-1), 0, 0)
	got := r.post(t, pathV2, bomb, "Content-Encoding", "snappy")
	assert.Equal(t, http.StatusRequestEntityTooLarge, got.StatusCode)
}
