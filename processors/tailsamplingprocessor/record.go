package tailsamplingprocessor

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/block"
)

// record is what is known of a span that waits without reading it: 56 bytes without a pointer.
type record struct {
	id, parent      uint64
	start, duration uint64 // ns
	ref             block.Ref
	operation       uint32 // a baseline.Operation, or a hash where nothing is analysed
	next            uint32 // the trace's next span; in a delivery the span's fragment
	flags           recordFlags
	errorType       uint16 // of a failed span: a hash of its error.type, never 0; else 0
	clock           uint16 // hash of whose clock it is
}

type recordFlags uint32

// The lowest bits are OTLP's span kind, the two above them its status code.
const (
	kindMask    recordFlags = 1<<3 - 1
	statusShift             = 3
)

const (
	// isRoot: the span has no parent.
	isRoot recordFlags = 1 << (5 + iota)
	// isDebug: a Zipkin sender wants the trace kept, whatever else.
	isDebug
	// isShared: the span has its client's id, as Zipkin's do, or had it.
	isShared
)

func flagsOf(span ptrace.Span) recordFlags {
	kind, status := span.Kind(), span.Status().Code()
	f := recordFlags(status&3) << statusShift
	f |= recordFlags(kind) & kindMask
	if span.ParentSpanID().IsEmpty() {
		f |= isRoot
	}
	return f
}
