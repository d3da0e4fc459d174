package collector

import (
	"strconv"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// The places of attributes where a component takes more than one signal.
const (
	carriers = source.AnySpan | translate.Record | translate.Point
	anywhere = carriers | translate.Resource
)

// finder collects what a component names.
type finder struct {
	component, callee string
	within            int
	found             []Found
	broken            []Broken
	// moved are keys whose value goes to another: whoever does that means the name that there is,
	// wherever the component has it.
	moved map[string]bool
}

// moves says that a key's value goes to another.
func (f *finder) moves(key string) {
	if f.moved == nil {
		f.moved = map[string]bool{}
	}
	f.moved[key] = true
}

// finish is what was found, where no name that is moved is rewritten.
func (f *finder) finish() []Found {
	for i := range f.found {
		if f.moved[f.found[i].Key] {
			f.found[i].Rewrite = nil
		}
	}
	return f.found
}

// add adds a use of what stands in a text; one whose place is not known is none.
func (f *finder) add(t yamltext.Text, path, block string, u source.Use) *source.Use {
	if !t.Placed() || !named(t.Value) {
		return nil
	}
	at, literal := t.Range()
	u.Tier, u.At, u.Key, u.Within = source.A, at, t.Value, f.within
	if u.Callee == "" {
		u.Callee = f.callee
	}
	if literal {
		u.Rewrite = source.Replace(at)
	}
	f.found = append(f.found, Found{Use: u, Path: path, Block: block})
	return &f.found[len(f.found)-1].Use
}

// named says whether a text can be a name, and is no pattern and not made at run time: ${env:KEY},
// $$1.
func named(s string) bool {
	return s != "" && len(s) <= 256 && !strings.ContainsAny(s, "${}*\n")
}

// constant is a value's text with its place, nil where it is none.
func constant(t yamltext.Text) *source.Text {
	if !t.Placed() || strings.Contains(t.Value, "$") {
		return nil
	}
	at, literal := t.Range()
	value := &source.Text{At: at, Text: t.Value}
	if literal {
		value.Rewrite = source.Replace(at)
	}
	return value
}

// each calls do for a scalar, or for all those of a list.
func each(n *yamltext.Node, path string, do func(n *yamltext.Node, path, block string)) {
	switch n.Kind {
	case yamltext.Scalar:
		do(n, path, parent(path))
	case yamltext.Sequence:
		for i, item := range n.Items {
			if item.Kind == yamltext.Scalar {
				do(item, path+"["+strconv.Itoa(i)+"]", path)
			}
		}
	}
}

// parent is a path without its last step.
func parent(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return path
}

// keys takes attributes' keys: one, or a list.
func keys(place translate.Place, read bool) take {
	return func(f *finder, n *yamltext.Node, path string) {
		each(n, path, func(n *yamltext.Node, path, block string) {
			f.add(n.Text, path, block, source.Use{Role: source.Attribute, Place: place, Read: read})
		})
	}
}

// fixed takes keys of which the component has a list of its own: writing another is the user's
// decision.
func fixed(place translate.Place) take {
	return func(f *finder, n *yamltext.Node, path string) {
		each(n, path, func(n *yamltext.Node, path, block string) {
			if u := f.add(n.Text, path, block, source.Use{Role: source.Attribute, Place: place}); u != nil {
				u.Rewrite = nil
			}
		})
	}
}

// keyOf takes the key that an item of a list has under a name. The list is one block.
func keyOf(field string, place translate.Place, read bool) take {
	return func(f *finder, n *yamltext.Node, path string) {
		if key := n.Get(field); key != nil {
			keys(place, read)(f, key, path+"."+field)
			if len(f.found) > 0 {
				last := &f.found[len(f.found)-1]
				if last.Path == path+"."+field {
					last.Block = strings.TrimRight(parent(path), "[")
				}
			}
		}
	}
}

// mapKeys takes the keys of a mapping, with their values.
func mapKeys(place translate.Place) take {
	return func(f *finder, n *yamltext.Node, path string) {
		for _, p := range n.Pairs {
			u := f.add(p.Key.Text, path+"."+p.Key.Value(), path, source.Use{Role: source.Attribute, Place: place})
			if u != nil && p.Value.Kind == yamltext.Scalar && !p.Value.Null {
				valued(u, p.Value)
			}
		}
	}
}

// valued gives a use the value of a scalar.
func valued(u *source.Use, n *yamltext.Node) {
	switch {
	case n.String:
		if u.Value = constant(n.Text); u.Value != nil {
			u.Type = registry.String
		}
	case n.Null || strings.Contains(n.Text.Value, "$"):
	case n.Text.Value == "true" || n.Text.Value == "false":
		u.Type = registry.Bool
	case strings.Trim(n.Text.Value, "-0123456789") == "":
		u.Type = registry.Int
	}
}

// pair takes a mapping with a key and the value, or the list of values, that it is compared with.
func pair(key, value string, place translate.Place) take {
	return func(f *finder, n *yamltext.Node, path string) {
		name := n.Get(key)
		if name.Value() == "" {
			return
		}
		use := source.Use{Role: source.Attribute, Place: place, Read: true}
		at, block := path+"."+key, path
		values := n.Get(value)
		if values == nil || n.Get("enabled_regex_matching").Value() == "true" {
			f.add(name.Text, at, block, use)
			return
		}
		list := values.Items
		if values.Kind == yamltext.Scalar {
			list = []*yamltext.Node{values}
		}
		if len(list) != 1 {
			f.add(name.Text, at, block, use)
		}
		for _, v := range list {
			if v.Kind != yamltext.Scalar {
				continue
			}
			u := f.add(name.Text, at, block, use)
			if u == nil {
				return
			}
			if v.String {
				valued(u, v)
			}
			if len(list) != 1 {
				u.Rewrite = nil // its values would not follow
			}
		}
	}
}

// metric takes a metric's name, or a list of them.
func metric(read bool) take {
	return func(f *finder, n *yamltext.Node, path string) {
		each(n, path, func(n *yamltext.Node, path, block string) {
			f.add(n.Text, path, block, source.Use{Role: source.Metric, Read: read})
		})
	}
}

// action takes an action of the attributes and resource processors.
func action(place translate.Place) take {
	return func(f *finder, n *yamltext.Node, path string) {
		what := strings.ToLower(n.Get("action").Value())
		if key := n.Get("key"); key != nil {
			set := what == "insert" || what == "upsert"
			u := f.add(key.Text, path+".key", path, source.Use{Role: source.Attribute, Place: place, Read: !set})
			if value := n.Get("value"); u != nil && value != nil && value.Kind == yamltext.Scalar {
				valued(u, value)
			}
		}
		if from := n.Get("from_attribute"); from != nil {
			f.moves(from.Value())
			f.add(from.Text, path+".from_attribute", path, source.Use{Role: source.Attribute, Place: place, Read: true})
		}
	}
}
