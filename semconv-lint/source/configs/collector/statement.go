package collector

import (
	"strconv"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/ottl"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// statements takes OTTL: a statement, a list of them, or of groups with a context of their own.
func statements(in context) take {
	return func(f *finder, n *yamltext.Node, path string) {
		if n.Kind == yamltext.Scalar {
			f.statement(n, path, parent(path), in)
			return
		}
		for i, item := range n.Items {
			at := path + "[" + strconv.Itoa(i) + "]"
			if item.Kind == yamltext.Scalar {
				f.statement(item, at, path, in)
				continue
			}
			group := in
			if c, ok := contexts[item.Get("context").Value()]; ok {
				group = c
			}
			for _, field := range []string{"conditions", "statements"} {
				if list := item.Get(field); list != nil && list.Kind == yamltext.Sequence {
					statements(group)(f, list, at+"."+field)
				}
			}
		}
	}
}

// statement takes one.
func (f *finder) statement(n *yamltext.Node, path, block string, in context) {
	if !n.String || !n.Text.Placed() {
		return
	}
	s, err := ottl.Parse(n.Text)
	if err != nil && (strings.Contains(n.Text.Value, "${") || strings.Contains(n.Text.Value, "$$$")) {
		return // made at run time, or when a template is filled in
	}
	if err != nil {
		at, _ := n.Text.Range()
		f.broken = append(f.broken, Broken{at, err})
		return
	}
	r := reading{finder: f, path: path, block: block, in: in, of: oneMetric(s, in)}
	from := len(f.found)
	r.does(s.Does)
	r.reads(s.Where)
	if r.moving { // a condition on the new names would keep it from the old ones
		for i := range f.found[from:] {
			if u := &f.found[from+i]; u.Read {
				u.Rewrite = nil
			}
		}
	}
}

// reading is of one statement.
type reading struct {
	*finder
	path, block string
	in          context
	of          string
	callee      string
	// moving is a statement that gives an attribute's value to another.
	moving bool
}

// does takes what is done: an editor's first argument is what it changes.
func (r *reading) does(e *ottl.Expression) {
	if e == nil || e.Kind != ottl.Call {
		r.reads(e)
		return
	}
	r.callee = e.Name
	defer func() { r.callee = "" }()
	target, second := e.Argument("target", 0), e.Argument("", 1)
	switch e.Name {
	case "set":
		r.sets(target, second)
	case "append":
		r.ofPath(target, false, nil)
		r.rest(e)
	case "delete_key":
		r.removes(target, e.Argument("key", 1))
	case "keep_keys":
		r.removes(target, e.Argument("keys", 1))
	case "limit":
		r.removes(target, e.Argument("priority_keys", 2))
	case "merge_maps":
		r.literal(target, second)
		r.reads(second)
	case "copy_metric":
		if name := e.Argument("name", 0); name != nil && name.Kind == ottl.String {
			r.metric(name, false)
		}
	case "aggregate_on_attributes":
		r.labels(e.Argument("attributes", 1))
	case "aggregate_on_attribute_value":
		r.labels(e.Argument("attribute", 1))
	default:
		r.reads(e)
	}
}

// rest reads all arguments but the first.
func (r *reading) rest(e *ottl.Expression) {
	for i, a := range e.Arguments {
		if i > 0 {
			r.reads(a.Value)
		}
	}
}

// sets takes set(target, value).
func (r *reading) sets(target, value *ottl.Expression) {
	if target == nil {
		return
	}
	c, last := r.resolve(target)
	switch {
	case last.Name == "attributes" && len(last.Keys) > 0:
		r.ofPath(target, false, value)
		r.moved(value)
	case last.Name == "attributes":
		r.literal(target, value)
	case last.Name == "name" && value != nil && value.Kind == ottl.String:
		switch c {
		case ofMetric:
			r.metric(value, false)
		case spanEvent:
			r.add(value.Text, r.path, r.block, source.Use{Role: source.Event, Callee: "set"})
		}
	}
	r.reads(value)
}

// moved notes the attributes whose values go to another.
func (r *reading) moved(value *ottl.Expression) {
	value.Walk(func(e *ottl.Expression) bool {
		if _, last := r.resolve(e); last.Name == "attributes" && len(last.Keys) > 0 && last.Keys[0].Kind == ottl.String {
			r.moves(last.Keys[0].Text.Value)
			r.moving = true
		}
		return true
	})
}

// literal takes the keys of a map that is written out.
func (r *reading) literal(target, value *ottl.Expression) {
	if target == nil || value == nil || value.Kind != ottl.Map {
		return
	}
	c, last := r.resolve(target)
	if last.Name != "attributes" || len(last.Keys) > 0 {
		return
	}
	for _, a := range value.Arguments {
		if a.Key != nil && a.Key.Kind == ottl.String {
			r.attribute(a.Key, c, false, a.Value)
		}
	}
}

// removes takes one key of a map of attributes, or a list of keys, to be removed or kept.
func (r *reading) removes(target, list *ottl.Expression) {
	if target == nil || list == nil {
		return
	}
	c, last := r.resolve(target)
	if last.Name != "attributes" || len(last.Keys) > 0 {
		return
	}
	for _, key := range strs(list) {
		r.attribute(key, c, true, nil)
	}
}

// labels takes keys of a metric's points.
func (r *reading) labels(list *ottl.Expression) {
	for _, key := range strs(list) {
		r.attribute(key, dataPoint, true, nil)
	}
}

// strs are a string, or those of a list.
func strs(e *ottl.Expression) []*ottl.Expression {
	switch {
	case e == nil:
	case e.Kind == ottl.String:
		return []*ottl.Expression{e}
	case e.Kind == ottl.List:
		var all []*ottl.Expression
		for _, a := range e.Arguments {
			all = append(all, strs(a.Value)...)
		}
		return all
	}
	return nil
}
