package wire

import (
	"encoding/binary"
	"math/bits"
)

// CheckZipkinJSON scans a body as CheckJSON does, for decoders of Zipkin's JSON, which make
// maps of objects, and do not survive null as a member of an array. Members of objects that
// stand in objects, such as tags, are elements here.
func CheckZipkinJSON(body []byte, limits Limits) (Shape, error) {
	return checkJSON(body, limits, true)
}

// CheckJSON scans a JSON document and says whether a decoder may have it. It knows
// the keys under which OTLP's JSON nests values and holds attributes, wherever they
// stand, and takes any other JSON too: that has only brackets and elements, the
// members of its arrays, to be bounded. A value costs up to four brackets a level, so
// brackets may nest to four times the value depth above what OTLP itself needs.
//
// Members of any one object are bounded as attributes are: decoders that make a list of them
// take quadratic time. The shape does not hold them.
//
// Brackets, commas and colons must stand where JSON wants them, because pdata's reader
// takes a comma for an opening bracket. After an error it even reads on, at a level that no
// longer is the document's; but every level that it goes down costs it one
// string that names a nested value, so there may be no more of these than maxNested.
func CheckJSON(body []byte, limits Limits) (Shape, error) {
	return checkJSON(body, limits, false)
}

func checkJSON(body []byte, limits Limits, zipkin bool) (Shape, error) {
	s := jsonScan{
		zipkin:        zipkin,
		body:          body,
		maxDepth:      limits.valueDepth(),
		maxAttributes: orNone(limits.Attributes),
		maxElements:   orNone(limits.Elements),
	}
	s.maxBrackets = fixedBrackets + 4*s.maxDepth
	err := s.run()
	return s.shape, err
}

const (
	// fixedBrackets is more than OTLP's JSON has around the value of an exemplar's
	// attribute (15), with room for fields still to come.
	fixedBrackets = 32
	// maxNested levels take pdata's reader 350 B of stack each: a third of what Go
	// lets a goroutine have.
	maxNested = 1_000_000
)

type jsonScan struct {
	body          []byte
	maxDepth      int
	maxBrackets   int
	maxAttributes int
	maxElements   int
	zipkin        bool // null is no member of an array, and objects' members are elements

	shape  Shape
	depth  int  // of the values around the position
	nested int  // strings so far that pdata could take for a nested value's key
	named  bool // a key of OTLP's was seen
	empty  bool // an empty key was seen

	top   int
	stack [fixedBrackets + 4*MaxValueDepth + 1]bracket
}

// bracket is an open array or object. What stands in an array of attributes counts
// for the object around it.
type bracket struct {
	attributes int32
	members    int32   // keys of an object
	key        jsonKey // under which it stands
	array      bool
}

// run is the grammar: each label is a place in a document, each goto the next place.
func (s *jsonScan) run() error {
	var (
		body  = s.body
		pos   = 0
		key   = otherKey // of the value to come
		start int
		err   error
	)

value:
	pos = space(body, pos)
	if pos == len(body) {
		return malformed("JSON ends before a value", pos)
	}
	if in := &s.stack[s.top]; in.array {
		if err = s.member(in, pos); err != nil {
			return err
		}
		key = otherKey
	}
	switch c := body[pos]; {
	case c == '{':
		if err = s.open(key, false, pos); err != nil {
			return err
		}
		pos = space(body, pos+1)
		if pos < len(body) && body[pos] == '}' {
			goto closing
		}
		goto name
	case c == '[':
		if err = s.open(key, true, pos); err != nil {
			return err
		}
		pos = space(body, pos+1)
		if pos < len(body) && body[pos] == ']' {
			goto closing
		}
		goto value
	case c == '"':
		start = pos + 1
		if pos = stringEnd(body, start); pos < 0 {
			return malformed("JSON ends in a string", start-1)
		}
		if s.stack[s.top].array && keyOf(body[start:pos]).nests() {
			if err = s.nestingName(start); err != nil {
				return err
			}
		}
		pos++
	case scalar[c]:
		if c == 'n' && s.zipkin && s.stack[s.top].array {
			return malformed("null as a member of an array", pos)
		}
		for pos++; pos < len(body) && scalar[body[pos]]; pos++ {
		}
	default:
		return malformed("JSON has no value", pos)
	}

after:
	pos = space(body, pos)
	if s.top == 0 {
		if pos < len(body) {
			return malformed("JSON goes on after its end", pos)
		}
		return nil
	}
	if pos == len(body) {
		return malformed("JSON ends in an array or object", pos)
	}
	if body[pos] != ',' {
		goto closing
	}
	pos++
	if s.stack[s.top].array {
		goto value
	}
	pos = space(body, pos)

name:
	if pos == len(body) || body[pos] != '"' {
		return malformed("JSON object has no key", pos)
	}
	start = pos + 1
	if pos = stringEnd(body, start); pos < 0 {
		return malformed("JSON ends in a string", start-1)
	}
	key = keyOf(body[start:pos])
	if err = s.name(key, pos == start, start); err != nil {
		return err
	}
	pos = space(body, pos+1)
	if pos == len(body) || body[pos] != ':' {
		return malformed("JSON key has no value", pos)
	}
	pos++
	goto value

closing:
	if in := s.stack[s.top]; in.array && body[pos] != ']' || !in.array && body[pos] != '}' {
		return malformed("JSON has neither a comma nor the closing bracket", pos)
	}
	s.close()
	pos++
	goto after
}

// member counts a value of the array in.
func (s *jsonScan) member(in *bracket, pos int) error {
	if in.key == plainKey {
		return nil
	}
	if s.shape.Elements++; s.shape.Elements > s.maxElements {
		return tooManyElements(s.maxElements, pos)
	}
	holder := &s.stack[s.top-1]
	s.shape.Heap += s.heapOf(in, holder)
	if in.key == attributesKey || in.key == valuesKey && holder.key == mapKey {
		holder.attributes++
		if int(holder.attributes) > s.maxAttributes {
			return tooManyAttributes(s.maxAttributes, pos)
		}
	}
	return nil
}

// heapOf gives what a member of the array in takes. Of most arrays the scan does not know
// what they hold, so it takes it for the greatest: a span.
func (s *jsonScan) heapOf(in, holder *bracket) int {
	switch {
	case s.zipkin && s.top == 1:
		return heapOf[zipkinSpan]
	case s.zipkin:
		return heapOf[zipkinAnnotation]
	case in.key == attributesKey || in.key == valuesKey && holder.key == mapKey:
		return heapOf[keyValue]
	case in.key == valuesKey && holder.key == arrayKey:
		return heapOf[anyValue]
	}
	return heapOf[span]
}

// open puts the bracket at pos on the stack.
func (s *jsonScan) open(key jsonKey, array bool, pos int) error {
	holder := &s.stack[s.top]
	if s.top++; s.top > s.maxBrackets {
		return tooDeep(s.maxDepth, pos)
	}
	b := &s.stack[s.top]
	*b = bracket{key: key, array: array}
	switch {
	case array && key == valuesKey && !holder.key.nests():
		b.key = plainKey // a profile sample's numbers
	case array:
	case key.nests():
		if s.depth++; s.depth > s.maxDepth {
			return tooDeep(s.maxDepth, pos)
		}
		s.shape.ValueDepth = max(s.shape.ValueDepth, s.depth)
		if s.shape.Elements++; s.shape.Elements > s.maxElements {
			return tooManyElements(s.maxElements, pos)
		}
		s.shape.Heap += heapOf[mapValue]
	case key == mergedKey:
		b.attributes = holder.attributes
	}
	return nil
}

// close takes the innermost bracket off the stack.
func (s *jsonScan) close() {
	b := &s.stack[s.top]
	s.top--
	if b.array {
		return
	}
	s.shape.Attributes = max(s.shape.Attributes, int(b.attributes))
	switch {
	case b.key.nests():
		s.depth--
	case b.key == mergedKey:
		s.stack[s.top].attributes = b.attributes
	}
}

// name notes a key. pdata's reader takes an empty one for the end of the object, and what
// follows for fields of the object around it; OTLP has none, other JSON may.
func (s *jsonScan) name(key jsonKey, empty bool, pos int) error {
	in := &s.stack[s.top]
	if in.members++; int(in.members) > s.maxAttributes {
		return tooManyAttributes(s.maxAttributes, pos)
	}
	if s.zipkin && s.top > 1 && !s.stack[s.top-1].array {
		if s.shape.Elements++; s.shape.Elements > s.maxElements {
			return tooManyElements(s.maxElements, pos)
		}
		s.shape.Heap += heapOf[zipkinTag]
	}
	s.named = s.named || key != otherKey
	s.empty = s.empty || empty
	if s.named && s.empty && !s.zipkin {
		return malformed("JSON with an empty key among OTLP's", pos)
	}
	if key.nests() {
		return s.nestingName(pos)
	}
	return nil
}

// nestingName notes a string that pdata could take for a nested value's key.
func (s *jsonScan) nestingName(pos int) error {
	if s.nested++; s.nested > maxNested {
		return tooManyElements(maxNested, pos)
	}
	return nil
}

// space gives the position of the first byte from pos that is not white space.
func space(b []byte, pos int) int {
	for pos < len(b) && b[pos] <= ' ' && (b[pos] == ' ' || b[pos] == '\n' || b[pos] == '\t' || b[pos] == '\r') {
		pos++
	}
	return pos
}

// scalar holds the bytes of numbers and literals; whether they make one is the
// decoder's to say.
var scalar = func() (set [256]bool) {
	for _, c := range "+-.0123456789Eabcdefghijklmnopqrstuvwxyz" {
		set[c] = true
	}
	return set
}()

// stringEnd gives the position of the quote that ends the string from pos, eight bytes
// at a time: most of a document is strings.
func stringEnd(b []byte, pos int) int {
	const (
		ones    = 0x0101010101010101
		tops    = 0x8080808080808080
		quotes  = '"' * ones
		escapes = '\\' * ones
	)
	for pos+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[pos:])
		q, e := w^quotes, w^escapes
		found := ((q - ones) &^ q & tops) | ((e - ones) &^ e & tops)
		if found == 0 {
			pos += 8
			continue
		}
		pos += bits.TrailingZeros64(found) >> 3
		if b[pos] == '"' {
			return pos
		}
		pos += 2
	}
	for pos < len(b) {
		switch b[pos] {
		case '"':
			return pos
		case '\\':
			pos++
		}
		pos++
	}
	return bad
}
