package zipkin

import (
	"math"
	"slices"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/spans/attribute"
)

// tagSet is what the tags of one span say. There is one to a decoder, filled anew for each
// span.
type tagSet struct {
	attributes []keyValue
	resource   []keyValue // text only, in the order of the tags
	links      []linkTag
	present    uint32 // a bit for each meaning that some tag has

	service, serviceSource                []byte
	scopeName, scopeVersion               []byte
	kind, status, description             []byte
	errorText, traceState                 []byte
	absentStart                           []byte
	lostAttributes, lostEvents, lostLinks uint32

	span    uint32 // counts spans
	direct  bool   // attributes go to the builder
	builder *attribute.Builder
	index   map[string]int // where a key stands, of spans with many tags
}

// keyValue is a key with a value of one of the types that the mapping knows.
type keyValue struct {
	key string
	str string
	num uint64 // int, boolean as 0 or 1, double as its bits
	typ pcommon.ValueType
}

// linkTag is a tag that holds a link, or, if bad, does not.
type linkTag struct {
	key   string
	value []byte
	bad   bool
}

// fewTags are compared with each other to find double keys; more are looked up in a map.
const fewTags = 64

func (t *tagSet) reset() {
	*t = tagSet{attributes: t.attributes[:0], resource: t.resource[:0], links: t.links[:0], index: t.index, span: t.span + 1}
}

// forget lets go of the list.
func (t *tagSet) forget() {
	*t = tagSet{attributes: forget(t.attributes), resource: forget(t.resource), links: forget(t.links), span: t.span, direct: t.direct}
}

// read sorts the tags of a span by what they say. Of two with one key the later counts.
func (t *tagSet) read(d *Decoder, r *record) {
	t.reset()
	attributes, differ := t.scan(r)
	// Nearly always all keys are words and none comes twice. Then attributes go straight to
	// where they stay; else they are gathered, to find the double ones.
	if t.direct = differ && !d.gather; t.direct {
		d.builder.Begin(attributes + t.others(r))
	}
	t.builder = &d.builder
	many := len(r.tags) > fewTags
	if many && t.index == nil {
		t.index = map[string]int{}
	}
	for i := range r.tags {
		if tag := &r.tags[i]; tag.meaning == plain {
			t.put(d, tag, many)
		} else {
			t.take(d, tag, many)
		}
	}
	if many {
		clear(t.index)
	}
}

// scan notes what there is, and gives how many tags are attributes of the span, and whether
// all keys are known to differ: a word knows the span that had it last.
func (t *tagSet) scan(r *record) (attributes int, differ bool) {
	differ = len(r.tags) <= fewTags
	for i := range r.tags {
		tag := &r.tags[i]
		t.present |= 1 << tag.meaning
		if tag.meaning == plain || tag.meaning >= peerService {
			attributes++
		}
		if w := tag.word; w == nil || w.seen == t.span {
			differ = false
		} else {
			w.seen = t.span
		}
	}
	return attributes, differ && !t.said(koineMark)
}

// others is how many attributes a span has that are no tags.
func (t *tagSet) others(r *record) int {
	n := r.local.attributes() + r.remote.attributes()
	if len(r.remote.service) > 0 {
		n++
	}
	for _, mark := range [...]bool{r.debug, r.shared, r.timestamp == 0} {
		if mark {
			n++
		}
	}
	return n
}

func (e *endpoint) attributes() (n int) {
	if e.ipv4.IsValid() {
		n++
	}
	if e.ipv6.IsValid() {
		n++
	}
	if e.port != 0 {
		n++
	}
	return n
}

func (t *tagSet) take(d *Decoder, tag *tag, many bool) {
	value := tag.value
	switch tag.meaning {
	case onResource, sdkName:
		if len(t.resource) < fewTags {
			t.putResource(d, tag.key, value)
			return
		}
		t.put(d, tag, many)
	case serviceName:
		t.service = some(value)
	case serviceNameSource:
		if t.serviceSource = nil; isServiceNameSource(value) {
			t.serviceSource = value
		} else {
			t.put(d, tag, many)
		}
	case scopeName:
		t.scopeName = some(value)
	case scopeVersion:
		t.scopeVersion = some(value)
	case libraryName:
		if !t.said(scopeName) {
			t.scopeName = some(value)
		}
	case libraryVersion:
		if !t.said(scopeVersion) {
			t.scopeVersion = some(value)
		}
	case errorTag:
		t.errorText = value[:len(value):len(value)]
		if value == nil {
			t.errorText = []byte{}
		}
	case statusCode:
		t.status = some(value)
	case statusDescription:
		t.description = some(value)
	case spanKind:
		t.kind = some(value)
	case traceState:
		t.traceState = some(value)
	case link:
		t.putLink(linkTag{key: tag.key, value: value}, many)
	case absentStart:
		t.absentStart = some(value)
	case lostAttributes:
		t.count(d, tag, &t.lostAttributes, many)
	case lostEvents:
		t.count(d, tag, &t.lostEvents, many)
	case lostLinks:
		t.count(d, tag, &t.lostLinks, many)
	default:
		t.put(d, tag, many)
	}
}

// some is a value that says something.
func some(value []byte) []byte {
	if len(value) == 0 {
		return nil
	}
	return value
}

func (t *tagSet) count(d *Decoder, tag *tag, n *uint32, many bool) {
	count, err := strconv.ParseUint(string(tag.value), 10, 32)
	if err != nil {
		t.put(d, tag, many)
		return
	}
	*n = uint32(count)
}

// put takes an attribute of the span.
func (t *tagSet) put(d *Decoder, tag *tag, many bool) {
	if t.direct && !d.options.ParseStringTags {
		t.builder.Str(tag.key, d.text.copy(tag.value))
		return
	}
	a := d.valueOf(tag)
	if t.direct {
		a.write(t.builder)
	} else if at := t.find(tag.key, many); at >= 0 {
		t.attributes[at] = a
	} else {
		t.attributes = append(t.attributes, a)
	}
}

// find is where a key stands already, or −1.
func (t *tagSet) find(key string, many bool) int {
	if many {
		if at, double := t.index[key]; double {
			return at
		}
		t.index[key] = len(t.attributes)
		return -1
	}
	for i := range t.attributes {
		if t.attributes[i].key == key {
			return i
		}
	}
	return -1
}

// putLink takes a link. Its key is no attribute's, so that the index serves both.
func (t *tagSet) putLink(l linkTag, many bool) {
	at := -1
	if many {
		if i, double := t.index[l.key]; double {
			at = i
		} else {
			t.index[l.key] = len(t.links)
		}
	} else {
		at = slices.IndexFunc(t.links, func(other linkTag) bool { return other.key == l.key })
	}
	if at >= 0 {
		t.links[at] = l
		return
	}
	t.links = append(t.links, l)
}

// putResource takes an attribute of the resource, which has few: a walk is enough.
func (t *tagSet) putResource(d *Decoder, key string, value []byte) {
	a := keyValue{key: key, str: d.words.text(value, &d.text), typ: pcommon.ValueTypeStr}
	for i := range t.resource {
		if t.resource[i].key == key {
			t.resource[i] = a
			return
		}
	}
	t.resource = append(t.resource, a)
}

// said is whether a tag has a meaning.
func (t *tagSet) said(m meaning) bool { return t.present&(1<<m) != 0 }

// repeats is whether a text is the value of a tag that exporters make the remote endpoint's
// name of.
func (t *tagSet) repeats(r *record, name []byte) bool {
	if t.present&(1<<peerOther|1<<peerAddress) == 0 {
		return false
	}
	for i := range r.tags {
		tag := &r.tags[i]
		if (tag.meaning == peerOther || tag.meaning == peerAddress) && string(tag.value) == string(name) {
			return true
		}
	}
	return false
}

// text, number and flag add an attribute of ours.
func (t *tagSet) text(key, value string) {
	if t.direct {
		t.builder.Str(key, value)
		return
	}
	t.add(keyValue{key: key, str: value, typ: pcommon.ValueTypeStr})
}

func (t *tagSet) number(key string, value int64) {
	if t.direct {
		t.builder.Int(key, value)
		return
	}
	t.add(keyValue{key: key, num: uint64(value), typ: pcommon.ValueTypeInt})
}

func (t *tagSet) flag(key string) {
	if t.direct {
		t.builder.Bool(key, true)
		return
	}
	t.add(keyValue{key: key, num: 1, typ: pcommon.ValueTypeBool})
}

// add takes the place of a tag of the same name: telemetry that was here before.
func (t *tagSet) add(a keyValue) {
	if t.said(koineMark) {
		for i := range t.attributes {
			if t.attributes[i].key == a.key {
				t.attributes[i] = a
				return
			}
		}
	}
	t.attributes = append(t.attributes, a)
}

// valueOf is a tag as an attribute: text, unless types are to be guessed.
func (d *Decoder) valueOf(t *tag) keyValue {
	if d.options.ParseStringTags || t.meaning == koineMark && t.key != AttributeSpanID {
		if a, ok := guess(t.key, t.value); ok {
			return a
		}
	}
	return keyValue{key: t.key, str: d.text.copy(t.value), typ: pcommon.ValueTypeStr}
}

// addTag takes a tag as it was read.
func (d *Decoder) addTag(r *record, key, value []byte) {
	t := d.words.key(key, &d.text)
	t.value = value
	r.addTag(t)
}

// guess reads a value by how it looks: -?digits, -?digits.digits, true, false.
func guess(key string, value []byte) (keyValue, bool) {
	switch string(value) {
	case "true":
		return keyValue{key: key, num: 1, typ: pcommon.ValueTypeBool}, true
	case "false":
		return keyValue{key: key, typ: pcommon.ValueTypeBool}, true
	}
	points, digits := 0, 0
	for i, c := range value {
		switch {
		case c-'0' < 10:
			digits++
		case c == '.' && i > 0 && i < len(value)-1 && value[i-1] != '-':
			points++
		case c != '-' || i > 0:
			return keyValue{}, false
		}
	}
	if digits == 0 || points > 1 {
		return keyValue{}, false
	}
	if points == 0 {
		n, err := strconv.ParseInt(string(value), 10, 64)
		return keyValue{key: key, num: uint64(n), typ: pcommon.ValueTypeInt}, err == nil
	}
	f, err := strconv.ParseFloat(string(value), 64)
	return keyValue{key: key, num: math.Float64bits(f), typ: pcommon.ValueTypeDouble}, err == nil
}

// write fills an empty map with the attributes of the span.
func (t *tagSet) write(to pcommon.Map) {
	if !t.direct {
		writeAttributes(t.builder, to, t.attributes)
		return
	}
	t.builder.Into(to)
}

// writeAttributes fills an empty map. The builder skips the walk through all keys that
// Map.Put makes for each: the keys are known to differ.
func writeAttributes(b *attribute.Builder, to pcommon.Map, attributes []keyValue) {
	if len(attributes) == 0 {
		return
	}
	b.Begin(len(attributes))
	for i := range attributes {
		attributes[i].write(b)
	}
	b.Into(to)
}

func (a *keyValue) write(b *attribute.Builder) {
	switch a.typ {
	case pcommon.ValueTypeInt:
		b.Int(a.key, int64(a.num))
	case pcommon.ValueTypeBool:
		b.Bool(a.key, a.num != 0)
	case pcommon.ValueTypeDouble:
		b.Double(a.key, math.Float64frombits(a.num))
	default:
		b.Str(a.key, a.str)
	}
}
