package zipkinreceiver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"time"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/zipkin"
)

// intake reads lists of spans and passes them on.
type intake struct {
	options zipkin.Options
	// decoders are those at rest, nil where one was never needed. There are as many as run
	// at a time: more would only share the cores, with half a MiB of repeated texts each.
	decoders chan *zipkin.Decoder
	tally    *tally
	next     consumer.Traces
	// limit bounds a body, as it comes and decompressed.
	limit int64
}

func newIntake(o zipkin.Options, t *tally, next consumer.Traces) *intake {
	in := &intake{options: o, decoders: make(chan *zipkin.Decoder, runtime.GOMAXPROCS(0)), tally: t, next: next}
	for range cap(in.decoders) {
		in.decoders <- nil
	}
	return in
}

// post takes the body of an HTTP request, and gives how many spans the pipeline took or
// refused.
func (in *intake) post(ctx context.Context, f zipkin.Format, req *http.Request) (int, error) {
	body, err := in.read(req)
	if err != nil {
		return 0, err
	}
	return in.take(ctx, f, body)
}

// read reads the body of a request, which confighttp has bounded and decompressed.
func (in *intake) read(req *http.Request) (*buffer, error) {
	if req.ContentLength > in.limit {
		return nil, in.tooLarge()
	}
	body, err := readAll(req.Body, req.ContentLength, in.limit)
	if err != nil {
		return nil, in.unread(req, err)
	}
	return body, nil
}

// unread says why a body could not be read.
func (in *intake) unread(req *http.Request, err error) *refusal {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return in.tooLarge()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &refusal{timedOut, fmt.Errorf("zipkin: the body did not come in time: %w", err)}
	case clientGone(req, err):
		return &refusal{unfinished, fmt.Errorf("zipkin: the body did not come to its end: %w", err)}
	}
	return &refusal{malformed, fmt.Errorf("zipkin: cannot decompress the body: %w", err)}
}

func (in *intake) tooLarge() *refusal {
	return &refusal{tooLarge, fmt.Errorf("zipkin: there are more than %d bytes, see max_request_body_size", in.limit)}
}

// clientGone tells a lost connection from bytes that do not decompress.
func clientGone(req *http.Request, err error) bool {
	var network net.Error
	cutShort := errors.Is(err, io.ErrUnexpectedEOF) && req.ContentLength >= 0 // it never is of compressed bodies
	return cutShort || req.Context().Err() != nil || errors.As(err, &network)
}

// take decodes a list, gives its buffer back, and passes the spans on.
func (in *intake) take(ctx context.Context, f zipkin.Format, list *buffer) (int, error) {
	if len(list.content) == 0 {
		list.release()
		return 0, nil
	}
	traces, report, err := in.decode(f, list)
	in.tally.report(ctx, &report)
	if err != nil {
		return report.Spans - report.Dropped(), err
	}
	spans := traces.SpanCount()
	if spans == 0 {
		return 0, nil
	}
	return spans, in.next.ConsumeTraces(ctx, traces)
}

// decode waits for a decoder, which is not for long: none waits for anything. A sender that does
// not wait for its answer has its spans taken all the same.
func (in *intake) decode(f zipkin.Format, list *buffer) (ptrace.Traces, zipkin.Report, error) {
	defer list.release()
	d := <-in.decoders
	defer func() { in.decoders <- d }()
	if d == nil {
		d = zipkin.NewDecoder(in.options)
	}
	traces, report, err := d.Decode(f, list.content, time.Now())
	if err != nil {
		err = refusalOf(err)
	}
	return traces, report, err
}
