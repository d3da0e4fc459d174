package zipkin

import (
	"net/netip"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// record is one span of version 2 as it is read. There is one to a decoder, filled anew for
// each span; text in it points into the list or the decoder's scratch.
type record struct {
	traceHigh, traceLow uint64
	id, parent          uint64 // parent is 0 of a root
	name                []byte
	kind                ptrace.SpanKind // Unspecified if the span has none
	kindText            []byte          // a kind that is none of Zipkin's
	timestamp, duration uint64          // in µs, 0 if the span has none
	local, remote       endpoint
	annotations         []annotation
	tags                []tag
	// lostAnnotations counts those without a time or a value.
	lostAnnotations uint32
	debug, shared   bool
	lastLocal       bool // local is Decoder.local
	mistake
}

// mistake is what is wrong with a span, if invalid: the first thing that was found.
type mistake struct {
	invalid bool
	reason  Reason
	what    string
}

func (m *mistake) fail(reason Reason, what string) {
	if !m.invalid {
		*m = mistake{true, reason, what}
	}
}

type endpoint struct {
	service    []byte
	ipv4, ipv6 netip.Addr
	port       uint16
}

type annotation struct {
	timestamp uint64 // µs
	value     []byte
}

// tag has its key as a string already, and what it says.
type tag struct {
	key     string
	value   []byte
	word    *word // nil of a key that is not held
	meaning meaning
}

// addTag takes a tag word by word: to copy one whole is a call into the runtime for each while
// the garbage collector is at work.
func (r *record) addTag(t tag) {
	n := len(r.tags)
	if n == cap(r.tags) {
		r.tags = append(r.tags, tag{})
	}
	r.tags = r.tags[:n+1]
	at := &r.tags[n]
	at.key, at.value, at.word, at.meaning = t.key, t.value, t.word, t.meaning
}

// reset empties the record and keeps its memory.
func (r *record) reset() {
	*r = record{annotations: r.annotations[:0], tags: r.tags[:0]}
}

// forget lets go of the list, whose bytes the record's text is.
func (r *record) forget() {
	*r = record{annotations: forget(r.annotations), tags: forget(r.tags)}
}

// forget empties a slice and keeps its memory unless it is much.
func forget[T any](s []T) []T {
	const most = 1024
	if cap(s) > most {
		return nil
	}
	clear(s[:cap(s)])
	return s[:0]
}

// annotate takes an annotation. One needs a time and a text to be an event.
func (r *record) annotate(a annotation) {
	if a.timestamp == 0 || len(a.value) == 0 {
		r.lostAnnotations++
		return
	}
	r.annotations = append(r.annotations, a)
}

func (e *endpoint) empty() bool {
	return len(e.service) == 0 && !e.ipv4.IsValid() && !e.ipv6.IsValid() && e.port == 0
}

// addresses gives the address, and of one that has both families the second.
func (e *endpoint) addresses() (first, second netip.Addr) {
	if e.ipv4.IsValid() {
		return e.ipv4, e.ipv6
	}
	return e.ipv6, netip.Addr{}
}

// setIP takes an address of either family wherever it stood, and an embedded one for what it
// is (IPv4 in IPv6).
func (e *endpoint) setIP(ip netip.Addr) {
	switch ip = ip.Unmap().WithZone(""); {
	case ip.Is4():
		e.ipv4 = ip
	case ip.Is6():
		e.ipv6 = ip
	}
}
