package telemetry

import (
	"errors"
	"sync"

	"github.com/koine-otel/koine/spans/wire"
	"github.com/koine-otel/koine/zipkin"
)

// kind is what a piece holds.
type kind uint8

const (
	unknownKind kind = iota
	otlpJSONPiece
	zipkinJSONPiece
	jaegerPiece
	tracesPiece // of protobuf, like the next two
	metricsPiece
	logsPiece
	zipkinProtoPiece
	thriftPiece
)

// piece is a part of a file that can be decoded by itself.
type piece struct {
	kind   kind
	data   []byte
	file   string
	at     place
	source string
	// ahead is how many bytes of data stand before those of the file.
	ahead int
	// spans are the places of Zipkin's spans.
	spans []place
}

// place is where something begins in a file.
type place struct{ line, column, message int }

func (p *piece) fail(at place, err error) *Error {
	return &Error{File: p.file, Line: at.line, Column: at.column, Message: at.message, Err: err}
}

// inFlight bounds the bytes that were read and not decoded yet. A piece that is larger alone
// goes alone.
const inFlight = 64 << 20

// workers decode pieces in parallel.
type workers struct {
	decoder  *decoder
	problems *problems
	queue    chan *piece
	running  sync.WaitGroup

	mu   sync.Mutex
	less *sync.Cond // than was in flight
	held int
}

// startWorkers starts n goroutines, which finish ends.
func startWorkers(n int, d *decoder, p *problems) *workers {
	w := &workers{decoder: d, problems: p, queue: make(chan *piece, 2*n)}
	w.less = sync.NewCond(&w.mu)
	for range n {
		w.running.Go(func() {
			for p := range w.queue {
				w.decode(p)
				w.release(len(p.data))
			}
		})
	}
	return w
}

// put queues a piece. It waits while too much is in flight.
func (w *workers) put(p *piece) {
	w.mu.Lock()
	for w.held > 0 && w.held+len(p.data) > inFlight {
		w.less.Wait()
	}
	w.held += len(p.data)
	w.mu.Unlock()
	w.queue <- p
}

func (w *workers) release(n int) {
	w.mu.Lock()
	w.held -= n
	w.mu.Unlock()
	w.less.Signal()
}

func (w *workers) finish() {
	close(w.queue)
	w.running.Wait()
}

func (w *workers) decode(p *piece) {
	if err := w.decodeKind(p); err != nil {
		w.problems.add(p.fail(p.placeOf(err), err))
	}
}

func (w *workers) decodeKind(p *piece) error {
	d := w.decoder
	switch p.kind {
	case otlpJSONPiece:
		return d.otlpJSON(p.data, p.source)
	case jaegerPiece:
		td, err := jaegerTraces(p.data)
		if err != nil {
			return err
		}
		(&types{d.registry, ofJaeger}).restore(td)
		d.traces(td, p.source)
		return nil
	case tracesPiece:
		return d.otlpProto(wire.Traces, p.data, p.source)
	case metricsPiece:
		return d.otlpProto(wire.Metrics, p.data, p.source)
	case logsPiece:
		return d.otlpProto(wire.Logs, p.data, p.source)
	case thriftPiece:
		return d.zipkinList(zipkin.Thrift, p.data, p.source, w.invalid(p))
	case zipkinProtoPiece:
		return d.zipkinList(zipkin.Proto3, p.data, p.source, w.invalid(p))
	case zipkinJSONPiece:
		f, err := zipkin.Detect(p.data)
		if err != nil {
			return err
		}
		return d.zipkinList(f, p.data, p.source, w.invalid(p))
	default:
		return errUnknown
	}
}

// invalid tells of single spans that were left out.
func (w *workers) invalid(p *piece) func(*zipkin.SpanError) {
	return func(e *zipkin.SpanError) {
		at := p.at
		if e.Index < len(p.spans) {
			at = p.spans[e.Index]
		}
		w.problems.add(p.fail(at, e))
	}
}

// placeOf is where in the file an error stands: where the scan says, or else where the piece
// begins.
func (p *piece) placeOf(err error) place {
	var scan *wire.Error
	if p.at.line == 0 || len(p.spans) > 0 || !errors.As(err, &scan) || scan.Offset < p.ahead {
		return p.at
	}
	at := p.at
	for _, c := range p.data[p.ahead:min(scan.Offset, len(p.data))] {
		if at.column++; c == '\n' {
			at.line, at.column = at.line+1, 1
		}
	}
	return at
}
