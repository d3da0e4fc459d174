package guardextension

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/zipkinreceiver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/koine-otel/koine/extensions/guardextension/internal/metadata"
)

// startZipkin starts contrib's Zipkin receiver behind a guard, and gives its URL.
func startZipkin(t *testing.T, sink *consumertest.TracesSink) string {
	t.Helper()
	host := extensions{component.NewID(metadata.Type): testGuard(t, nil)}
	factory := zipkinreceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	address := freeAddress(t)
	require.NoError(t, confmap.NewFromStringMap(map[string]any{
		"endpoint": address, "middlewares": []any{map[string]any{"id": "guard"}}, "max_request_body_size": maxBody,
	}).Unmarshal(config))
	r, err := factory.CreateTraces(context.Background(), receivertest.NewNopSettings(factory.Type()), config, sink)
	require.NoError(t, err)
	require.NoError(t, r.Start(context.Background(), host))
	t.Cleanup(func() { require.NoError(t, r.Shutdown(context.Background())) })
	return "http://" + address
}

func zipkinField(number byte, content []byte) []byte {
	size := []byte{byte(len(content)) | 0x80, byte(len(content)>>7) | 0x80, byte(len(content)>>14) | 0x80, byte(len(content) >> 21)}
	return append(append([]byte{number<<3 | 2}, size...), content...)
}

func zipkinProto(tags int) []byte {
	span := append(zipkinField(1, []byte("0123456789abcdef")), zipkinField(3, []byte("01234567"))...)
	for i := range tags {
		span = append(span, zipkinField(11, append(zipkinField(1, fmt.Append(nil, i)), zipkinField(2, []byte("v"))...))...)
	}
	return zipkinField(1, span)
}

func zipkinJSON(tags int) []byte {
	var b strings.Builder
	b.WriteString(`[{"traceId":"1","id":"2","tags":{"first":"v"`)
	for i := range tags - 1 {
		fmt.Fprintf(&b, `,"%d":"v"`, i)
	}
	return []byte(b.String() + `}}]`)
}

func TestZipkin(t *testing.T) {
	sink := new(consumertest.TracesSink)
	url := startZipkin(t, sink)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, tc := range []struct {
		name, path, contentType, encoding string
		body                              []byte
		status                            int
	}{
		{"protobuf", "/api/v2/spans", protobufType, "", zipkinProto(10), 202},
		{"protobuf in gzip", "/api/v2/spans", protobufType, "gzip", gzipped(t, zipkinProto(100)), 202},
		{"truncated gzip", "/api/v2/spans", protobufType, "gzip", gzipped(t, bytes.Repeat(zipkinProto(100), 100))[:200], 400},
		{"truncated protobuf", "/api/v2/spans", protobufType, "", zipkinProto(10)[:40], 400},
		{"too long protobuf", "/api/v2/spans", protobufType, "gzip", gzipped(t, make([]byte, maxBody+1)), 413},
		{"tags in protobuf", "/api/v2/spans", protobufType, "", zipkinProto(100_000), 400},
		{"JSON", "/api/v2/spans", jsonType, "", zipkinJSON(10), 202},
		{"JSON as nothing", "/api/v2/spans", "", "", zipkinJSON(10), 202},
		{"JSON as text", "/api/v2/spans", "text/plain", "gzip", gzipped(t, zipkinJSON(10)), 202},
		{"tags in JSON", "/api/v2/spans", jsonType, "", zipkinJSON(100_000), 400},
		{"tags in JSON as text", "/api/v2/spans", "text/plain", "", zipkinJSON(100_000), 400},
		{"tags in JSON as protobuf", "/api/v1/spans", protobufType, "", zipkinJSON(100_000), 400},
		{"tags in JSON as thrift", "/api/v2/spans", thriftType, "", zipkinJSON(100_000), 400},
		{"null annotation", "/api/v2/spans", jsonType, "", []byte(`[{"traceId":"1","id":"2","annotations":[null]}]`), 400},
		{"null span", "/api/v1/spans", jsonType, "", []byte(`[null]`), 400},
		{"no thrift", "/api/v1/spans", thriftType, "", []byte{thriftStruct, 0, 0, 0, 0}, 202},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sink.Reset()
			r, err := http.NewRequest(http.MethodPost, url+tc.path, bytes.NewReader(tc.body))
			require.NoError(t, err)
			r.Header.Set("Content-Type", tc.contentType)
			r.Header.Set("Content-Encoding", tc.encoding)
			start := time.Now()
			resp, err := client.Do(r)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			assert.Equal(t, tc.status, resp.StatusCode)
			assert.Less(t, time.Since(start), 2*time.Second)
			if tc.status != http.StatusAccepted {
				assert.Zero(t, sink.SpanCount())
			}
		})
	}
}
