package zipkin

import (
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// v1Span is one span of version 1 as it is read: annotations with an endpoint each, instead of
// a kind, tags and two endpoints.
type v1Span struct {
	traceHigh, traceLow uint64
	id, parent          uint64
	name                []byte
	timestamp, duration uint64 // in µs, 0 if the span has none
	debug               bool
	annotations         []v1Annotation
	binary              []v1Binary
	endpoints           []endpoint
	lostAnnotations     uint32
	mistake
}

// v1Annotation is an event; its endpoint is an index, or noEndpoint.
type v1Annotation struct {
	timestamp uint64 // µs
	value     []byte
	endpoint  int
}

// v1Binary is a tag or, as an address, the other end of a call.
type v1Binary struct {
	key, value []byte
	address    bool
	endpoint   int
}

const noEndpoint = -1

func (s *v1Span) reset() {
	*s = v1Span{annotations: s.annotations[:0], binary: s.binary[:0], endpoints: s.endpoints[:0]}
}

// forget lets go of the list.
func (s *v1Span) forget() {
	*s = v1Span{annotations: forget(s.annotations), binary: forget(s.binary), endpoints: forget(s.endpoints)}
}

// at takes the endpoint of an annotation and gives its index. That of the annotation before
// mostly is the same one.
func (s *v1Span) at(e endpoint) int {
	if e.empty() {
		return noEndpoint
	}
	if n := len(s.endpoints); n > 0 && s.endpoints[n-1].is(&e) {
		return n - 1
	}
	s.endpoints = append(s.endpoints, e)
	return len(s.endpoints) - 1
}

func (e *endpoint) is(other *endpoint) bool {
	return e.ipv4 == other.ipv4 && e.ipv6 == other.ipv6 && e.port == other.port && string(e.service) == string(other.service)
}

func (s *v1Span) annotate(timestamp uint64, value []byte, e endpoint) {
	if timestamp == 0 || len(value) == 0 {
		s.lostAnnotations++
		return
	}
	s.annotations = append(s.annotations, v1Annotation{timestamp, value, s.at(e)})
}

// isAddress is whether a binary annotation's endpoint is the other end of a call. Its value is
// true then; zipkin-ruby wrote the text 1.
func isAddress(key, value []byte, isTrue bool) bool {
	switch string(key) {
	case "sa", "ca", "ma":
		return isTrue || string(value) == "1"
	}
	return false
}

// core are the annotations that say when a call began and ended.
type core uint8

const (
	clientSend core = iota
	clientReceive
	serverReceive
	serverSend
	messageSend
	messageReceive
	wireSend
	wireReceive
	cores
)

func coreOf(value []byte) (core, bool) {
	if len(value) != 2 {
		return 0, false
	}
	switch string(value) {
	case "cs":
		return clientSend, true
	case "cr":
		return clientReceive, true
	case "sr":
		return serverReceive, true
	case "ss":
		return serverSend, true
	case "ms":
		return messageSend, true
	case "mr":
		return messageReceive, true
	case "ws":
		return wireSend, true
	case "wr":
		return wireReceive, true
	}
	return 0, false
}

var coreKinds = [cores]ptrace.SpanKind{
	clientSend: ptrace.SpanKindClient, clientReceive: ptrace.SpanKindClient,
	serverReceive: ptrace.SpanKindServer, serverSend: ptrace.SpanKindServer,
	messageSend: ptrace.SpanKindProducer, messageReceive: ptrace.SpanKindConsumer,
}

// converter makes spans of version 2 of one of version 1, by the rules of Zipkin's own
// (zipkin2.v1.V1SpanConverter). What was read of a span may be several services', which
// each have a span of their own.
type converter struct {
	source *v1Span
	spans  []record
	used   int
	core   [cores]v1Annotation // timestamp 0 if the span has none
}

// mostSides is how many spans one span may become, but for the second sides of a call and of a
// message within one. A call has two sides; what more services claim to be part of it stays with
// the first.
const mostSides = 8

// addV1 adds what s becomes.
func (d *Decoder) addV1(s *v1Span) {
	c := &d.converter
	c.source, c.used, c.core = s, 0, [cores]v1Annotation{}
	if s.parent == s.id {
		s.parent = 0
	}
	c.fork(endpoint{})
	if !s.invalid {
		c.takeAnnotations()
		c.inferStarts()
		c.time()
		c.takeBinary(d)
	}
	for i := range c.used {
		d.add(&c.spans[i])
	}
}

// fork makes one more span.
func (c *converter) fork(local endpoint) *record {
	if c.used == len(c.spans) {
		c.spans = append(c.spans, record{})
	}
	r := &c.spans[c.used]
	r.reset()
	s := c.source
	r.traceHigh, r.traceLow, r.id, r.parent = s.traceHigh, s.traceLow, s.id, s.parent
	r.name, r.debug, r.mistake, r.local = s.name, s.debug, s.mistake, local
	if c.used == 0 {
		r.lostAnnotations = s.lostAnnotations
	}
	c.used++
	return r
}

// of gives the span of an endpoint's service, and makes it if there is none. What is nobody's
// is the first one's.
func (c *converter) of(at int) *record {
	if at == noEndpoint {
		return &c.spans[0]
	}
	e := &c.source.endpoints[at]
	for i := range c.used {
		r := &c.spans[i]
		if r.local.empty() {
			r.local = *e
			return r
		}
		if string(r.local.service) == string(e.service) {
			return r
		}
	}
	if c.used >= mostSides {
		return &c.spans[0]
	}
	return c.fork(*e)
}

func (c *converter) forget() {
	c.source, c.core = nil, [cores]v1Annotation{}
	for i := range c.spans {
		c.spans[i].forget()
	}
}

func (c *converter) has(k core) bool { return c.core[k].timestamp != 0 }

// side is the span of whoever made a core annotation.
func (c *converter) side(k core) *record { return c.of(c.core[k].endpoint) }

func (c *converter) takeAnnotations() {
	for _, a := range c.source.annotations {
		r := c.of(a.endpoint)
		k, isCore := coreOf(a.value)
		if !isCore || a.endpoint == noEndpoint {
			r.annotate(annotation{a.timestamp, a.value})
			continue
		}
		c.core[k] = a
		if k != wireSend && k != wireReceive {
			r.kind = coreKinds[k]
		}
	}
}

// inferStarts finds starts that the span's own time and duration tell.
func (c *converter) inferStarts() {
	s := c.source
	for _, side := range [...][2]core{{clientSend, clientReceive}, {serverReceive, serverSend}} {
		start, end := side[0], side[1]
		if !c.has(start) && c.has(end) && s.timestamp != 0 && s.duration != 0 && s.timestamp+s.duration == c.core[end].timestamp {
			c.core[start] = v1Annotation{timestamp: s.timestamp, endpoint: c.core[end].endpoint}
		}
	}
}

func (c *converter) time() {
	s := c.source
	client, server := c.has(clientSend), c.has(serverReceive)
	switch {
	case client && server:
		c.timeBoth()
	case client && c.has(clientReceive):
		c.timeSide(clientSend, clientReceive)
		c.keep(serverSend)
	case server && c.has(serverSend):
		c.timeSide(serverReceive, serverSend)
		c.keep(clientReceive)
	default:
		c.timeIncomplete()
	}
	// Version 1 has no flag: a server that does not own the span's time shares it.
	if !client && server && (s.timestamp == 0 || c.has(serverSend) && s.duration == 0) {
		c.side(serverReceive).shared = true
	}
	c.timeMessage()
}

// timeBoth is of a span of both sides: the time is the client's, and the server has its own.
func (c *converter) timeBoth() {
	c.timeSide(clientSend, clientReceive)
	server := c.fellow(clientSend, serverReceive, ptrace.SpanKindClient, ptrace.SpanKindServer)
	server.shared = true
	server.timestamp = c.core[serverReceive].timestamp
	if c.has(serverSend) {
		server.duration = since(server.timestamp, c.core[serverSend].timestamp)
	}
	if !c.has(clientReceive) && c.source.duration == 0 {
		c.side(clientSend).duration = 0 // nobody waited
	}
}

// fellow is the span of the second of two sides, also where both are of one service.
func (c *converter) fellow(first, second core, firstKind, secondKind ptrace.SpanKind) *record {
	one, other := c.side(first), c.side(second)
	if one == other {
		at := c.core[second].endpoint
		other = c.fork(c.source.endpoints[at])
		one = c.side(first) // it may have moved
	}
	one.kind, other.kind = firstKind, secondKind
	return other
}

// timeSide takes the span's own time where it has one, else that of its annotations.
func (c *converter) timeSide(start, end core) {
	s, r := c.source, c.side(start)
	if s.timestamp != 0 && s.duration != 0 {
		r.timestamp, r.duration = s.timestamp, s.duration
		return
	}
	r.timestamp = c.core[start].timestamp
	if c.has(end) {
		r.duration = since(r.timestamp, c.core[end].timestamp)
	}
}

// keep leaves the end of a side without a start an annotation. Zipkin has nothing of it; but the
// other side's span would have no time at all.
func (c *converter) keep(end core) {
	if c.has(end) {
		c.side(end).annotate(annotation{c.core[end].timestamp, coreTexts[end]})
	}
}

// timeIncomplete is of a span without a start, or without an end: what there is of the two
// says when it began, or stays an annotation.
func (c *converter) timeIncomplete() {
	for i := range c.used {
		r := &c.spans[i]
		start, end := clientSend, clientReceive
		switch r.kind {
		case ptrace.SpanKindServer:
			start, end = serverReceive, serverSend
		case ptrace.SpanKindClient:
		default:
			continue
		}
		if c.has(start) {
			r.timestamp = c.core[start].timestamp
		}
		if c.has(end) {
			r.annotate(annotation{c.core[end].timestamp, coreTexts[end]})
		}
	}
	if c.source.timestamp != 0 {
		c.spans[0].timestamp, c.spans[0].duration = c.source.timestamp, c.source.duration
	}
}

var coreTexts = [cores][]byte{clientReceive: []byte("cr"), serverSend: []byte("ss")}

func (c *converter) timeMessage() {
	switch sent, received := c.has(messageSend), c.has(messageReceive); {
	case sent && received:
		consumer := c.fellow(messageSend, messageReceive, ptrace.SpanKindProducer, ptrace.SpanKindConsumer)
		consumer.shared = true
		consumer.timestamp = c.core[messageReceive].timestamp
		if c.has(wireReceive) {
			consumer.timestamp = c.core[wireReceive].timestamp
			consumer.duration = since(consumer.timestamp, c.core[messageReceive].timestamp)
		}
		producer := c.side(messageSend)
		producer.timestamp = c.core[messageSend].timestamp
		producer.duration = 0
		if c.has(wireSend) {
			producer.duration = since(producer.timestamp, c.core[wireSend].timestamp)
		}
	case sent:
		c.timeSide(messageSend, wireSend)
	case received && c.has(wireReceive):
		c.timeSide(wireReceive, messageReceive)
	case received:
		c.timeSide(messageReceive, messageReceive)
	default:
		// What was on the wire says how long a message took; of a call it is an event.
		for _, k := range [...]core{wireSend, wireReceive} {
			if c.has(k) {
				c.side(k).annotate(annotation{c.core[k].timestamp, c.core[k].value})
			}
		}
	}
}

// since is a duration; a clock that went back says nothing.
func since(start, end uint64) uint64 {
	if end < start {
		return 0
	}
	return end - start
}

func (c *converter) takeBinary(d *Decoder) {
	addresses := [3]int{noEndpoint, noEndpoint, noEndpoint} // ca, sa, ma
	for _, b := range c.source.binary {
		if b.address && b.endpoint != noEndpoint {
			switch string(b.key) {
			case "ca":
				addresses[0] = b.endpoint
			case "sa":
				addresses[1] = b.endpoint
			case "ma":
				addresses[2] = b.endpoint
			}
			continue
		}
		r := c.of(b.endpoint)
		if string(b.key) == "lc" && len(b.value) == 0 {
			continue // it was there for its endpoint
		}
		d.addTag(r, b.key, b.value)
	}
	c.takeAddresses(addresses[0], addresses[1], addresses[2])
}

func (c *converter) takeAddresses(ca, sa, ma int) {
	s := c.source
	if !c.has(clientSend) && !c.has(clientReceive) && !c.has(serverReceive) && !c.has(serverSend) && (ca >= 0 || sa >= 0) {
		switch {
		case ca >= 0 && sa >= 0:
			c.of(ca).remote = s.endpoints[sa]
		case sa >= 0:
			c.spans[0].remote = s.endpoints[sa] // no client's for sure
		default:
			c.spans[0].kind = ptrace.SpanKindServer
			c.spans[0].remote = s.endpoints[ca]
		}
	} else {
		c.takeRemote(sa, ptrace.SpanKindClient)
		c.takeRemote(ca, ptrace.SpanKindServer)
	}
	c.takeRemote(ma, ptrace.SpanKindProducer)
	c.takeRemote(ma, ptrace.SpanKindConsumer)
}

// takeRemote gives the spans of a kind their other end. A server's client of its own name is a
// library's that knew no better (Finagle): only its address counts, if that is another. A client
// may well call its own service.
func (c *converter) takeRemote(at int, kind ptrace.SpanKind) {
	if at == noEndpoint {
		return
	}
	for i := range c.used {
		r := &c.spans[i]
		if r.kind != kind {
			continue
		}
		remote := c.source.endpoints[at]
		if kind == ptrace.SpanKindServer {
			if remote.is(&r.local) {
				continue
			}
			if string(remote.service) == string(r.local.service) {
				remote.service = nil
			}
		}
		r.remote = remote
	}
}
