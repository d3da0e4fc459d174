package wire

// Check scans a protobuf request of the signal and says whether a decoder may have
// it. It descends only where a value can nest, and reads what pdata would build: fields
// in any order, singular ones given twice, unknown ones and groups skipped. The
// error, if any, is an *Error, and the shape then is what had been seen until there.
// Malformed bytes are refused where the scan meets them; those that it skips over
// are left to the decoder.
func Check(signal Signal, body []byte, limits Limits) (Shape, error) {
	var (
		stack [maxFrames]frame
		top   int // frames on the stack, below the current one
		shape Shape
		depth int // of the values around pos

		cur           = frame{end: len(body), in: roots[signal]}
		maxDepth      = limits.valueDepth()
		maxAttributes = orNone(limits.Attributes)
		maxElements   = orNone(limits.Elements)
	)
	for pos := 0; ; {
		for pos == cur.end {
			shape.Attributes = max(shape.Attributes, cur.attributes)
			if top == 0 {
				return shape, nil
			}
			if cur.does&nested != 0 {
				depth--
			}
			top--
			if cur.does&merged != 0 {
				stack[top].attributes = cur.attributes
			}
			cur = stack[top]
		}

		start := pos
		tag := uint64(body[pos])
		pos++
		if tag >= 0x80 {
			if tag, pos = uvarint(body[:cur.end], start); pos < 0 {
				return shape, malformed("bad field tag", start)
			}
		}
		field := int32(tag >> 3) // truncated as pdata does, so that both see the same field
		var next edge
		switch {
		case field <= 0:
			return shape, malformed("bad field number", start)
		case field < fieldsOf:
			next = schema[cur.in][field]
		case field == deprecatedScope:
			next = schema[cur.in][0]
		}
		if tag&7 != lengthDelimited {
			if next.to != none {
				return shape, malformed("message field of wrong wire type", start)
			}
			if pos = skip(body[:cur.end], pos, tag&7); pos < 0 {
				return shape, malformed("truncated or bad field", start)
			}
			continue
		}
		var end int
		if pos, end = delimited(body[:cur.end], pos); pos < 0 {
			return shape, malformed("truncated field", start)
		}
		if next.to == none {
			pos = end
			continue
		}

		if next.does&(counted|attribute|nested) != 0 {
			if shape.Elements++; shape.Elements > maxElements {
				return shape, tooManyElements(maxElements, start)
			}
			shape.Heap += heapOf[next.to]
		}
		if next.does&attribute != 0 {
			if cur.attributes++; cur.attributes > maxAttributes {
				return shape, tooManyAttributes(maxAttributes, start)
			}
			if next.to != keyValue || flatAttribute(body[pos:end]) {
				pos = end
				continue
			}
		}
		if next.to == leaf || next.to == anyValue && flatValue(body[pos:end]) {
			pos = end
			continue
		}

		if next.does&nested != 0 {
			if depth++; depth > maxDepth {
				return shape, tooDeep(maxDepth, start)
			}
			shape.ValueDepth = max(shape.ValueDepth, depth)
		}
		child := frame{end: end, in: next.to, does: next.does}
		if next.does&merged != 0 {
			child.attributes = cur.attributes
		}
		stack[top] = cur
		top++
		cur = child
	}
}

// frame is a message being read. A message with merged children has no attributes
// of its own: its count carries theirs from one occurrence to the next.
type frame struct {
	end        int
	attributes int
	in         message
	does       action
}

// maxFrames holds the longest way down: request, resource, scope, metric, histogram,
// point, exemplar, attribute, value, and three messages for each map in a map.
const maxFrames = 9 + 3*MaxValueDepth

// flatAttribute reports whether b is a KeyValue as encoders write it, a key and
// a plain value, and nothing else. It answers for nearly every attribute, and spares two
// frames.
func flatAttribute(b []byte) bool {
	const key, value = 1<<3 | lengthDelimited, 2<<3 | lengthDelimited
	if len(b) < 2 || b[0] != key || b[1] >= 0x80 {
		return false
	}
	at := 2 + int(b[1])
	if at+1 >= len(b) || b[at] != value {
		return false
	}
	size, from := int(b[at+1]), at+2
	if size >= 0x80 && from < len(b) && b[from] < 0x80 {
		size, from = size&0x7f|int(b[from])<<7, from+1
	}
	return size == len(b)-from && flatValue(b[from:])
}

// flatValue reports whether b is an AnyValue with one plain field, or an empty one.
func flatValue(b []byte) bool {
	const text, boolean, integer, double, binary = 1<<3 | lengthDelimited, 2 << 3, 3 << 3, 4<<3 | fixed64, 7<<3 | lengthDelimited
	if len(b) < 2 {
		return len(b) == 0
	}
	switch b[0] {
	case text, binary:
		if b[1] < 0x80 {
			return int(b[1]) == len(b)-2
		}
		return len(b) > 2 && b[2] < 0x80 && int(b[1]&0x7f)|int(b[2])<<7 == len(b)-3
	case boolean, integer:
		_, end := uvarint(b, 1)
		return end == len(b)
	case double:
		return len(b) == 9
	}
	return false
}
