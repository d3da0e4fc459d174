package zipkin

import (
	"bytes"
	"encoding/binary"
	"math"
	"net/netip"
	"unicode/utf8"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// jsonList reads a list of spans of either version: span reads one, add takes it.
func (d *Decoder) jsonList(body []byte, span func() error, add func()) error {
	s := &d.scanner
	s.begin(body)
	if err := s.enter('[', "'[': a list of spans"); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := s.element(first)
		if err != nil {
			return err
		}
		if !more {
			return s.finish()
		}
		s.peek()
		start := s.pos
		s.clear()
		if err := span(); err != nil {
			return err
		}
		d.at(start, s.pos)
		add()
		if d.stop != nil {
			return d.stop
		}
	}
}

func (d *Decoder) jsonV2List(body []byte) error {
	return d.jsonList(body, func() error {
		d.record.reset()
		return d.jsonV2Span(&d.record)
	}, func() { d.add(&d.record) })
}

// spanField is a member of a span of version 2.
type spanField uint8

const (
	noField spanField = iota // none yet, or nobody's
	traceIDField
	idField
	parentIDField
	nameField
	kindField
	timestampField
	durationField
	localEndpointField
	remoteEndpointField
	annotationsField
	tagsField
	debugField
	sharedField
	binaryAnnotationsField
	spanFields
)

var fieldNames = [spanFields]string{
	"", "traceId", "id", "parentId", "name", "kind", "timestamp", "duration", "localEndpoint", "remoteEndpoint",
	"annotations", "tags", "debug", "shared", "binaryAnnotations",
}

// fieldMembers are the names as they stand before their values.
var fieldMembers = func() (members [spanFields]string) {
	for f, name := range fieldNames {
		members[f] = `,"` + name + `":`
	}
	return members
}()

var fieldsByName = func() map[string]spanField {
	m := map[string]spanField{}
	for f, name := range fieldNames[1:] {
		m[name] = spanField(f + 1)
	}
	return m
}()

// spanMember goes to the next field of a span. Encoders write fields in one order, so what came
// after the last one the last time is compared before a key is read.
func (d *Decoder) spanMember(last spanField, first bool) (f spanField, more bool, err error) {
	s := &d.scanner
	if expected := d.nextField[last]; expected != noField {
		member := fieldMembers[expected]
		if first {
			member = member[len(","):]
		}
		if len(s.doc)-s.pos >= len(member) && string(s.doc[s.pos:s.pos+len(member)]) == member {
			s.pos += len(member)
			return expected, true, nil
		}
	}
	key, more, err := s.member(first)
	if f = fieldsByName[string(key)]; f != noField {
		d.nextField[last] = f
	}
	return f, more, err
}

// jsonV2Span reads one span into r.
func (d *Decoder) jsonV2Span(r *record) error {
	s := &d.scanner
	if err := s.enter('{', "'{': a span"); err != nil {
		return err
	}
	last := noField
	for first := true; ; first = false {
		field, more, err := d.spanMember(last, first)
		if err != nil || !more {
			return err
		}
		switch last = field; field {
		case traceIDField:
			r.traceHigh, r.traceLow, err = s.traceID(&r.mistake)
		case idField:
			r.id, err = s.spanID(&r.mistake, BadID)
		case parentIDField:
			r.parent, err = s.spanID(&r.mistake, BadParentID)
		case nameField:
			r.name, err = s.textField(&r.mistake)
		case kindField:
			err = d.jsonKind(r)
		case timestampField:
			r.timestamp, err = s.micros(&r.mistake, BadTimestamp)
		case durationField:
			r.duration, err = s.micros(&r.mistake, BadDuration)
		case localEndpointField:
			err = d.jsonLocalEndpoint(r)
		case remoteEndpointField:
			r.remote = endpoint{} // of two the last counts
			err = s.endpoint(&r.remote, &r.mistake)
		case annotationsField:
			err = s.objects(&r.mistake, func() error { return d.jsonAnnotation(r) })
		case tagsField:
			err = d.jsonTags(r)
		case debugField:
			r.debug, err = s.flag(&r.mistake)
		case sharedField:
			r.shared, err = s.flag(&r.mistake)
		case binaryAnnotationsField:
			err = d.wrongFormat(JSONv1)
		default:
			err = s.skip(2)
		}
		if err != nil {
			return err
		}
	}
}

// field says what comes next, for a field that may be null and else has to be of a kind.
func (s *scanner) field(m *mistake, kind byte) (there bool, err error) {
	switch c := s.peek(); c {
	case kind:
		return true, nil
	case 'n':
		_, err := s.word()
		return false, err
	default:
		if err := s.skip(2); err != nil {
			return false, err
		}
		m.fail(BadField, "a value where "+kinds[kind]+" is expected")
		return false, nil
	}
}

// kinds names values by their first byte.
var kinds = map[byte]string{'"': "text", '{': "an object", '[': "an array", 'n': "true or false"}

// objects reads an array of objects, or null; each is called inside of one.
func (s *scanner) objects(m *mistake, each func() error) error {
	if there, err := s.field(m, '['); !there {
		return err
	}
	s.pos++
	for first := true; ; first = false {
		more, err := s.element(first)
		if err != nil || !more {
			return err
		}
		there, err := s.field(m, '{')
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		s.pos++
		if err := each(); err != nil {
			return err
		}
	}
}

// members reads the members of an object that was entered; each reads a value.
func (s *scanner) members(each func(key []byte) error) error {
	for first := true; ; first = false {
		key, more, err := s.member(first)
		if err != nil || !more {
			return err
		}
		if err := each(key); err != nil {
			return err
		}
	}
}

// textField reads a string, or null.
func (s *scanner) textField(m *mistake) ([]byte, error) {
	if there, err := s.field(m, '"'); !there {
		return nil, err
	}
	return s.text()
}

// flag reads true, false or null.
func (s *scanner) flag(m *mistake) (bool, error) {
	if c := s.peek(); c != 't' && c != 'f' {
		_, err := s.field(m, 'n')
		if err == nil && c == 'n' {
			_, err = s.word()
		}
		return false, err
	}
	word, err := s.word()
	return len(word) == len("true"), err
}

// traceID reads 1 to 32 hex digits, padded on the left.
func (s *scanner) traceID(m *mistake) (high, low uint64, err error) {
	text, err := s.textField(m)
	if err != nil || text == nil {
		return 0, 0, err
	}
	if n := len(text); n > 16 && n <= 32 {
		var ok bool
		if high, ok = parseHex(text[:n-16]); !ok {
			m.fail(BadTraceID, "no hex number: "+quote(text))
		}
		text = text[n-16:]
	}
	low, ok := parseHex(text)
	if !ok {
		m.fail(BadTraceID, "no hex number of 1 to 32 digits: "+quote(text))
	}
	return high, low, nil
}

// spanID reads 1 to 16 hex digits, padded on the left.
func (s *scanner) spanID(m *mistake, reason Reason) (uint64, error) {
	text, err := s.textField(m)
	if err != nil || text == nil {
		return 0, err
	}
	id, ok := parseHex(text)
	if !ok {
		m.fail(reason, "no hex number of 1 to 16 digits: "+quote(text))
	}
	return id, nil
}

// parseHex reads 1 to 16 hex digits. Zipkin wants lower case, other receivers take both.
func parseHex(text []byte) (n uint64, ok bool) {
	if len(text) == 0 || len(text) > 16 {
		return 0, false
	}
	if len(text) == 16 {
		high, okHigh := parseHex8(binary.BigEndian.Uint64(text))
		low, okLow := parseHex8(binary.BigEndian.Uint64(text[8:]))
		return uint64(high)<<32 | uint64(low), okHigh && okLow
	}
	var bad byte
	for _, c := range text {
		digit := hexDigits[c]
		bad |= digit
		n = n<<4 | uint64(digit&15)
	}
	return n, bad < 16
}

// parseHex8 reads eight hex digits at once, the first in the highest byte. Each byte b of what
// is a digit is b&15 from 0 to 9, and 9 more as a letter, which have bit 6.
func parseHex8(text uint64) (n uint32, ok bool) {
	lower := text | 0x20*ones                                      // a letter of either case
	isDigit := (text + (0x7f-'9')*ones) ^ (text + (0x80-'0')*ones) // bit 7 where '0' <= b <= '9'
	isLetter := (lower + (0x7f-'f')*ones) ^ (lower + (0x80-'a')*ones)
	if text&highs != 0 || (isDigit|isLetter)&highs != highs {
		return 0, false
	}
	nibbles := lower&(0x0f*ones) + 9*(lower>>6&ones)
	nibbles = (nibbles | nibbles>>4) & 0x00ff00ff00ff00ff
	nibbles = (nibbles | nibbles>>8) & 0x0000ffff0000ffff
	return uint32(nibbles | nibbles>>16), true
}

// quote is the beginning of a text for an error.
func quote(text []byte) string {
	const most = 40
	if len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(text)
}

// micros reads µs: a number, also a fraction or with an exponent, or its text. Negative ones
// are none at all, as Zipkin has it.
func (s *scanner) micros(m *mistake, reason Reason) (uint64, error) {
	c := s.peek()
	if c != '"' && c != '-' && c-'0' >= 10 {
		_, err := s.textField(m)
		return 0, err
	}
	if n, ok := s.plainNumber(); ok {
		return n, nil
	}
	text, err := s.scalar()
	if err != nil {
		return 0, err
	}
	n, ok := parseDecimal(text)
	if !ok {
		m.fail(reason, "no number of microseconds: "+quote(text))
	}
	return n, nil
}

// plainNumber reads up to 18 digits that nothing of a number follows, and leaves everything else
// as it is.
func (s *scanner) plainNumber() (n uint64, ok bool) {
	doc := s.doc[s.pos:]
	if len(doc) == 0 || doc[0] == '0' {
		return 0, false
	}
	for i, c := range doc[:min(len(doc), 19)] {
		digit := uint64(c - '0')
		if digit <= 9 {
			n = n*10 + digit
			continue
		}
		if i == 0 || c == '.' || c == 'e' || c == 'E' {
			return 0, false
		}
		s.pos += i
		return n, true
	}
	return 0, false
}

// parseDecimal reads a decimal number exactly, without its fraction; negative ones are 0. It
// fails where the number is beyond 64 bits.
func parseDecimal(text []byte) (n uint64, ok bool) {
	if len(text) > 0 && len(text) < 20 {
		for _, c := range text {
			digit := uint64(c - '0')
			if digit > 9 {
				return parseOddDecimal(text)
			}
			n = n*10 + digit
		}
		return n, true
	}
	return parseOddDecimal(text)
}

func parseOddDecimal(text []byte) (n uint64, ok bool) {
	s := scanner{doc: text}
	if s.peek(); s.pos > 0 {
		return 0, false
	}
	if _, err := s.number(); err != nil || s.pos < len(text) {
		return 0, false
	}
	if text[0] == '-' {
		return 0, true
	}
	digits, point, exponent := splitDecimal(text)
	for i := range point + exponent {
		digit := uint64(0)
		if i < len(digits) {
			digit = uint64(digits[i] - '0')
		} else if n == 0 {
			break
		}
		if n > (math.MaxUint64-digit)/10 {
			return 0, false
		}
		n = n*10 + digit
	}
	return n, true
}

// splitDecimal takes a valid number without a sign apart: its digits, how many of them stand
// before the point, and its exponent, which is cut to some thousands.
func splitDecimal(text []byte) (digits []byte, point, exponent int) {
	point = -1
	for i, c := range text {
		switch {
		case c == '.':
			point = len(digits)
		case c == 'e' || c == 'E':
			negative := text[i+1] == '-'
			for _, c := range text[i+1:] {
				if c-'0' < 10 {
					exponent = min(exponent*10+int(c-'0'), 1<<12)
				}
			}
			if negative {
				exponent = -exponent
			}
			if point < 0 {
				point = len(digits)
			}
			return digits, point, exponent
		default:
			digits = append(digits, c)
		}
	}
	if point < 0 {
		point = len(digits)
	}
	return digits, point, 0
}

func (d *Decoder) jsonKind(r *record) error {
	text, err := d.scanner.textField(&r.mistake)
	if err != nil || text == nil {
		return err
	}
	if r.kind = kindOf(text); r.kind == ptrace.SpanKindUnspecified {
		r.kindText = text
		if d.options.RejectInvalid {
			r.fail(BadKind, "unknown kind "+quote(text))
		}
	}
	return nil
}

// kindOf reads Zipkin's words for kinds, which are upper case there.
func kindOf(text []byte) ptrace.SpanKind {
	switch string(text) {
	case "CLIENT", "client":
		return ptrace.SpanKindClient
	case "SERVER", "server":
		return ptrace.SpanKindServer
	case "PRODUCER", "producer":
		return ptrace.SpanKindProducer
	case "CONSUMER", "consumer":
		return ptrace.SpanKindConsumer
	}
	return ptrace.SpanKindUnspecified
}

// jsonLocalEndpoint reads a span's own endpoint, which mostly is the text that the span before
// had: then the bytes are compared and not read.
func (d *Decoder) jsonLocalEndpoint(r *record) error {
	s, l := &d.scanner, &d.local
	s.peek()
	start := s.pos
	if len(l.text) > 0 && bytes.HasPrefix(s.doc[start:], l.text) {
		s.pos += len(l.text)
		r.local, r.lastLocal = l.endpoint, true
		return nil
	}
	l.text, r.local, r.lastLocal = nil, endpoint{}, false // of two the last counts
	err := s.endpoint(&r.local, &r.mistake)
	if text := s.doc[start:s.pos]; err == nil && !r.invalid && text[0] == '{' && bytes.IndexByte(text, '\\') < 0 && utf8.Valid(text) {
		d.local = local{text: text, endpoint: r.local}
		r.lastLocal = true
	}
	return err
}

// endpoint reads an endpoint, or null.
func (s *scanner) endpoint(e *endpoint, m *mistake) error {
	if there, err := s.field(m, '{'); !there {
		return err
	}
	s.pos++
	for first := true; ; first = false {
		key, more, err := s.member(first)
		if err != nil || !more {
			return err
		}
		switch string(key) {
		case "serviceName":
			e.service, err = s.textField(m)
		case "ipv4", "ipv6":
			err = s.address(e, m)
		case "port":
			e.port, err = s.port(m)
		default:
			err = s.skip(3)
		}
		if err != nil {
			return err
		}
	}
}

// address reads an IP address of either family. One that cannot be read says nothing, as
// Zipkin has it.
func (s *scanner) address(e *endpoint, m *mistake) error {
	text, err := s.textField(m)
	if err != nil || len(text) == 0 {
		return err
	}
	if ip, err := netip.ParseAddr(unsafe.String(unsafe.SliceData(text), len(text))); err == nil {
		e.setIP(ip)
	}
	return nil
}

// port reads a port, or its text; a negative one is none.
func (s *scanner) port(m *mistake) (uint16, error) {
	n, err := s.micros(m, BadEndpoint)
	if n > math.MaxUint16 {
		m.fail(BadEndpoint, "port beyond 65535")
	}
	return uint16(n), err
}

func (d *Decoder) jsonAnnotation(r *record) error {
	s := &d.scanner
	var a annotation
	err := s.members(func(key []byte) (err error) {
		switch string(key) {
		case "timestamp":
			a.timestamp, err = s.micros(&r.mistake, BadAnnotation)
		case "value":
			a.value, err = s.textField(&r.mistake)
		case "endpoint":
			err = d.wrongFormat(JSONv1)
		default:
			err = s.skip(4)
		}
		return err
	})
	r.annotate(a)
	return err
}

func (d *Decoder) jsonTags(r *record) error {
	s := &d.scanner
	if there, err := s.field(&r.mistake, '{'); !there {
		return err
	}
	s.pos++
	last := &d.words.start
	for first := true; ; first = false {
		if !first {
			last = d.jsonPlainTags(r, last)
		}
		key, more, err := s.member(first)
		if err != nil || !more {
			return err
		}
		t := d.words.key(key, &d.text)
		if t.value, err = d.jsonTagValue(r, t.key); err != nil {
			return err
		}
		if t.value != nil {
			r.addTag(t)
			last = last.follow(t.word)
		}
	}
}

// jsonPlainTags reads tags as long as they are written plainly, and gives the last one's word.
func (d *Decoder) jsonPlainTags(r *record, last *word) *word {
	s := &d.scanner
	for {
		if next := last.next; next != nil && next.isKey {
			if value, ok := s.memberOf(next); ok {
				r.addTag(tag{next.text, value, next, next.meaning})
				last = next
				continue
			}
		}
		key, value, ok := s.plainMember()
		if !ok {
			return last
		}
		t := d.words.key(key, &d.text)
		t.value = value
		r.addTag(t)
		last = last.follow(t.word)
	}
}

// follow notes which word came next.
func (w *word) follow(next *word) *word {
	if next == nil {
		return w
	}
	w.next = next
	return next
}

// jsonTagValue reads the value of a tag, nil if it says nothing. Of what is no string Zipkin
// takes numbers only.
func (d *Decoder) jsonTagValue(r *record, key string) ([]byte, error) {
	c := d.scanner.peek()
	value, err := d.jsonText()
	if text := c == '"' || c == '-' || c-'0' < 10; d.options.RejectInvalid && !text {
		r.fail(BadTag, "the value of "+quote([]byte(key))+" is no string")
	}
	return value, err
}

// jsonText reads any value as text: senders exist that write numbers and booleans, and null for
// nothing. Arrays and objects are what they look like.
func (d *Decoder) jsonText() ([]byte, error) {
	s := &d.scanner
	c := s.peek()
	if c == '"' {
		return s.text()
	}
	start := s.pos
	if err := s.skip(3); err != nil || c == 'n' {
		return nil, err
	}
	return s.valid(s.doc[start:s.pos]), nil
}

// valid is text as UTF-8.
func (s *scanner) valid(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	return s.repair(text)
}
