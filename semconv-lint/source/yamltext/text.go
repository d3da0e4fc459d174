package yamltext

import (
	"sort"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// Text is a text as it is meant, with where in the file each of its bytes comes from. The zero
// Text is one of which that is not known.
type Text struct {
	Value string
	runs  []run
	// start is where an empty text stands; placed says whether the place is known at all.
	start  int
	placed bool
}

// run is a stretch of a text's bytes, and the source's that say it. Runs follow each other
// without a gap in the text.
type run struct {
	at, n       int // in the text
	source, len int // in the file
	literal     bool
}

// Literal is a text that stands in the file as it is.
func Literal(value string, start int) Text {
	var m Maker
	m.Literal(value, start)
	return m.Text(start)
}

// Placed says whether it is known where the text stands.
func (t Text) Placed() bool { return t.placed }

// Range is from the text's first byte in the file to the one after its last, without quotes.
// Literal says whether the file has the very same bytes there, so that it can be replaced.
func (t Text) Range() (r source.Range, literal bool) {
	if len(t.runs) == 0 {
		return source.Range{Start: t.start, End: t.start}, t.placed
	}
	first, last := t.runs[0], t.runs[len(t.runs)-1]
	return source.Range{Start: first.source, End: last.source + last.len}, len(t.runs) == 1 && first.literal
}

// Slice is a part of the text, from a byte of it to the one after the last.
func (t Text) Slice(from, to int) Text {
	part := Text{Value: t.Value[from:to], placed: t.placed, start: t.offset(from)}
	if !t.placed {
		return part
	}
	first := sort.Search(len(t.runs), func(i int) bool { return t.runs[i].at+t.runs[i].n > from })
	for _, r := range t.runs[first:] {
		if r.at >= to {
			break
		}
		low, high := max(r.at, from), min(r.at+r.n, to)
		if r.literal {
			r.source, r.len = r.source+low-r.at, high-low
		}
		r.at, r.n = low-from, high-low
		part.runs = append(part.runs, r)
	}
	return part
}

// Of gives a text that was decoded from this one's value its place in the file.
func (t Text) Of(inner Text) Text {
	outer := Text{Value: inner.Value, placed: t.placed && inner.placed}
	if !outer.placed {
		return outer
	}
	outer.start = t.offset(inner.start)
	for _, r := range inner.runs {
		part := t.Slice(r.source, r.source+r.len)
		if r.literal {
			for _, p := range part.runs {
				p.at += r.at
				outer.runs = append(outer.runs, p)
			}
			continue
		}
		at, _ := part.Range()
		outer.runs = append(outer.runs, run{at: r.at, n: r.n, source: at.Start, len: at.End - at.Start})
	}
	return outer
}

// offset is where in the file a byte of the text comes from.
func (t Text) offset(at int) int {
	i := sort.Search(len(t.runs), func(i int) bool { return t.runs[i].at+t.runs[i].n > at })
	switch {
	case i < len(t.runs) && t.runs[i].literal:
		return t.runs[i].source + at - t.runs[i].at
	case i < len(t.runs):
		return t.runs[i].source
	case i > 0:
		return t.runs[i-1].source + t.runs[i-1].len
	}
	return t.start
}
