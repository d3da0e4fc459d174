package zipkinreceiver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/koine-otel/koine/zipkin"
)

// refusal is why a request is not taken, before the pipeline has seen it.
type refusal struct {
	reason
	error
}

func (r *refusal) Unwrap() error { return r.error }

// reason is a kind of refusal.
type reason uint8

const (
	malformed reason = iota
	wrongFormat
	wrongMedia
	unknownEncoding
	tooLarge
	tooMany
	invalidSpan
	timedOut
	unfinished
	reasons
)

// answers say how a reason is counted, and how it is answered over HTTP and over gRPC.
var answers = [reasons]struct {
	name string
	http int
	grpc codes.Code
}{
	malformed:       {"malformed", http.StatusBadRequest, codes.InvalidArgument},
	wrongFormat:     {"format", http.StatusBadRequest, codes.InvalidArgument},
	wrongMedia:      {"media_type", http.StatusUnsupportedMediaType, codes.Unimplemented},
	unknownEncoding: {"encoding", http.StatusUnsupportedMediaType, codes.Unimplemented},
	tooLarge:        {"too_large", http.StatusRequestEntityTooLarge, codes.ResourceExhausted},
	tooMany:         {"too_many", http.StatusRequestEntityTooLarge, codes.ResourceExhausted},
	invalidSpan:     {"invalid_span", http.StatusBadRequest, codes.InvalidArgument},
	timedOut:        {"timeout", http.StatusRequestTimeout, codes.DeadlineExceeded},
	unfinished:      {"unfinished", http.StatusBadRequest, codes.Canceled},
}

func (r reason) String() string { return answers[r].name }

func wrongMediaType(media string, is zipkin.Format) error {
	return &refusal{wrongMedia, fmt.Errorf("zipkin: %s is not for this path: post it to %s", media, whereTo[is])}
}

// refusalOf puts an error of the codec as a refusal.
func refusalOf(err error) *refusal {
	var span *zipkin.SpanError
	var format *zipkin.FormatError
	switch {
	case errors.Is(err, zipkin.ErrTooMany):
		return &refusal{tooMany, err}
	case errors.As(err, &format):
		return &refusal{wrongFormat, fmt.Errorf("%w: post it to %s", err, whereTo[format.Received])}
	case errors.As(err, &span):
		return &refusal{invalidSpan, err}
	}
	return &refusal{malformed, err}
}

// answer is what a client is told of an error.
type answer struct {
	text string
	http int
	grpc codes.Code
	// retryAfter is 0 if the client is not to try again.
	retryAfter time.Duration
}

// defaultRetry is when to try again if the pipeline does not say: as it is not known to be
// overloaded for long, the shortest that Retry-After can say.
const defaultRetry = time.Second

// answerTo tells a refusal, which has a reason, from the pipeline's errors: those that are
// not permanent are worth another try, later.
func answerTo(err error) answer {
	a := answer{text: err.Error()}
	var refused *refusal
	if errors.As(err, &refused) {
		a.http, a.grpc = answers[refused.reason].http, answers[refused.reason].grpc
		return a
	}
	said, known := status.FromError(err)
	switch {
	case consumererror.IsPermanent(err):
		a.http, a.grpc = http.StatusBadRequest, codes.InvalidArgument
		if known && !retryable(said.Code()) {
			a.grpc = said.Code()
		}
	case known && said.Code() == codes.ResourceExhausted:
		a.http, a.grpc, a.retryAfter = http.StatusTooManyRequests, codes.ResourceExhausted, retryDelay(said)
	default:
		a.http, a.grpc, a.retryAfter = http.StatusServiceUnavailable, codes.Unavailable, retryDelay(said)
	}
	return a
}

// retryable are the codes that clients of OTLP try again without being asked to.
func retryable(c codes.Code) bool {
	switch c {
	case codes.OK, codes.Canceled, codes.DeadlineExceeded, codes.Aborted, codes.OutOfRange, codes.Unavailable, codes.DataLoss:
		return true
	}
	return false
}

// retryDelay is what a status says in its RetryInfo.
func retryDelay(s *status.Status) time.Duration {
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			if delay := info.GetRetryDelay().AsDuration(); delay > 0 {
				return delay
			}
		}
	}
	return defaultRetry
}

// retrySeconds is a delay as Retry-After has it.
func retrySeconds(delay time.Duration) int64 {
	return int64((delay + time.Second - 1) / time.Second)
}

// status is the answer over gRPC. If the client set a deadline and it is over, or went, that is
// what it is told.
func (a answer) status(ctx context.Context) *status.Status {
	if err := ctx.Err(); err != nil && a.retryAfter > 0 {
		return status.FromContextError(err)
	}
	s := status.New(a.grpc, a.text)
	if a.retryAfter == 0 {
		return s
	}
	if detailed, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(a.retryAfter)}); err == nil {
		return detailed
	}
	return s
}
