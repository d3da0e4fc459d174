package zipkinreceiver

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	grpcgzip "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// dial gives a client of grpc-go.
func (r *running) dial(tb testing.TB, secure credentials.TransportCredentials) *grpc.ClientConn {
	tb.Helper()
	conn, err := grpc.NewClient(r.address, grpc.WithTransportCredentials(secure))
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, conn.Close()) })
	return conn
}

// report calls SpanService/Report.
func report(conn *grpc.ClientConn, spans *zipkin_proto3.ListOfSpans, options ...grpc.CallOption) error {
	return conn.Invoke(context.Background(), reportMethod, spans, new(emptypb.Empty), options...)
}

func someSpans(n int) *zipkin_proto3.ListOfSpans {
	list := new(zipkin_proto3.ListOfSpans)
	for i := range n {
		list.Spans = append(list.Spans, &zipkin_proto3.Span{
			TraceId: []byte("trace-id"), Id: binary.BigEndian.AppendUint64(nil, uint64(i+1)), Name: "get",
			Kind: zipkin_proto3.Span_CLIENT, Timestamp: 1_700_000_000_000_000, Duration: 5,
			LocalEndpoint: &zipkin_proto3.Endpoint{ServiceName: "front"},
		})
	}
	return list
}

func TestGRPC(t *testing.T) {
	sink := new(consumertest.TracesSink)
	r := start(t, sink, nil)
	conn := r.dial(t, insecure.NewCredentials())
	for name, options := range map[string][]grpc.CallOption{
		"plain":                {},
		"gzip":                 {grpc.UseCompressor(grpcgzip.Name)},
		"without a subtype":    {grpc.CallContentSubtype("")},
		"proto as its subtype": {grpc.CallContentSubtype("proto")},
	} {
		t.Run(name, func(t *testing.T) {
			sink.Reset()
			var header, trailer metadata.MD
			require.NoError(t, report(conn, someSpans(300), append(options, grpc.Header(&header), grpc.Trailer(&trailer))...))
			assert.Equal(t, 300, sink.SpanCount())
			assert.Equal(t, []string{grpcType}, header.Get("content-type"))
			require.NoError(t, report(conn, someSpans(0), options...))
			assert.Equal(t, 300, sink.SpanCount(), "an empty message is fine")
		})
	}
	assert.EqualValues(t, 1200, r.accepted(t, "transport", "grpc_v2_proto"))
	assert.EqualValues(t, 1200, r.accepted(t))
	assert.Equal(t, 8, r.operations())
}

func TestGRPCErrors(t *testing.T) {
	r := start(t, consumertest.NewNop(), map[string]any{"max_request_body_size": 100_000})
	conn := r.dial(t, insecure.NewCredentials())
	ctx := context.Background()

	err := conn.Invoke(ctx, "/zipkin.proto3.SpanService/Report2", someSpans(1), new(emptypb.Empty))
	assert.Equal(t, codes.Unimplemented, status.Code(err))
	require.ErrorContains(t, err, "there is /zipkin.proto3.SpanService/Report")
	err = conn.Invoke(ctx, "/opentelemetry.proto.collector.trace.v1.TraceService/Export", someSpans(1), new(emptypb.Empty))
	assert.Equal(t, codes.Unimplemented, status.Code(err))
	assert.Zero(t, r.operations())

	err = report(conn, someSpans(5000))
	assert.Equal(t, codes.ResourceExhausted, status.Code(err), "as it comes")
	require.ErrorContains(t, err, "more than 100000 bytes, see max_request_body_size")
	err = report(conn, someSpans(5000), grpc.UseCompressor(grpcgzip.Name))
	assert.Equal(t, codes.ResourceExhausted, status.Code(err), "decompressed")
	assert.EqualValues(t, 2, r.invalidRequests(t, "koine.reason", "too_large"))

	err = report(conn, someSpans(1), grpc.ForceCodec(raw("["+strings.Repeat("%\n\u00fc", 1000))))
	assert.Equal(t, codes.InvalidArgument, status.Code(err))
	assert.Contains(t, status.Convert(err).Message(), "zipkin: ")
	require.NoError(t, report(conn, someSpans(1)), "the connection is still good")
	assert.Equal(t, 4, r.operations())
}

// raw is a message that is sent as it is.
type raw string

func (r raw) Marshal(any) ([]byte, error) { return []byte(r), nil }
func (raw) Unmarshal([]byte, any) error   { return nil }
func (raw) Name() string                  { return "proto" }

func TestGRPCPipelineErrors(t *testing.T) {
	for name, tc := range pipelineErrors {
		t.Run(name, func(t *testing.T) {
			r := start(t, consumertest.NewErr(tc.err), nil)
			got := status.Convert(report(r.dial(t, insecure.NewCredentials()), someSpans(2)))
			assert.Equal(t, tc.grpc, got.Code())
			assert.Equal(t, tc.err.Error(), got.Message())
			delay := time.Duration(0)
			for _, d := range got.Details() {
				if info, ok := d.(*errdetails.RetryInfo); ok {
					delay = info.RetryDelay.AsDuration()
				}
			}
			assert.Equal(t, tc.delay, delay)
			assert.EqualValues(t, 2, r.refused(t))
		})
	}
	t.Run("text that is no header", func(t *testing.T) {
		text := "zürich: 100 % of\n\x00 “it”"
		r := start(t, consumertest.NewErr(consumererror.NewPermanent(errors.New(text))), nil)
		err := report(r.dial(t, insecure.NewCredentials()), someSpans(1))
		assert.Contains(t, status.Convert(err).Message(), text)
	})
}

func TestGRPCDeadline(t *testing.T) {
	next := newGate()
	r := start(t, next, nil)
	conn := r.dial(t, insecure.NewCredentials())
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	err := conn.Invoke(ctx, reportMethod, someSpans(1), new(emptypb.Empty))
	assert.Equal(t, codes.DeadlineExceeded, status.Code(err))
	require.Eventually(t, func() bool { return r.refused(t) == 1 }, 5*time.Second, time.Millisecond)
}

// TestGRPCFrames speaks HTTP/2 without a library of gRPC.
func TestGRPCFrames(t *testing.T) {
	sink := new(consumertest.TracesSink)
	r := start(t, sink, map[string]any{"max_request_body_size": 10_000})
	r.client = &http.Client{Transport: http2Transport()}
	list := string(protoSpan)
	framed := func(flag byte, message string) string {
		return string(binary.BigEndian.AppendUint32([]byte{flag}, uint32(len(message)))) + message
	}
	packed := string(gzipped(t, protoSpan))
	for name, tc := range map[string]struct {
		body    string
		headers []string
		code    string
		text    string
	}{
		"one message":            {framed(0, list), nil, "0", ""},
		"empty message":          {framed(0, ""), nil, "0", ""},
		"compressed":             {framed(1, packed), []string{"Grpc-Encoding", "gzip"}, "0", ""},
		"not compressed":         {framed(0, list), []string{"Grpc-Encoding", "gzip"}, "0", ""},
		"identity":               {framed(0, list), []string{"Grpc-Encoding", "identity"}, "0", ""},
		"unused encoding":        {framed(0, list), []string{"Grpc-Encoding", "snappy"}, "0", ""},
		"with a deadline":        {framed(0, list), []string{"Grpc-Timeout", "5S"}, "0", ""},
		"with a late deadline":   {framed(0, list), []string{"Grpc-Timeout", "99999999H"}, "0", ""},
		"subtype and parameters": {framed(0, list), []string{"Content-Type", "application/grpc+proto;x=y"}, "0", ""},
		"other subtype":          {framed(0, list), []string{"Content-Type", "application/grpc+json"}, "12", "messages are protobuf"},
		"other encoding":         {framed(1, list), []string{"Grpc-Encoding", "snappy"}, "12", `grpc-encoding "snappy" is none of identity, gzip`},
		"unknown compression":    {framed(1, packed), nil, "3", "does not say how"},
		"compressed as nothing":  {framed(1, packed), []string{"Grpc-Encoding", "identity"}, "3", "does not say how"},
		"broken compression":     {framed(1, list), []string{"Grpc-Encoding", "gzip"}, "3", "cannot gunzip the message"},
		"cut short compression":  {framed(1, packed[:20]), []string{"Grpc-Encoding", "gzip"}, "3", "cannot gunzip the message"},
		"bomb":                   {framed(1, string(gzipped(t, make([]byte, 10_001)))), []string{"Grpc-Encoding", "gzip"}, "8", "more than 10000 bytes"},
		"promises too much":      {"\x00\xff\xff\xff\xff", nil, "8", "more than 10000 bytes"},
		"too large":              {framed(0, strings.Repeat("x", 10_000)), nil, "8", "more than 10000 bytes"},
		"no message":             {"", nil, "3", "no message"},
		"half a frame":           {"\x00\x00", nil, "3", "no message"},
		"half a message":         {framed(0, list)[:20], nil, "3", "bytes of"},
		"two messages":           {framed(0, list) + framed(0, list), nil, "3", "more than one message"},
		"strange flag":           {framed(7, list), nil, "3", "7 is no flag"},
		"JSON":                   {framed(0, oneSpan), nil, "3", "received JSON_V2: post it to /api/v2/spans as application/json"},
		"bad deadline":           {framed(0, list), []string{"Grpc-Timeout", "5"}, "3", "is no grpc-timeout"},
		"long deadline":          {framed(0, list), []string{"Grpc-Timeout", "123456789n"}, "3", "is no grpc-timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			sink.Reset()
			req, err := http.NewRequest(http.MethodPost, r.url+reportMethod, strings.NewReader(tc.body))
			require.NoError(t, err)
			req.Header.Set("Content-Type", grpcType)
			for i := 0; i < len(tc.headers); i += 2 {
				req.Header.Set(tc.headers[i], tc.headers[i+1])
			}
			resp, err := r.client.Do(req)
			require.NoError(t, err)
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, resp.StatusCode)
			assert.Equal(t, grpcType, resp.Header.Get("Content-Type"))
			if tc.code == "0" {
				assert.Equal(t, "\x00\x00\x00\x00\x00", string(body))
				assert.Equal(t, "0", resp.Trailer.Get("Grpc-Status"))
				assert.Empty(t, resp.Header.Get("Grpc-Status"))
				return
			}
			assert.Empty(t, body)
			assert.Equal(t, tc.code, resp.Header.Get("Grpc-Status"), "trailers only")
			assert.Contains(t, resp.Header.Get("Grpc-Message"), tc.text)
			if tc.code == "12" {
				assert.Equal(t, "identity, gzip", resp.Header.Get("Grpc-Accept-Encoding"))
			}
			assert.Zero(t, sink.SpanCount())
		})
	}
}

// TestGRPCWeb is another protocol, and not spoken here.
func TestGRPCWeb(t *testing.T) {
	r := start(t, consumertest.NewNop(), nil)
	r.client = &http.Client{Transport: http2Transport()}
	got := r.post(t, reportMethod, nil, "Content-Type", "application/grpc-web+proto")
	assert.Equal(t, http.StatusNotFound, got.StatusCode)
}

// TestOneConnection: gRPC and plain HTTP share a connection of HTTP/2, as meshes have it.
func TestOneConnection(t *testing.T) {
	sink := new(consumertest.TracesSink)
	r := start(t, sink, nil)
	r.client = &http.Client{Transport: http2Transport()}
	for range 2 {
		got := r.post(t, pathV2, []byte(oneSpan))
		assert.Equal(t, http.StatusAccepted, got.StatusCode)
		assert.Equal(t, 2, got.ProtoMajor)
		assert.Equal(t, http.StatusOK, r.post(t, reportMethod, append([]byte{0, 0, 0, 0, byte(len(protoSpan))}, protoSpan...), "Content-Type", grpcType).StatusCode)
	}
	assert.Equal(t, 4, sink.SpanCount())
}

func TestGRPCAuth(t *testing.T) {
	sink := new(consumertest.TracesSink)
	r := start(t, sink, map[string]any{"auth": map[string]any{"authenticator": "test/a"}}, authenticator{})
	conn := r.dial(t, insecure.NewCredentials())
	err := report(conn, someSpans(1))
	assert.Equal(t, codes.Unauthenticated, status.Code(err))
	assert.Equal(t, "speak, friend", status.Convert(err).Message())
	ctx := metadata.AppendToOutgoingContext(context.Background(), "authorization", "friend")
	require.NoError(t, conn.Invoke(ctx, reportMethod, someSpans(1), new(emptypb.Empty)))
	assert.Equal(t, 1, sink.SpanCount())
}

// TestGRPCClientInfo: what confighttp puts into the context is there over gRPC, too.
func TestGRPCClientInfo(t *testing.T) {
	var info client.Info
	next, err := consumer.NewTraces(func(ctx context.Context, _ ptrace.Traces) error {
		info = client.FromContext(ctx)
		return nil
	})
	require.NoError(t, err)
	r := start(t, next, map[string]any{"include_metadata": true})
	ctx := metadata.AppendToOutgoingContext(context.Background(), "x-tenant", "acme")
	require.NoError(t, r.dial(t, insecure.NewCredentials()).Invoke(ctx, reportMethod, someSpans(1), new(emptypb.Empty)))
	assert.Equal(t, []string{"acme"}, info.Metadata.Get("x-tenant"))
	assert.Equal(t, "127.0.0.1", info.Addr.String())
}

// TestTLS: HTTP/1.1, HTTP/2 and gRPC over TLS, as the handshake settles it.
func TestTLS(t *testing.T) {
	certificate, key, pool := selfSigned(t)
	sink := new(consumertest.TracesSink)
	r := start(t, sink, map[string]any{"tls": map[string]any{"cert_pem": certificate, "key_pem": key}})
	r.url = "https://" + r.address
	for proto, protocols := range map[int]func(*http.Protocols){
		1: func(p *http.Protocols) { p.SetHTTP1(true) },
		2: func(p *http.Protocols) { p.SetHTTP2(true) },
	} {
		p := new(http.Protocols)
		protocols(p)
		r.client = &http.Client{Transport: &http.Transport{Protocols: p, TLSClientConfig: &tls.Config{RootCAs: pool}}}
		got := r.post(t, pathV2, []byte(oneSpan))
		assert.Equal(t, http.StatusAccepted, got.StatusCode)
		assert.Equal(t, proto, got.ProtoMajor)
		r.client.CloseIdleConnections()
	}
	require.NoError(t, report(r.dial(t, credentials.NewTLS(&tls.Config{RootCAs: pool})), someSpans(3)))
	assert.Equal(t, 5, sink.SpanCount())
}

func selfSigned(t *testing.T) (certificate, key string, pool *x509.CertPool) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "koine"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	encoded, err := x509.MarshalECPrivateKey(private)
	require.NoError(t, err)
	pool = x509.NewCertPool()
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.True(t, pool.AppendCertsFromPEM(text))
	return string(text), string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: encoded})), pool
}

func TestEscape(t *testing.T) {
	assert.Equal(t, "100 %25 z%C3%BC%0A~", escape("100 % zü\n~"))
	assert.Len(t, escape(string(bytes.Repeat([]byte("x"), 5000))), longestMessage)
}

// FuzzUnframe: whatever comes as a call's body gives a message within its limit, or an
// answer, and the buffers stay whole.
func FuzzUnframe(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x00\x01x"), "", "1S")
	f.Add(append([]byte{1, 0, 0, 0, 40}, gzipped(f, protoSpan)...), "gzip", "99999999H")
	f.Add([]byte("\x01\xff\xff\xff\xff"), "snappy", "n")
	in := &intake{limit: 10_000}
	f.Fuzz(func(t *testing.T, call []byte, encoding, timeout string) {
		if len(call) > 10_000 {
			return
		}
		body, err := readAll(bytes.NewReader(call), -1, in.limit)
		require.NoError(t, err)
		message, err := in.unframe(body, encoding)
		if err == nil {
			require.LessOrEqual(t, len(message.content), 10_000)
			message.release()
		} else {
			require.NotZero(t, answerTo(err).grpc)
			require.NotContains(t, escape(err.Error()), "\n")
			body.release()
		}
		ctx, cancel, err := withTimeout(context.Background(), timeout)
		cancel()
		if _, set := ctx.Deadline(); err == nil {
			require.Equal(t, timeout != "", set)
		}
	})
}
