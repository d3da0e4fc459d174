package zipkin

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// valueReader reads JSON as attributes.
type valueReader struct {
	scanner
	arena *arena
	left  *int // how many values the list may still have
}

const (
	// maxValueDepth is how deep attributes nest: what else is there is read recursively, too.
	maxValueDepth = 16
	// maxValues bounds the values in all annotations of a list: one of two bytes takes 50 in
	// memory, and who guards the receiver sees but text. Annotations beyond stay text.
	maxValues = 1 << 18
	// maxMembers bounds an object, as Map.Put looks at all its keys for each.
	maxMembers = 1024
)

func (r *valueReader) object(to pcommon.Map, depth int) error {
	if depth == maxValueDepth {
		return r.malformed("nested too deep")
	}
	r.pos++
	for first := true; ; first = false {
		key, more, err := r.member(first)
		if err != nil || !more {
			return err
		}
		if to.Len() == maxMembers {
			return r.malformed("too many members")
		}
		if err := r.value(to.PutEmpty(r.arena.copy(key)), depth); err != nil {
			return err
		}
	}
}

func (r *valueReader) array(to pcommon.Slice, depth int) error {
	if depth == maxValueDepth {
		return r.malformed("nested too deep")
	}
	r.pos++
	for first := true; ; first = false {
		more, err := r.element(first)
		if err != nil || !more {
			return err
		}
		if err := r.value(to.AppendEmpty(), depth); err != nil {
			return err
		}
	}
}

func (r *valueReader) value(to pcommon.Value, depth int) error {
	if *r.left == 0 {
		return r.malformed("too many values")
	}
	*r.left--
	switch c := r.peek(); c {
	case '{':
		return r.object(to.SetEmptyMap(), depth+1)
	case '[':
		return r.array(to.SetEmptySlice(), depth+1)
	case '"':
		text, err := r.text()
		to.SetStr(r.arena.copy(text))
		return err
	case 't', 'f':
		_, err := r.word()
		to.SetBool(c == 't')
		return err
	case 'n':
		_, err := r.word()
		return err
	}
	number, err := r.number()
	if err != nil {
		return err
	}
	if n, err := strconv.ParseInt(string(number), 10, 64); err == nil {
		to.SetInt(n)
		return nil
	}
	f, err := strconv.ParseFloat(string(number), 64)
	to.SetDouble(f)
	return err
}
