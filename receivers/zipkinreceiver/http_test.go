package zipkinreceiver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	v1JSON = `[{"traceId":"463ac35c9f6413ad","id":"0000000000000001","name":"get","annotations":[],` +
		`"binaryAnnotations":[{"key":"sa","value":true,"endpoint":{"serviceName":"db"}}]}]`
	noTraceID = `[{"id":"0000000000000001","name":"get"}]`
)

// protoSpan is a ListOfSpans of one.
var protoSpan = []byte{
	10, 26 + 8, // spans[0]
	10, 8, 1, 2, 3, 4, 5, 6, 7, 8, // trace_id of 64 bits
	26, 8, 1, 2, 3, 4, 5, 6, 7, 8, // id
	42, 3, 'g', 'e', 't', // name
	49, 0, 0x40, 0x2a, 0x6a, 0x07, 0x0a, 0x06, 0, // timestamp
}

// thriftSpan is a list of one: a trace id, a name and an id.
var thriftSpan = []byte{
	12, 0, 0, 0, 1, // one struct
	10, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, // trace_id
	11, 0, 3, 0, 0, 0, 3, 'g', 'e', 't', // name
	10, 0, 4, 1, 2, 3, 4, 5, 6, 7, 8, // id
	10, 0, 10, 0, 0x06, 0x0a, 0x07, 0x6a, 0x2a, 0x40, 0, // timestamp
	0,
}

func TestHTTP(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	for name, tc := range map[string]struct {
		path, contentType, body string
		status                  int
		text                    string // the answer has it
		transport               string // and the numbers stand there
		spans                   int
		reason                  string
	}{
		"v2 JSON":                   {pathV2, jsonType, oneSpan, 202, "", "http_v2_json", 1, ""},
		"v2 JSON with parameters":   {pathV2, "application/json; charset=utf-8", oneSpan, 202, "", "http_v2_json", 1, ""},
		"v2 JSON as something":      {pathV2, "text/plain", oneSpan, 202, "", "http_v2_json", 1, ""},
		"v2 JSON as nothing":        {pathV2, "", oneSpan, 202, "", "http_v2_json", 1, ""},
		"v2 JSON behind a prefix":   {"/zipkin" + pathV2, jsonType, oneSpan, 202, "", "http_v2_json", 1, ""},
		"v2 proto":                  {pathV2, protobufType, string(protoSpan), 202, "", "http_v2_proto", 1, ""},
		"v2 proto with parameters":  {pathV2, "Application/X-Protobuf ; messageType=ListOfSpans", string(protoSpan), 202, "", "http_v2_proto", 1, ""},
		"v1 JSON":                   {pathV1, jsonType, v1JSON, 202, "", "http_v1_json", 1, ""},
		"v1 JSON as nothing":        {pathV1, "", v1JSON, 202, "", "http_v1_json", 1, ""},
		"v1 thrift":                 {pathV1, thriftType, string(thriftSpan), 202, "", "http_v1_thrift", 1, ""},
		"v1 thrift, official type":  {pathV1, thriftBinaryType + ";v=1", string(thriftSpan), 202, "", "http_v1_thrift", 1, ""},
		"empty":                     {pathV2, jsonType, "", 202, "", "http_v2_json", 0, ""},
		"empty v1":                  {pathV1, jsonType, "", 202, "", "http_v1_json", 0, ""},
		"empty thrift":              {pathV1, thriftType, "", 202, "", "http_v1_thrift", 0, ""},
		"empty proto":               {pathV2, protobufType, "", 202, "", "http_v2_proto", 0, ""},
		"no spans":                  {pathV2, jsonType, "[]", 202, "", "http_v2_json", 0, ""},
		"no spans v1":               {pathV1, jsonType, " [ ]\n", 202, "", "http_v1_json", 0, ""},
		"no spans in thrift":        {pathV1, thriftType, "\x0c\x00\x00\x00\x00", 202, "", "http_v1_thrift", 0, ""},
		"invalid span":              {pathV2, jsonType, noTraceID, 202, "", "http_v2_json", 0, ""},
		"invalid span among others": {pathV2, jsonType, noTraceID[:len(noTraceID)-1] + "," + oneSpan[1:], 202, "", "http_v2_json", 1, ""},
		"proto at v1":               {pathV1, protobufType, string(protoSpan), 415, "application/x-protobuf is not for this path: post it to /api/v2/spans as application/x-protobuf", "http_v1_json", 0, "media_type"},
		"thrift at v2":              {pathV2, thriftType, string(thriftSpan), 415, "post it to /api/v1/spans as application/x-thrift", "http_v2_json", 0, "media_type"},
		"v1 at v2":                  {pathV2, jsonType, v1JSON, 400, "expected a list of spans as JSON_V2, received JSON_V1: post it to /api/v1/spans as application/json", "http_v2_json", 0, "format"},
		"v1 by a detail, at v2": {
			pathV2, jsonType, `[{"traceId":"1","id":"1","annotations":[{"timestamp":1,"value":"sr","endpoint":{}}]}]`, 400,
			"received JSON_V1: post it to /api/v1/spans as application/json", "http_v2_json", 0, "format",
		},
		"v2 at v1":                    {pathV1, jsonType, oneSpan, 400, "expected a list of spans as JSON_V1, received JSON_V2: post it to /api/v2/spans as application/json", "http_v1_json", 0, "format"},
		"proto as JSON":               {pathV2, jsonType, string(protoSpan), 400, "received PROTO3: post it to /api/v2/spans as application/x-protobuf", "http_v2_json", 0, "format"},
		"JSON as proto":               {pathV2, protobufType, oneSpan, 400, "received JSON_V2: post it to /api/v2/spans as application/json", "http_v2_proto", 0, "format"},
		"thrift as JSON":              {pathV1, jsonType, string(thriftSpan), 400, "received THRIFT: post it to /api/v1/spans as application/x-thrift", "http_v1_json", 0, "format"},
		"JSON as thrift":              {pathV1, thriftType, v1JSON, 400, "received JSON_V1: post it to /api/v1/spans as application/json", "http_v1_thrift", 0, "format"},
		"no list":                     {pathV2, jsonType, oneSpan[1 : len(oneSpan)-1], 400, "malformed", "http_v2_json", 0, "malformed"},
		"cut short":                   {pathV2, jsonType, oneSpan[:40], 400, "malformed", "http_v2_json", 0, "malformed"},
		"text":                        {pathV2, "", "hello", 400, "malformed", "http_v2_json", 0, "malformed"},
		"cut short proto":             {pathV2, protobufType, string(protoSpan[:20]), 400, "malformed", "http_v2_proto", 0, "malformed"},
		"cut short thrift":            {pathV1, thriftType, string(thriftSpan[:20]), 400, "malformed", "http_v1_thrift", 0, "malformed"},
		"deep":                        {pathV2, jsonType, deep, 400, "malformed", "http_v2_json", 0, "malformed"},
		"deep in an unknown field":    {pathV2, jsonType, `[{"x":` + deep, 400, "malformed", "http_v2_json", 0, "malformed"},
		"deep v1":                     {pathV1, jsonType, `[{"annotations":[],"binaryAnnotations":` + deep, 400, "malformed", "http_v1_json", 0, "malformed"},
		"too large":                   {pathV2, jsonType, "[" + strings.Repeat(" ", 2<<20) + "]", 413, "more than 1048576 bytes, see max_request_body_size", "http_v2_json", 0, "too_large"},
		"as large as may be":          {pathV2, jsonType, "[" + strings.Repeat(" ", 1<<20-2) + "]", 202, "", "http_v2_json", 0, ""},
		"one byte too large":          {pathV2, jsonType, "[" + strings.Repeat(" ", 1<<20-1) + "]", 413, "max_request_body_size", "http_v2_json", 0, "too_large"},
		"another path":                {"/api/v2/spans/", "", oneSpan, 404, "/api/v2/spans or /api/v1/spans", "", 0, ""},
		"the root":                    {"/", "", oneSpan, 404, "spans are posted to", "", 0, ""},
		"gRPC's type over HTTP/1.1":   {reportMethod, grpcType, string(protoSpan), 404, "", "", 0, ""},
		"gRPC's type at HTTP's paths": {pathV2, grpcType, oneSpan, 202, "", "http_v2_json", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			sink := new(consumertest.TracesSink)
			r := start(t, sink, map[string]any{"max_request_body_size": 1 << 20})
			var headers []string
			if tc.contentType != "" {
				headers = []string{"Content-Type", tc.contentType}
			}
			got := r.post(t, tc.path, []byte(tc.body), headers...)
			assert.Equal(t, tc.status, got.StatusCode, got.body)
			assert.Contains(t, got.body, tc.text)
			if tc.status == 202 {
				assert.Empty(t, got.body)
			}
			assert.Equal(t, tc.spans, sink.SpanCount())
			assert.EqualValues(t, tc.spans, r.accepted(t))
			assert.EqualValues(t, tc.spans, r.accepted(t, "transport", tc.transport))
			if tc.reason != "" {
				assert.EqualValues(t, 1, r.invalidRequests(t, "koine.reason", tc.reason))
			} else {
				assert.Zero(t, r.invalidRequests(t))
			}
			operations := 1
			if tc.transport == "" {
				operations = 0
			}
			assert.Equal(t, operations, r.operations())
		})
	}
}

func TestMethods(t *testing.T) {
	r := start(t, consumertest.NewNop(), nil)
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodTrace} {
		got := r.send(t, method, pathV2, nil)
		assert.Equal(t, http.StatusMethodNotAllowed, got.StatusCode, method)
		assert.Equal(t, "POST", got.Header.Get("Allow"))
		assert.Equal(t, http.StatusNotFound, r.send(t, method, "/health", nil).StatusCode)
	}
	assert.Zero(t, r.operations(), "these are no requests with spans")
}

func TestCORS(t *testing.T) {
	sink := new(consumertest.TracesSink)
	r := start(t, sink, map[string]any{"cors": map[string]any{"allowed_origins": []any{"https://*.example.com"}, "allowed_headers": []any{"x-b3-traceid"}, "max_age": 60}})
	preflight := r.send(t, http.MethodOptions, pathV2, nil, "Origin", "https://shop.example.com",
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "x-b3-traceid")
	assert.Equal(t, http.StatusNoContent, preflight.StatusCode)
	assert.Equal(t, "https://shop.example.com", preflight.Header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "60", preflight.Header.Get("Access-Control-Max-Age"))
	other := r.send(t, http.MethodOptions, pathV2, nil, "Origin", "https://example.org", "Access-Control-Request-Method", "POST")
	assert.Empty(t, other.Header.Get("Access-Control-Allow-Origin"))
	posted := r.post(t, pathV2, []byte(oneSpan), "Origin", "https://shop.example.com")
	assert.Equal(t, http.StatusAccepted, posted.StatusCode)
	assert.Equal(t, "https://shop.example.com", posted.Header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, 1, sink.SpanCount())
}

// authenticator lets in who knows the word.
type authenticator struct {
	component.StartFunc
	component.ShutdownFunc
}

func (authenticator) Authenticate(ctx context.Context, headers map[string][]string) (context.Context, error) {
	if http.Header(headers).Get("Authorization") != "friend" {
		return ctx, errors.New("speak, friend")
	}
	return ctx, nil
}

func TestAuth(t *testing.T) {
	sink := new(consumertest.TracesSink)
	r := start(t, sink, map[string]any{"auth": map[string]any{"authenticator": "test/a"}}, authenticator{})
	got := r.post(t, pathV2, []byte(oneSpan))
	assert.Equal(t, http.StatusUnauthorized, got.StatusCode)
	assert.Equal(t, "speak, friend", got.body)
	assert.Zero(t, sink.SpanCount())
	assert.Equal(t, http.StatusAccepted, r.post(t, pathV2, []byte(oneSpan), "Authorization", "friend").StatusCode)
	assert.Equal(t, 1, sink.SpanCount())
}

// pipelineErrors are what a pipeline may say, and what clients are told.
var pipelineErrors = map[string]struct {
	err        error
	http       int
	retryAfter string
	grpc       codes.Code
	delay      time.Duration
}{
	"retryable":                    {errors.New("queue is full"), 503, "1", codes.Unavailable, time.Second},
	"wrapped retryable":            {fmt.Errorf("x: %w", status.Error(codes.Unavailable, "later")), 503, "1", codes.Unavailable, time.Second},
	"unavailable with a delay":     {withRetry(codes.Unavailable, 2500*time.Millisecond), 503, "3", codes.Unavailable, 2500 * time.Millisecond},
	"permanent":                    {consumererror.NewPermanent(errors.New("no such tenant")), 400, "", codes.InvalidArgument, 0},
	"permanent with a status":      {consumererror.NewPermanent(status.Error(codes.PermissionDenied, "not yours")), 400, "", codes.PermissionDenied, 0},
	"permanent that is retryable":  {consumererror.NewPermanent(status.Error(codes.Unavailable, "gone")), 400, "", codes.InvalidArgument, 0},
	"permanently exhausted":        {consumererror.NewPermanent(status.Error(codes.ResourceExhausted, "message is larger")), 400, "", codes.ResourceExhausted, 0},
	"exhausted":                    {status.Error(codes.ResourceExhausted, "quota"), 429, "1", codes.ResourceExhausted, time.Second},
	"exhausted with a delay":       {withRetry(codes.ResourceExhausted, 7*time.Second), 429, "7", codes.ResourceExhausted, 7 * time.Second},
	"exhausted with a short delay": {withRetry(codes.ResourceExhausted, 10*time.Millisecond), 429, "1", codes.ResourceExhausted, 10 * time.Millisecond},
}

func withRetry(code codes.Code, delay time.Duration) error {
	s, err := status.New(code, "later").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(delay)})
	if err != nil {
		panic(err)
	}
	return fmt.Errorf("exporting: %w", s.Err())
}

func TestPipelineErrors(t *testing.T) {
	for name, tc := range pipelineErrors {
		t.Run(name, func(t *testing.T) {
			r := start(t, consumertest.NewErr(tc.err), nil)
			got := r.post(t, pathV2, []byte(oneSpan))
			assert.Equal(t, tc.http, got.StatusCode)
			assert.Equal(t, tc.retryAfter, got.Header.Get("Retry-After"))
			assert.Contains(t, got.body, tc.err.Error())
			assert.Zero(t, r.accepted(t))
			assert.EqualValues(t, 1, r.refused(t))
			assert.Zero(t, r.invalidRequests(t))
			assert.Equal(t, 1, r.operations())
		})
	}
}

func TestRejectBatch(t *testing.T) {
	sink := new(consumertest.TracesSink)
	r := start(t, sink, map[string]any{"on_invalid": "reject_batch"})
	body := oneSpan[:len(oneSpan)-1] + "," + noTraceID[1:]
	got := r.post(t, pathV2, []byte(body))
	assert.Equal(t, http.StatusBadRequest, got.StatusCode)
	assert.Contains(t, got.body, "span 1: trace_id: ")
	assert.Zero(t, sink.SpanCount())
	assert.Zero(t, r.accepted(t))
	assert.EqualValues(t, 1, r.refused(t), "the one that was valid")
	assert.EqualValues(t, 1, r.invalidRequests(t, "koine.reason", "invalid_span"))
	assert.EqualValues(t, 1, r.sum(t, "otelcol_receiver_zipkin_invalid_spans", "koine.reason", "trace_id"))
}

// TestLostClients: who promises more than comes is answered when it is clear, and counted.
func TestLostClients(t *testing.T) {
	r := start(t, consumertest.NewNop(), map[string]any{"read_timeout": "200ms"})
	head := "POST /api/v2/spans HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n[{"

	gone, err := net.Dial("tcp", r.address)
	require.NoError(t, err)
	_, err = io.WriteString(gone, head)
	require.NoError(t, err)
	require.NoError(t, gone.Close())
	require.Eventually(t, func() bool { return r.invalidRequests(t, "koine.reason", "unfinished") == 1 }, 5*time.Second, time.Millisecond)

	slow, err := net.Dial("tcp", r.address)
	require.NoError(t, err)
	defer slow.Close()
	_, err = io.WriteString(slow, head)
	require.NoError(t, err)
	answer, err := io.ReadAll(slow)
	require.NoError(t, err)
	assert.Contains(t, string(answer), "HTTP/1.1 408 ")
	assert.Contains(t, string(answer), "Connection: close")
	assert.EqualValues(t, 1, r.invalidRequests(t, "koine.reason", "timeout"))
	assert.Equal(t, 2, r.operations())
}

// TestClientGoneWhileWaiting: the spans are accounted for although nobody hears the answer.
func TestClientGoneWhileWaiting(t *testing.T) {
	next := newGate()
	r := start(t, next, nil)
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+pathV2, strings.NewReader(oneSpan))
	require.NoError(t, err)
	go func() {
		<-next.arrived
		cancel()
	}()
	resp, err := r.client.Do(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	require.ErrorIs(t, err, context.Canceled)
	require.Eventually(t, func() bool { return r.refused(t) == 1 }, 5*time.Second, time.Millisecond)
	assert.Equal(t, 1, r.operations())
}

func TestKeepAlive(t *testing.T) {
	r := start(t, consumertest.NewNop(), nil)
	conn, err := net.Dial("tcp", r.address)
	require.NoError(t, err)
	defer conn.Close()
	for range 3 {
		_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", pathV2, len(oneSpan), oneSpan)
		require.NoError(t, err)
		answer := make([]byte, 12)
		_, err = io.ReadFull(conn, answer)
		require.NoError(t, err)
		require.Equal(t, "HTTP/1.1 202", string(answer))
		rest := make([]byte, 1024)
		_, err = conn.Read(rest)
		require.NoError(t, err)
	}
	assert.EqualValues(t, 3, r.accepted(t))
}
