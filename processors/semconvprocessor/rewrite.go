package semconvprocessor

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	"github.com/koine-otel/koine/spans/attribute"
)

// rewrite does to a map what a translation of its attributes wants.
//
// pdata has no way to give an attribute another key: put and remove are walks over all
// keys, so ten renames of ten attributes are a hundred comparisons, and of 20,000
// attributes minutes. Where the map's layout in memory is the one that is known here
// (see spans/attribute), a rename writes the key in its place.
func rewrite(m pcommon.Map, a *attributes, r *translate.Result) {
	if !attribute.Known() {
		rebuild(m, a, r)
		return
	}
	// A write through pdata panics on data that others share; one to the list would not notice.
	m.EnsureCapacity(0)
	list := attribute.List(m)
	for _, n := range r.Renames {
		list[n.Index].Key = n.Key
	}
	// New attributes may move the map's memory, and values point into it: all that reads
	// or writes them comes first.
	a.copies = a.copies[:0]
	added := false
	for i := range r.Edits {
		e := &r.Edits[i]
		if e.Index < 0 {
			added = true
			if e.Value.Type == registry.Any {
				a.takeCopy(e)
			}
			continue
		}
		if e.Key != a.keys[e.Index] {
			list[e.Index].Key = e.Key
		}
		switch {
		case e.Value.Type == registry.Any, says(a.read[e.Index], e.Value):
		case e.Value.Type == registry.String && list[e.Index].ReplaceStr(e.Value.Str()):
		default:
			set(a.value(e.Index), &e.Value)
		}
	}
	remove(m, r.Remove)
	if added {
		add(m, a.copies, r)
	}
}

// takeCopy readies an edit that copies an attribute: a scalar's value it just has, what
// else there is goes to copies.
func (a *attributes) takeCopy(e *translate.Edit) {
	switch v := a.read[e.Copy]; v.Type {
	case registry.String, registry.Int, registry.Double, registry.Bool:
		e.Value = v
	default:
		duplicate := pcommon.NewValueEmpty()
		a.value(e.Copy).CopyTo(duplicate)
		a.copies = append(a.copies, duplicate)
	}
}

// manyLookups is how many comparisons of keys it may take to put the attributes that are
// new. Beyond that an index of all keys is cheaper, and one by one would be quadratic.
const manyLookups = 1 << 12

// add puts the attributes that are new.
func add(m pcommon.Map, copies []pcommon.Value, r *translate.Result) {
	if m.Len()*len(r.Edits) > manyLookups {
		b := indexed(m, len(r.Edits))
		addTo(b, copies, r)
		b.builder.UnsafeIntoMap(m)
		return
	}
	addTo(m, copies, r)
}

// addTo is add to either. It is generic, because to call a function value for each costs
// ordinary maps an allocation.
func addTo[M interface{ PutEmpty(string) pcommon.Value }](to M, copies []pcommon.Value, r *translate.Result) {
	for i := range r.Edits {
		e := &r.Edits[i]
		switch {
		case e.Index >= 0:
		case e.Value.Type != registry.Any:
			set(to.PutEmpty(e.Key), &e.Value)
		default:
			copies[0].MoveTo(to.PutEmpty(e.Key))
			copies = copies[1:]
		}
	}
}

// rebuild is rewrite without knowledge of the map's memory: it copies what stays into a
// new map. It is the oracle of rewrite.
func rebuild(m pcommon.Map, a *attributes, r *translate.Result) {
	out := pcommon.NewMap()
	out.EnsureCapacity(len(a.keys) + len(r.Edits))
	edits := make(map[int]*translate.Edit, len(r.Renames)+len(r.Edits))
	for _, n := range r.Renames {
		edits[n.Index] = &translate.Edit{Index: n.Index, Key: n.Key}
	}
	for i := range r.Edits {
		if e := &r.Edits[i]; e.Index >= 0 {
			edits[e.Index] = e
		}
	}
	for i, key := range a.keys {
		if slices.Contains(r.Remove, i) {
			continue
		}
		e := edits[i]
		switch {
		case e == nil:
			a.value(i).CopyTo(out.PutEmpty(key))
		case e.Value.Type == registry.Any:
			a.value(i).CopyTo(out.PutEmpty(e.Key))
		default:
			set(out.PutEmpty(e.Key), &e.Value)
		}
	}
	for i := range r.Edits {
		e := &r.Edits[i]
		switch {
		case e.Index >= 0:
		case e.Value.Type == registry.Any:
			a.value(e.Copy).CopyTo(out.PutEmpty(e.Key))
		default:
			set(out.PutEmpty(e.Key), &e.Value)
		}
	}
	out.MoveTo(m)
}

// remove drops the attributes at the given indices, ascending, in one pass.
func remove(m pcommon.Map, indices []int) {
	if len(indices) == 0 {
		return
	}
	i, next := -1, 0
	m.RemoveIf(func(string, pcommon.Value) bool {
		i++
		if next < len(indices) && indices[next] == i {
			next++
			return true
		}
		return false
	})
}

// says whether a value is a scalar already. Setting it would allocate, and many values
// that a conversion has looked at are what they should be: GET is GET.
func says(have, v translate.Value) bool { return v.Type != registry.Strings && have.Equal(v) }

// set writes a value that is not Any.
func set(to pcommon.Value, v *translate.Value) {
	switch v.Type {
	case registry.String:
		to.SetStr(v.Str())
	case registry.Int:
		to.SetInt(v.Int())
	case registry.Double:
		to.SetDouble(v.Double())
	case registry.Bool:
		to.SetBool(v.Bool())
	case registry.Strings:
		list := to.SetEmptySlice()
		list.EnsureCapacity(len(v.List()))
		for _, item := range v.List() {
			list.AppendEmpty().SetStr(item)
		}
	}
}
