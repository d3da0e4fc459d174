package zipkin

import (
	"bytes"
	"encoding/hex"
	"strconv"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// linkPrefix begins the keys of tags in which the Collector's Zipkin exporter writes links:
// otlp.link.0 = trace id|span id|trace state|attributes as JSON|number of dropped attributes.
const linkPrefix = "otlp.link."

// addLinks makes links of such tags. What cannot be read stays an attribute.
func (d *Decoder) addLinks(span ptrace.Span, t *tagSet) {
	bad := 0
	for i := range t.links {
		l := &t.links[i]
		if l.bad = !d.setLink(span.Links().AppendEmpty(), l.value); l.bad {
			t.text(l.key, d.text.copy(l.value))
			bad++
		}
	}
	if bad > 0 {
		i := -1
		span.Links().RemoveIf(func(ptrace.SpanLink) bool { i++; return t.links[i].bad })
	}
}

func (d *Decoder) setLink(link ptrace.SpanLink, text []byte) bool {
	trace, rest, _ := bytes.Cut(text, []byte("|"))
	span, rest, _ := bytes.Cut(rest, []byte("|"))
	// The state may have pipes, the attributes too: they begin at a brace after one.
	last := bytes.LastIndexByte(rest, '|')
	brace := bytes.Index(rest, []byte("|{"))
	if brace < 0 || last <= brace {
		return false
	}
	var (
		traceID [16]byte
		spanID  [8]byte
	)
	dropped, err := strconv.ParseUint(string(rest[last+1:]), 10, 32)
	if err != nil || !decodeHex(traceID[:], trace) || !decodeHex(spanID[:], span) ||
		!d.readAttributes(link.Attributes(), rest[brace+1:last]) {
		return false
	}
	link.SetTraceID(traceID)
	link.SetSpanID(spanID)
	link.TraceState().FromRaw(d.text.copy(rest[:brace]))
	link.SetDroppedAttributesCount(uint32(dropped))
	return true
}

// decodeHex fills an id; none at all leaves it empty.
func decodeHex(id, text []byte) bool {
	if len(text) == 0 {
		return true
	}
	if len(text) != hex.EncodedLen(len(id)) {
		return false
	}
	_, err := hex.Decode(id, text)
	return err == nil
}
