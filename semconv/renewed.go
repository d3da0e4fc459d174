package semconv

import (
	"slices"
	"strings"
	"sync"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// renewed is a span's attributes with what its old ones become besides those that it has: an
// old URL counts as a port where it names one, an old value as the new one.
type renewed struct {
	in   translate.Input
	made translate.Result // what the translation made of the span
	of   *Span
	text func(key string) string // textOf, bound once
}

// renewals are spans that were judged: what a translation needs is used again.
var renewals = sync.Pool{New: func() any {
	r := &renewed{}
	r.text = r.textOf
	return r
}}

func (r *renewed) renew(t *translate.Table, s *Span) {
	r.of = s
	r.in.Keys, r.in.Place, r.in.Values = s.Keys, s.Kind, r.in.Values[:0]
	for _, k := range s.Keys {
		r.in.Values = append(r.in.Values, translate.StringValue(s.Text(k)))
	}
	t.Translate(&r.in, &r.made)
}

// forget lets go of the span.
func (r *renewed) forget() {
	clear(r.in.Values)
	clear(r.made.Edits)
	r.in.Keys, r.of = nil, nil
}

// textOf is an attribute's text from now on, empty where it is not there. Of several that
// become one the last says it.
func (r *renewed) textOf(key string) string {
	for i := len(r.made.Edits) - 1; i >= 0; i-- {
		e := &r.made.Edits[i]
		switch {
		case e.Key != key:
		case e.Value.Type != registry.Any:
			return textOf(e.Value)
		case e.Index >= 0:
			return textOf(r.in.Values[e.Index])
		default:
			return textOf(r.in.Values[e.Copy])
		}
	}
	for i := len(r.made.Renames) - 1; i >= 0; i-- {
		if n := &r.made.Renames[i]; n.Key == key {
			return r.in.Values[n.Index].Str()
		}
	}
	return r.of.Text(key)
}

// has is whether an attribute is there, or will be.
func (r *renewed) has(key string) bool {
	return slices.Contains(r.in.Keys, key) ||
		slices.ContainsFunc(r.made.Edits, func(e translate.Edit) bool { return e.Key == key }) ||
		slices.ContainsFunc(r.made.Renames, func(n translate.Rename) bool { return n.Key == key })
}

// hasPrefix is whether one is there, or will be, whose key begins so.
func (r *renewed) hasPrefix(prefix string) bool {
	return slices.ContainsFunc(r.in.Keys, func(key string) bool { return strings.HasPrefix(key, prefix) }) ||
		slices.ContainsFunc(r.made.Edits, func(e translate.Edit) bool { return strings.HasPrefix(e.Key, prefix) }) ||
		slices.ContainsFunc(r.made.Renames, func(n translate.Rename) bool { return strings.HasPrefix(n.Key, prefix) })
}
