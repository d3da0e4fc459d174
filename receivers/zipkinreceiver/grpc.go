package zipkinreceiver

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/koine-otel/koine/zipkin"
)

// gRPC is served by hand, by the same HTTP/2 server: the one call that there is takes one
// message and gives an empty one, and so shares port, TLS, authentication and limits with
// HTTP. The protocol is grpc's doc/PROTOCOL-HTTP2.md.

// reportMethod is the path of the one method, of zipkin-api's zipkin.proto.
const reportMethod = "/zipkin.proto3.SpanService/Report"

const grpcType = "application/grpc"

// isCall tells calls of gRPC, of whatever method.
func isCall(req *http.Request) bool {
	if req.ProtoMajor != 2 || req.Method != http.MethodPost {
		return false
	}
	rest, ok := strings.CutPrefix(req.Header.Get("Content-Type"), grpcType)
	return ok && (rest == "" || rest[0] == '+' || rest[0] == ';' || rest[0] == ' ')
}

// serveCall answers a call.
func (r *zipkinReceiver) serveCall(w http.ResponseWriter, req *http.Request) {
	media := mediaType(req.Header.Get("Content-Type"))
	switch {
	case req.URL.Path != reportMethod:
		writeStatus(w, status.New(codes.Unimplemented, "zipkin: unknown method "+req.URL.Path+", there is "+reportMethod))
		return
	case media != grpcType && media != grpcType+"+proto":
		writeStatus(w, status.New(codes.Unimplemented, "zipkin: messages are protobuf, not "+media))
		return
	}
	ctx, cancel, err := withTimeout(req.Context(), req.Header.Get("Grpc-Timeout"))
	defer cancel()
	ctx = r.routes.call.StartTracesOp(ctx)
	spans := 0
	if err == nil {
		spans, err = r.intake.call(ctx, req)
	}
	r.end(ctx, r.routes.call, spans, err)
	if err != nil {
		writeStatus(w, answerTo(err).status(ctx))
		return
	}
	writeEmpty(w)
}

// call takes the message of a call, as post takes a body.
func (in *intake) call(ctx context.Context, req *http.Request) (int, error) {
	body, err := in.read(req)
	if err != nil {
		return 0, err
	}
	message, err := in.unframe(body, req.Header.Get("Grpc-Encoding"))
	if err != nil {
		body.release()
		return 0, err
	}
	return in.take(ctx, zipkin.Proto3, message)
}

// frame is what stands before a message: whether it is compressed, and its length.
const frame = 5

// unframe gives the message that a body has to have: one.
func (in *intake) unframe(body *buffer, encoding string) (*buffer, error) {
	if len(body.content) < frame {
		return nil, &refusal{malformed, errors.New("zipkin: the call has no message")}
	}
	compressed, size := body.content[0], int64(binary.BigEndian.Uint32(body.content[1:]))
	message := body.content[frame:]
	switch {
	case size > in.limit:
		return nil, in.tooLarge()
	case size > int64(len(message)):
		return nil, &refusal{malformed, fmt.Errorf("zipkin: the message has %d bytes of %d", len(message), size)}
	case size < int64(len(message)):
		return nil, &refusal{malformed, errors.New("zipkin: the call has more than one message")}
	case compressed == 0:
		body.content = message
		return body, nil
	case compressed > 1:
		return nil, &refusal{malformed, fmt.Errorf("zipkin: %d is no flag of a message", compressed)}
	}
	return in.decompress(body, message, encoding)
}

// decompress gives a compressed message in a buffer of its own.
func (in *intake) decompress(body *buffer, message []byte, encoding string) (*buffer, error) {
	switch encoding {
	case "gzip":
	case "", "identity":
		return nil, &refusal{malformed, errors.New("zipkin: the message is compressed, but grpc-encoding does not say how")}
	default:
		return nil, &refusal{unknownEncoding, fmt.Errorf("zipkin: grpc-encoding %q is none of %s", encoding, acceptedEncodings)}
	}
	plain := &gunzipper{body: io.NopCloser(bytes.NewReader(message))}
	bounded := http.MaxBytesReader(nil, plain, in.limit)
	defer bounded.Close()
	decompressed, err := readAll(bounded, -1, in.limit)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, in.tooLarge()
	case err != nil:
		return nil, &refusal{malformed, fmt.Errorf("zipkin: cannot gunzip the message: %w", err)}
	}
	body.release()
	return decompressed, nil
}

const acceptedEncodings = "identity, gzip"

// withTimeout gives a call its deadline: at most eight digits and a unit.
func withTimeout(ctx context.Context, text string) (context.Context, context.CancelFunc, error) {
	if text == "" {
		return ctx, func() {}, nil
	}
	units := map[byte]time.Duration{
		'H': time.Hour, 'M': time.Minute, 'S': time.Second,
		'm': time.Millisecond, 'u': time.Microsecond, 'n': time.Nanosecond,
	}
	last := len(text) - 1
	unit := units[text[last]]
	n, err := strconv.ParseUint(text[:last], 10, 32)
	if unit == 0 || err != nil || last > 8 {
		return ctx, func() {}, &refusal{malformed, fmt.Errorf("zipkin: %q is no grpc-timeout", text)}
	}
	const longest = 1 << 62 // 99,999,999 hours are more than a Duration
	timeout := time.Duration(longest)
	if int64(n) < longest/int64(unit) {
		timeout = time.Duration(n) * unit
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	return ctx, cancel, nil
}

// writeEmpty answers with an empty message, and OK after it.
func writeEmpty(w http.ResponseWriter) {
	w.Header().Set("Content-Type", grpcType)
	w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
	_, _ = w.Write(make([]byte, frame))
}

// writeStatus answers with a status alone, in the headers.
func writeStatus(w http.ResponseWriter, s *status.Status) {
	h := w.Header()
	h.Set("Content-Type", grpcType)
	h.Set("Grpc-Status", strconv.Itoa(int(s.Code())))
	h.Set("Grpc-Message", escape(s.Message()))
	if s.Code() == codes.Unimplemented {
		h.Set("Grpc-Accept-Encoding", acceptedEncodings)
	}
	if len(s.Proto().GetDetails()) > 0 {
		if details, err := proto.Marshal(s.Proto()); err == nil {
			h.Set("Grpc-Status-Details-Bin", base64.RawStdEncoding.EncodeToString(details))
		}
	}
	w.WriteHeader(http.StatusOK)
}

// longestMessage bounds a status's text: clients bound their headers, gRPC's to 8 KiB at least.
const longestMessage = 1024

// escape writes text as a header: what is not printable ASCII, and %, in hex.
func escape(text string) string {
	var b strings.Builder
	for i := 0; i < min(len(text), longestMessage); i++ {
		if c := text[i]; c < ' ' || c > '~' || c == '%' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
