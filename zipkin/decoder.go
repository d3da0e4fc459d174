package zipkin

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"net/netip"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/spans/attribute"
	"github.com/koine-otel/koine/spans/tree"
)

// What Koine writes where OTLP has no place for what a span said.
const (
	// AttributeSpanID is the id that a shared span came with.
	AttributeSpanID = "koine.zipkin.span_id"
	// AttributeShared marks a span that shares its id with its client's, under DeferShared.
	AttributeShared = "koine.zipkin.shared"
	// AttributeDebug marks a span whose trace the sender wants kept whatever happens.
	AttributeDebug = "koine.zipkin.debug"
	// AttributeNoTimestamp marks a span that came without a time.
	AttributeNoTimestamp = "koine.zipkin.no_timestamp"
	// AttributeLocalIPv6 and AttributePeerIPv6 hold the address of an endpoint that has one
	// of each family; network.*.address is the other.
	AttributeLocalIPv6 = "koine.zipkin.local_ipv6"
	AttributePeerIPv6  = "koine.zipkin.peer_ipv6"
)

const (
	unknownService = "unknown_service"
	// noServiceName is the Collector's word for a resource without a service.name.
	noServiceName = "OTLPResourceNoServiceName"
)

// Decoder reads lists of spans. It holds what repeats from list to list, so use one for
// many; it is not safe for concurrent use.
type Decoder struct {
	options Options

	words     words
	text      arena
	scanner   scanner
	record    record
	v1        v1Span
	converter converter
	resolver  tree.Resolver
	builder   attribute.Builder // of spans
	resources attribute.Builder // of resources, which are made while a span is

	// Of the list that is being read.
	traces     ptrace.Traces
	report     Report
	format     Format
	body       []byte
	received   uint64 // µs
	stop       error  // the list is not to be read further
	local      local
	groups     groups
	valuesLeft int // in annotations of this list
	spans      placedSpans
	// from and to are where the span that is read next to add stands in body, part which of
	// its spans it is.
	from, to int
	part     uint8
	reread   *reread // if a span is read again, to be put together with its other pieces

	nextField [spanFields]spanField // by field, the one that came after it the last time

	tags   tagSet // of the span that is being read
	gather bool   // attributes take the long way always, for tests
	ip     []byte // scratch
}

// local is the last local endpoint that was read, mostly the next span's, too.
type local struct {
	endpoint
	text []byte // what it was read from
	// What was made of it, if made.
	made    bool
	name    string
	address string
	at      int32 // in placedSpans.endpoints
}

// NewDecoder makes a decoder.
func NewDecoder(o Options) *Decoder {
	return &Decoder{options: o, words: words{isResource: o.IsResource}}
}

func (d *Decoder) begin(f Format, body []byte, received time.Time) {
	d.traces, d.report, d.stop = ptrace.NewTraces(), Report{}, nil
	d.format, d.body = f, body
	d.received = uint64(max(received.UnixMicro(), 1))
	d.valuesLeft = maxValues
	d.groups.begin(d.traces)
	d.spans.begin()
}

// at says where the span stands of which records are added next.
func (d *Decoder) at(from, to int) { d.from, d.to, d.part = from, to, 0 }

// end lets go of the list.
func (d *Decoder) end() {
	d.traces, d.body, d.scanner.doc, d.local = ptrace.Traces{}, nil, nil, local{}
	d.scanner.clear()
	d.record.forget()
	d.v1.forget()
	d.converter.forget()
	d.tags.forget()
	d.groups.end()
	d.spans.end()
}

func (d *Decoder) list(f Format, body []byte) error {
	err := d.read(f, body)
	if errors.Is(err, ErrMalformed) {
		if hint := d.seems(); hint != nil {
			return hint
		}
	}
	if err == nil {
		err = d.stop
	}
	return err
}

func (d *Decoder) read(f Format, body []byte) error {
	switch f {
	case Proto3:
		return d.protoList(body)
	case JSONv1:
		return d.jsonV1List(body)
	case Thrift:
		return d.thriftList(body)
	default:
		return d.jsonV2List(body)
	}
}

// add makes a span of r, which stays the caller's.
func (d *Decoder) add(r *record) {
	d.part++
	if d.reread != nil {
		d.reread.take(r, d.part)
		return
	}
	if d.stop != nil {
		return
	}
	if d.report.Spans == MaxSpans {
		d.stop = ErrTooMany
		return
	}
	d.report.Spans++
	r.check()
	if r.invalid {
		d.refuse(r)
		return
	}
	d.place(r)
}

// check finds what a format's reader cannot: what is missing, or together makes no sense.
func (r *record) check() {
	switch {
	case r.traceHigh|r.traceLow == 0:
		r.fail(BadTraceID, "missing or zero")
	case r.id == 0:
		r.fail(BadID, "missing or zero")
	case r.timestamp > maxMicros:
		r.fail(BadTimestamp, "beyond the year 2554: is it in ns?")
	case r.duration > maxMicros-r.timestamp:
		r.fail(BadDuration, "the span would end beyond the year 2554: is it in ns?")
	}
	if r.parent == r.id {
		r.parent = 0
	}
	if r.kind == ptrace.SpanKindClient {
		r.shared = false
	}
}

// maxMicros is the last time that pdata's ns can say.
const maxMicros = math.MaxUint64 / 1000

func (d *Decoder) refuse(r *record) {
	if d.report.First[r.reason] == nil {
		d.report.First[r.reason] = &SpanError{Index: d.report.Spans - 1, Reason: r.reason, What: r.what}
	}
	d.report.Invalid[r.reason]++
	if d.options.RejectInvalid {
		d.stop = d.report.First[r.reason]
	}
}

// place puts a span into its group.
func (d *Decoder) place(r *record) {
	t := &d.tags
	t.read(d, r)
	service := d.service(r, t)
	span := d.groups.of(d, service, t).AppendEmpty()
	span.SetTraceID(traceID(r.traceHigh, r.traceLow))
	span.SetSpanID(spanID(r.id))
	if r.parent != 0 {
		span.SetParentSpanID(spanID(r.parent))
	}
	span.SetName(d.words.text(r.name, &d.text))
	d.setKind(span, r, t)
	d.setTimes(span, r, t)
	d.setStatus(span, t)
	d.addEndpoints(r, t)
	d.addMarks(r, t)
	if t.traceState != nil {
		span.TraceState().FromRaw(d.text.copy(t.traceState))
	}
	span.SetDroppedAttributesCount(t.lostAttributes)
	span.SetDroppedEventsCount(t.lostEvents + r.lostAnnotations)
	span.SetDroppedLinksCount(t.lostLinks)
	d.addEvents(span, r)
	d.addLinks(span, t)
	t.write(span.Attributes())
	d.spans.note(d, r, span, service)
}

// makeLocal makes of the last local endpoint what all of its spans share.
func (d *Decoder) makeLocal() {
	l := &d.local
	l.made, l.at = true, -1
	l.name = d.words.text(l.service, &d.text)
	if first, _ := l.addresses(); first.IsValid() {
		l.address = d.address(first)
	}
}

// service is the service's name, made up if the span has none.
func (d *Decoder) service(r *record, t *tagSet) string {
	var name string
	if r.lastLocal {
		if !d.local.made {
			d.makeLocal()
		}
		name = d.local.name
	} else {
		name = d.words.text(r.local.service, &d.text)
	}
	if name == noServiceName {
		name = ""
	}
	switch {
	case name == "" && t.service != nil:
		name = d.words.text(t.service, &d.text)
	case t.service != nil && string(t.service) != name:
		// Another name than the endpoint's: it is the endpoint's that Zipkin shows.
		t.text("service.name", d.text.copy(t.service))
	}
	if name == "" {
		d.report.NoService++
		return unknownService
	}
	return name
}

func (d *Decoder) setKind(span ptrace.Span, r *record, t *tagSet) {
	kind := r.kind
	text := t.kind
	if text == nil {
		text = r.kindText
	}
	if text != nil {
		said := kindOf(text)
		if kind == ptrace.SpanKindUnspecified {
			kind = said
		}
		if said != kind || said == ptrace.SpanKindUnspecified && string(text) != "internal" {
			t.text("span.kind", d.words.text(text, &d.text))
		}
	}
	if kind == ptrace.SpanKindUnspecified {
		kind = ptrace.SpanKindInternal
	}
	span.SetKind(kind)
}

// setTimes never leaves a span without a time: it takes that of its first annotation or, as
// spans are sent when they have ended, the time at which it came less its duration.
func (d *Decoder) setTimes(span ptrace.Span, r *record, t *tagSet) {
	start := r.timestamp
	if start == 0 {
		for _, a := range r.annotations {
			if start == 0 || a.timestamp < start {
				start = a.timestamp
			}
		}
		if start == 0 || start > maxMicros-r.duration {
			start = d.received - min(d.received-1, r.duration)
		}
		d.report.NoTimestamp++
		t.flag(AttributeNoTimestamp)
	} else if t.absentStart != nil {
		t.text("otel.zipkin.absentField.startTime", d.text.copy(t.absentStart))
	}
	span.SetStartTimestamp(pcommon.Timestamp(start * 1000))
	// A time that was made up says nothing of where its end would be.
	span.SetEndTimestamp(pcommon.Timestamp(min(start+r.duration, maxMicros) * 1000))
}

// addEndpoints adds the attributes of both ends, but for what the span says in its tags.
func (d *Decoder) addEndpoints(r *record, t *tagSet) {
	first, second := r.local.addresses()
	if first.IsValid() && !t.said(localAddress) {
		text := d.local.address
		if !r.lastLocal {
			text = d.address(first)
		}
		t.text("network.local.address", text)
	}
	if second.IsValid() {
		t.text(AttributeLocalIPv6, d.address(second))
	}
	if r.local.port != 0 && !t.said(localPort) {
		t.number("network.local.port", int64(r.local.port))
	}
	if !r.remote.empty() {
		d.addRemote(r, t)
	}
}

func (d *Decoder) addRemote(r *record, t *tagSet) {
	e := &r.remote
	if len(e.service) > 0 && !t.said(peerService) && !t.repeats(r, e.service) {
		t.text("service.peer.name", d.words.text(e.service, &d.text))
	}
	first, second := e.addresses()
	if first.IsValid() && !t.said(peerAddress) {
		t.text("network.peer.address", d.address(first))
	}
	if second.IsValid() {
		t.text(AttributePeerIPv6, d.address(second))
	}
	if e.port != 0 && !t.said(peerPort) {
		t.number("network.peer.port", int64(e.port))
	}
}

func (d *Decoder) address(ip netip.Addr) string {
	d.ip = ip.AppendTo(d.ip[:0])
	return d.words.text(d.ip, &d.text)
}

func (d *Decoder) addMarks(r *record, t *tagSet) {
	// OpenTelemetry's SDKs know no debug; Python's exporter sets it on whatever was sampled.
	if r.debug && !t.said(sdkName) {
		t.flag(AttributeDebug)
	}
	if r.shared {
		switch d.options.SharedSpans {
		case SplitShared:
			t.text(AttributeSpanID, d.hexID(r.id))
		case DeferShared:
			t.flag(AttributeShared)
		}
	}
}

func (d *Decoder) hexID(id uint64) string {
	var text [16]byte
	b := spanID(id)
	hex.Encode(text[:], b[:])
	return d.text.copy(text[:])
}

func traceID(high, low uint64) (id pcommon.TraceID) {
	binary.BigEndian.PutUint64(id[:8], high)
	binary.BigEndian.PutUint64(id[8:], low)
	return id
}

func be64(b []byte) uint64 { return binary.BigEndian.Uint64(b) }

func spanID(n uint64) (id pcommon.SpanID) {
	binary.BigEndian.PutUint64(id[:], n)
	return id
}
