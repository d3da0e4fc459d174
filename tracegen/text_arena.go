package tracegen

import (
	"encoding/binary"
	"math"
	"strconv"
)

// A textArena keeps a request's attributes together: one array of them, one string
// that all texts made for the request are parts of. A span of ten attributes then
// costs no allocation of its own.
type textArena struct {
	attributes []Attribute
	ranges     []attributeRange
	text       []byte
	made       []madeText
}

// attributeRange tells which attributes are a span's.
type attributeRange struct{ span, from, to int }

// madeText tells which attribute's value is text[from:to], once that is a string.
type madeText struct{ attribute, from, to int }

func (a *textArena) reset() {
	a.attributes, a.ranges = a.attributes[:0], a.ranges[:0]
	a.text, a.made = a.text[:0], a.made[:0]
}

// fill gives a span its attributes.
func (a *textArena) fill(span int, fields []field, values *[parts]uint64) {
	from := len(a.attributes)
	for i := range fields {
		f := &fields[i]
		a.attributes = append(a.attributes, f.Attribute)
		if f.part == nothing {
			continue
		}
		switch last := &a.attributes[len(a.attributes)-1]; f.Type {
		case Int:
			last.Num = int64(values[f.part])
		case Double:
			last.Num = int64(math.Float64bits(float64(values[f.part]) / 10_000))
		default:
			a.make(f, values[f.part])
		}
	}
	a.ranges = append(a.ranges, attributeRange{span, from, len(a.attributes)})
}

// make writes a text for the attribute that was added last.
func (a *textArena) make(f *field, value uint64) {
	from := len(a.text)
	a.text = append(a.text, f.Str...)
	if f.part == order {
		a.text = strconv.AppendUint(a.text, value, 16)
	} else {
		a.text = strconv.AppendUint(a.text, value, 10)
	}
	a.text = append(a.text, f.suffix...)
	a.made = append(a.made, madeText{len(a.attributes) - 1, from, len(a.text)})
}

// settle hands the spans their attributes, once there are no more to come.
func (a *textArena) settle(spans []Span) {
	text := string(a.text)
	for _, m := range a.made {
		a.attributes[m.attribute].Str = text[m.from:m.to]
	}
	for _, r := range a.ranges {
		spans[r.span].Attributes = a.attributes[r.from:r.to:r.to]
	}
}

func putUint64(id *SpanID, n uint64) { binary.BigEndian.PutUint64(id[:], n) }
