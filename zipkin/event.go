package zipkin

import (
	"bytes"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// addEvents makes an event of each annotation.
func (d *Decoder) addEvents(span ptrace.Span, r *record) {
	if len(r.annotations) == 0 {
		return
	}
	events := span.Events()
	events.EnsureCapacity(len(r.annotations))
	for i := range r.annotations {
		a := &r.annotations[i]
		if a.timestamp > maxMicros {
			span.SetDroppedEventsCount(span.DroppedEventsCount() + 1)
			continue
		}
		event := events.AppendEmpty()
		event.SetTimestamp(pcommon.Timestamp(a.timestamp * 1000))
		d.setEvent(event, a.value)
	}
}

// setEvent reads what stands in an annotation: a name alone or, as OpenTelemetry's exporters
// write events with attributes,
//
//	"name": {json}      the specification, Java
//	name: {json}        Go
//	name|{json}|n       the Collector; n is the number of dropped attributes
//	{"name": {json}}    Python
//
// Whatever is none of these whole is a name: text of people may have any of these signs.
func (d *Decoder) setEvent(event ptrace.SpanEvent, text []byte) {
	if brace := bytes.IndexByte(text, '{'); brace >= 0 {
		if brace > 0 && (d.setPiped(event, text, brace) || d.setNamed(event, text, brace)) ||
			brace == 0 && d.setObject(event, text) {
			return
		}
		event.Attributes().Clear()
	}
	event.SetName(d.words.text(text, &d.text))
}

func (d *Decoder) setPiped(event ptrace.SpanEvent, text []byte, brace int) bool {
	pipe := bytes.LastIndexByte(text, '|')
	if text[brace-1] != '|' || pipe < brace {
		return false
	}
	dropped, err := strconv.ParseUint(string(text[pipe+1:]), 10, 32)
	if err != nil || !d.readAttributes(event.Attributes(), text[brace:pipe]) {
		return false
	}
	event.SetName(d.words.text(text[:brace-1], &d.text))
	event.SetDroppedAttributesCount(uint32(dropped))
	return true
}

func (d *Decoder) setNamed(event ptrace.SpanEvent, text []byte, brace int) bool {
	name, isNamed := bytes.CutSuffix(bytes.TrimRight(text[:brace], " "), []byte(":"))
	if text[0] == '"' {
		// A name in quotes may have a brace itself.
		s := scanner{doc: text}
		quoted, err := s.text()
		if err != nil || s.peek() != ':' {
			return false
		}
		s.pos++
		s.peek()
		name, isNamed, brace = quoted, true, s.pos
	}
	if !isNamed || len(name) == 0 || !d.readAttributes(event.Attributes(), text[brace:]) {
		return false
	}
	event.SetName(d.words.text(name, &d.text))
	return true
}

func (d *Decoder) setObject(event ptrace.SpanEvent, text []byte) bool {
	r := d.values(text)
	r.pos++
	name, more, err := r.member(true)
	if err != nil || !more || len(name) == 0 || r.peek() != '{' || r.object(event.Attributes(), 0) != nil {
		return false
	}
	if _, more, err = r.member(false); err != nil || more || r.finish() != nil {
		return false
	}
	event.SetName(d.words.text(name, &d.text))
	return true
}

// readAttributes reads a JSON object with nothing after it.
func (d *Decoder) readAttributes(to pcommon.Map, doc []byte) bool {
	r := d.values(doc)
	return r.peek() == '{' && r.object(to, 0) == nil && r.finish() == nil
}

func (d *Decoder) values(doc []byte) *valueReader {
	return &valueReader{scanner: scanner{doc: doc}, arena: &d.text, left: &d.valuesLeft}
}
