package tailsamplingprocessor

import (
	"unsafe"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/memory"
	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/block"
)

// record is what is known of a span that waits without reading it: 56 bytes without a pointer.
type record struct {
	id, parent      uint64
	start, duration uint64 // ns
	operation       uint64 // hash of service, name and kind
	ref             block.Ref
	next            uint32 // the trace's next span; in a delivery the span's fragment
	flags           recordFlags
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

const (
	recordSize  = int(unsafe.Sizeof(record{}))
	slotBits    = 10
	pageRecords = 1 << slotBits
	pageSize    = pageRecords * recordSize
	// sparePages are kept for the next records.
	sparePages = 4
)

// records are one shard's, in pages outside the heap. Pages are filled in order and given back
// when none of their records is needed, as in the blocks' arena: a shard's traces end about in
// the order in which they began. 0 is no record.
type records struct {
	pages   []recordPage
	unused  []uint32 // places in pages that have no memory
	spare   []*[pageRecords]record
	current uint32
	held    int64 // bytes, spare pages aside
}

type recordPage struct {
	records    *[pageRecords]record
	used, live int
}

func newRecords() *records {
	// Page 0 stays without memory, so that no record is number 0.
	return &records{pages: make([]recordPage, 1)}
}

func (r *records) at(i uint32) *record { return &r.pages[i>>slotBits].records[i&(pageRecords-1)] }

// add gives the number of a new record, whose content is anything.
func (r *records) add() (uint32, error) {
	if p := &r.pages[r.current]; p.records == nil || p.used == pageRecords {
		if p.records != nil && p.live == 0 {
			r.release(r.current)
		}
		if err := r.grow(); err != nil {
			return 0, err
		}
	}
	p := &r.pages[r.current]
	i := r.current<<slotBits | uint32(p.used)
	p.used++
	p.live++
	return i, nil
}

func (r *records) grow() error {
	var page *[pageRecords]record
	if last := len(r.spare) - 1; last >= 0 {
		page, r.spare = r.spare[last], r.spare[:last]
	} else {
		region, err := memory.MapRegion(pageSize)
		if err != nil {
			r.current = 0
			return err
		}
		page = (*[pageRecords]record)(unsafe.Pointer(unsafe.SliceData(region)))
	}
	r.held += int64(pageSize)
	if last := len(r.unused) - 1; last >= 0 {
		r.current, r.unused = r.unused[last], r.unused[:last]
	} else {
		r.current = uint32(len(r.pages))
		r.pages = append(r.pages, recordPage{})
	}
	r.pages[r.current] = recordPage{records: page}
	return nil
}

func (r *records) remove(i uint32) {
	n := i >> slotBits
	p := &r.pages[n]
	if p.live--; p.live > 0 {
		return
	}
	if n == r.current {
		p.used = 0
		return
	}
	r.release(n)
}

func (r *records) release(n uint32) {
	page := r.pages[n].records
	r.pages[n] = recordPage{}
	r.unused = append(r.unused, n)
	r.held -= int64(pageSize)
	if len(r.spare) < sparePages {
		r.spare = append(r.spare, page)
		return
	}
	unmapPage(page)
}

func (r *records) close() {
	for _, p := range r.pages {
		if p.records != nil {
			unmapPage(p.records)
		}
	}
	for _, page := range r.spare {
		unmapPage(page)
	}
	*r = records{pages: make([]recordPage, 1)}
}

func unmapPage(page *[pageRecords]record) {
	memory.UnmapRegion(unsafe.Slice((*byte)(unsafe.Pointer(page)), pageSize))
}
