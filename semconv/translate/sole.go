package translate

import (
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/koine-otel/koine/semconv/registry"
)

// sole is an attribute of an arrangement whose fate its value alone decides. Methods, status
// codes, systems, protocols: of most such attributes an operation's spans have one value or
// two, and what became of it is remembered.
type sole struct {
	index int32
	slot  int32
	steps []step
	known [effectsKept]atomic.Pointer[effect]
}

// effectsKept is how many values of an attribute are remembered. The first that come stay:
// an attribute with ever new values would otherwise be remembered anew with each of them.
const effectsKept = 4

// maxRemembered is the longest text that is remembered.
const maxRemembered = 48

// effect is what becomes of an attribute with one value.
type effect struct {
	Value                 // what the attribute says: a scalar
	edits                 []Edit
	gone, invalid         bool
	conflicts, duplicates int
}

// isShort says whether v is a scalar short enough to be remembered.
func (v Value) isShort() bool {
	switch v.Type {
	case registry.Int, registry.Double, registry.Bool:
		return true
	case registry.String:
		return v.bits <= maxRemembered
	}
	return false
}

// of says whether the effect is that of v.
func (e *effect) of(v Value) bool {
	return e.Type == v.Type && e.bits == v.bits && (v.Type != registry.String || e.Str() == v.Str())
}

// run does what the attribute's steps do with its value.
func (s *sole) run(t *Table, p *plan, in *Input, r *Result) {
	v := in.Values[s.index]
	short := v.isShort()
	if short {
		for i := range s.known {
			e := s.known[i].Load()
			if e == nil {
				break
			}
			if e.of(v) {
				s.take(e, r)
				return
			}
		}
	}
	e := s.effect(t, p, in, r)
	s.take(&e, r)
	if short {
		s.remember(&e)
	}
}

// effect runs the steps. It leaves r as it was, but that the edits of the effect stand
// behind its own.
func (s *sole) effect(t *Table, p *plan, in *Input, r *Result) effect {
	r.needFates(p)
	e := effect{Value: in.Values[s.index], conflicts: -r.Conflicts, duplicates: -r.Duplicates}
	first := len(r.Edits)
	for i := range s.steps {
		t.step(p, &s.steps[i], in, r)
	}
	e.edits = r.Edits[first:]
	t.reuse(r, e.edits)
	e.conflicts += r.Conflicts
	e.duplicates += r.Duplicates
	e.gone = r.fate[s.slot] == used && !t.options.KeepOld
	e.invalid = r.fate[s.slot] == unconvertible
	// It is settled here, and nothing is left to be.
	r.fate[s.slot] = stays
	r.Edits, r.Conflicts, r.Duplicates = r.Edits[:first], r.Conflicts-e.conflicts, r.Duplicates-e.duplicates
	return e
}

// take adds an effect to a result.
func (s *sole) take(e *effect, r *Result) {
	if len(e.edits) > 0 {
		r.Edits = append(r.Edits, e.edits...)
	}
	r.Conflicts += e.conflicts
	r.Duplicates += e.duplicates
	if e.gone {
		r.Remove = append(r.Remove, int(s.index))
	}
	if e.invalid {
		r.Invalid = append(r.Invalid, int(s.index))
	}
}

// remember keeps an effect, if there is room. Its texts may be parts of a request's bytes,
// which must not stay for their sake.
func (s *sole) remember(e *effect) {
	at := 0
	for at < effectsKept && s.known[at].Load() != nil {
		at++
	}
	if at == effectsKept {
		return
	}
	kept := *e
	kept.Value = e.Value.clone()
	kept.edits = slices.Clone(e.edits)
	for i := range kept.edits {
		v := &kept.edits[i].Value
		if v.Type == registry.Strings {
			return
		}
		*v = v.clone()
	}
	s.known[at].CompareAndSwap(nil, &kept)
}

// size is what a sole takes when it is full.
func (s *sole) size() uintptr {
	edits := uintptr(len(s.steps)) * (unsafe.Sizeof(Edit{}) + maxRemembered)
	return unsafe.Sizeof(*s) + uintptr(cap(s.steps))*unsafe.Sizeof(step{}) + effectsKept*(unsafe.Sizeof(effect{})+maxRemembered+edits)
}
