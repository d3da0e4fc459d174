package tracegen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
)

// A transport sends request bodies to one target. It is safe for concurrent use.
type transport interface {
	// send returns how many spans the target refused of a request that it took, or
	// why it took none: a *refusal if it said so itself.
	send(ctx context.Context, body []byte) (refused int, err error)
	close() error
}

// A refusal is a target's answer that it did not take a request.
type refusal struct {
	reason string
	// again: the target wants it once more, not before after has passed.
	again bool
	after time.Duration
}

func (r *refusal) Error() string { return r.reason }

// maxAnswer bounds what is read of an answer: OTLP's is at most 4 MiB.
const maxAnswer = 4 << 20

type httpTransport struct {
	client      *http.Client
	url         string
	contentType string
	protocol    Protocol
}

func newHTTPTransport(p Protocol, url string, inFlight int) *httpTransport {
	return &httpTransport{
		client: &http.Client{Transport: &http.Transport{
			MaxIdleConnsPerHost: inFlight, // or connections would be opened again and again
			DisableCompression:  true,
		}},
		url:         url,
		contentType: p.ContentType(),
		protocol:    p,
	}
}

func (t *httpTransport) send(ctx context.Context, body []byte) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return 0, &refusal{reason: err.Error()}
	}
	request.Header.Set("Content-Type", t.contentType)
	response, err := t.client.Do(request)
	if err != nil {
		return 0, &refusal{reason: err.Error(), again: true}
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	switch {
	case response.StatusCode >= 300:
		return 0, httpRefusal(response, answer)
	case err != nil:
		return 0, &refusal{reason: "answer: " + err.Error(), again: true}
	case t.protocol != OTLPHTTP || len(answer) == 0:
		return 0, nil
	default:
		return partial(answer)
	}
}

func (t *httpTransport) close() error {
	t.client.CloseIdleConnections()
	return nil
}

func httpRefusal(response *http.Response, answer []byte) *refusal {
	r := &refusal{reason: response.Status}
	if text := strings.Join(strings.Fields(string(answer[:min(len(answer), 200)])), " "); text != "" {
		r.reason += ": " + strings.ToValidUTF8(text, "?")
	}
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		r.again = true
		r.after = retryAfter(response.Header.Get("Retry-After"))
	}
	return r
}

// retryAfter parses the header's two forms (RFC 9110, section 10.2.3).
func retryAfter(header string) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// partial reads the partial success that OTLP has in its answers.
func partial(answer []byte) (int, error) {
	response := ptraceotlp.NewExportResponse()
	if err := response.UnmarshalProto(answer); err != nil {
		return 0, fmt.Errorf("answer is no ExportTraceServiceResponse: %w", err)
	}
	return int(response.PartialSuccess().RejectedSpans()), nil
}

type grpcTransport struct {
	conn *grpc.ClientConn
}

func newGRPCTransport(target string) (*grpcTransport, error) {
	conn, err := grpc.NewClient(target,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(encoded{}), grpc.MaxCallSendMsgSize(64<<20)))
	return &grpcTransport{conn}, err
}

func (t *grpcTransport) send(ctx context.Context, body []byte) (int, error) {
	var answer []byte
	if err := t.conn.Invoke(ctx, OTLPGRPC.Path(), body, &answer); err != nil {
		return 0, grpcRefusal(status.Convert(err))
	}
	return partial(answer)
}

func (t *grpcTransport) close() error { return t.conn.Close() }

// grpcRefusal tells what may be sent again as OTLP's specification does ("OTLP/gRPC
// Response", failures).
func grpcRefusal(s *status.Status) *refusal {
	r := &refusal{reason: s.Code().String() + ": " + s.Message()}
	told := false
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			told, r.after = true, info.GetRetryDelay().AsDuration()
		}
	}
	switch s.Code() {
	case codes.Canceled, codes.DeadlineExceeded, codes.Aborted, codes.OutOfRange, codes.Unavailable, codes.DataLoss:
		r.again = true
	case codes.ResourceExhausted:
		r.again = told
	}
	return r
}

// encoded is a codec for messages that are bytes already.
type encoded struct{}

var _ encoding.CodecV2 = encoded{}

func (encoded) Marshal(v any) (mem.BufferSlice, error) {
	body, ok := v.([]byte)
	if !ok {
		return nil, errors.New("message is no bytes")
	}
	return mem.BufferSlice{mem.SliceBuffer(body)}, nil
}

func (encoded) Unmarshal(data mem.BufferSlice, v any) error {
	body, ok := v.(*[]byte)
	if !ok {
		return errors.New("message is no bytes")
	}
	*body = data.Materialize()
	return nil
}

// Name is that of the codec that would have made the bytes.
func (encoded) Name() string { return "proto" }
