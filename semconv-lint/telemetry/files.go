package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/koine-otel/koine/semconv/registry"
)

// Options say how files are read. The zero value is right.
type Options struct {
	// Workers decode in parallel; 0 is one for each core, and two at least.
	Workers int
	// MaxElement bounds, in bytes, what must be held as a whole: a line, or one element of a long
	// list. 0 is 64 MiB.
	MaxElement int
	// Registry has the types of what comes as text over formats that have no other: Zipkin, and
	// lists in Jaeger. Nil is the conventions'.
	Registry *registry.Registry
}

// maxElement is the default of Options.MaxElement, and the greatest message of a file in frames.
const maxElement = 64 << 20

// ReadFiles reads files: paths, folders, globs (with ** for any number of folders), and - for
// stdin, packed with gzip or zstd or not. What they hold is told by their content: OTLP as JSON
// (one request, a list of them, or one a line) or protobuf (one request, or each after its length
// as the Collector's file exporter writes them), Zipkin's versions 1 and 2 as JSON, protobuf and
// thrift, Jaeger's JSON.
//
// Files may be larger than memory: a few MiB of them are held, and with elements as long as they
// may be some 300 at most. What cannot be read is
// left out, and the error joins what is wrong with it, as *Error for what stands in a file. Only
// the first hundred are told; Counts.Damaged has all. Where the context ends first an *Interrupted
// is among them.
func ReadFiles(ctx context.Context, patterns []string, stdin io.Reader, sink Sink, o Options) (Counts, error) {
	if o.Workers <= 0 {
		o.Workers = max(runtime.GOMAXPROCS(0), 2)
	}
	if o.MaxElement <= 0 {
		o.MaxElement = maxElement
	}
	files, missing := find(patterns)
	if slices.ContainsFunc(files, func(f found) bool { return f.path == standardInput }) {
		relay, end := relayed(ctx, stdin)
		defer end()
		stdin = relay
	}
	d := newDecoder(sink, o.Registry)
	d.tally.damaged.Add(int64(len(missing)))
	r := &fileReader{options: o, stdin: stdin, tally: &d.tally, problems: &problems{tally: &d.tally}}
	r.workers = startWorkers(o.Workers, d, r.problems)
	for _, f := range files {
		if ctx.Err() != nil {
			break
		}
		if err := r.read(ctx, f); err != nil && !errors.Is(err, context.Canceled) { // that is said below
			r.problems.add(err)
		}
	}
	r.workers.finish()
	if missing = append(missing, r.problems.joined()); ctx.Err() != nil {
		missing = append(missing, &Interrupted{ctx.Err()})
	}
	return d.tally.counts(), errors.Join(missing...)
}

type fileReader struct {
	options  Options
	stdin    io.Reader
	tally    *tally
	problems *problems
	workers  *workers
}

// read reads one file, and fails with what keeps it from going on.
func (r *fileReader) read(ctx context.Context, f found) *Error {
	name := f.path
	if name == standardInput {
		name = stdinName
	}
	content, err := open(f.path, r.stdin)
	if err != nil {
		return &Error{File: name, Err: cause(err)}
	}
	defer content.close()
	head, err := content.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) {
		return &Error{File: name, Err: err}
	}
	is := detect(head)
	if is == unknownLayout && f.listed {
		r.tally.skipped.Add(1)
		return nil
	}
	r.tally.files.Add(1)
	in := input{Reader: &interruptible{ctx, content}, file: name, max: r.options.MaxElement, put: r.workers.put, fail: r.problems.add}
	switch is {
	case jsonText:
		return in.json()
	case protoMessage:
		return in.proto()
	case framedMessage:
		return in.frames()
	case thriftList:
		return in.thrift()
	case unknownLayout:
		return &Error{File: name, Line: 1, Column: 1, Err: errUnknown}
	}
	return nil
}

// input is a file that is being cut into pieces.
type input struct {
	io.Reader
	file string
	max  int
	put  func(*piece)
	fail func(*Error)
}

func (in *input) piece(k kind, data []byte, at place) *piece {
	return &piece{kind: k, data: data, file: in.file, at: at, source: fmt.Sprintf("%s:%d", in.file, max(at.line, at.message))}
}

// interruptible ends with its context.
type interruptible struct {
	ctx context.Context
	io.Reader
}

// relayed is a reader whose reads end with the context: one of standard input may wait for somebody
// who never writes. The goroutine that does the reading ends with the input, or the process. What is
// given back ends the relay.
func relayed(ctx context.Context, r io.Reader) (*io.PipeReader, func()) {
	out, in := io.Pipe()
	cut := context.AfterFunc(ctx, func() { _ = in.CloseWithError(ctx.Err()) })
	go func() {
		_, err := io.Copy(in, r)
		_ = in.CloseWithError(err)
	}()
	return out, func() {
		cut()
		_ = out.Close()
	}
}

func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
