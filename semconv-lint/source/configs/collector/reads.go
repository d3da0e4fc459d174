package collector

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/ottl"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// reads takes all that an expression looks for.
func (r *reading) reads(e *ottl.Expression) {
	e.Walk(func(e *ottl.Expression) bool {
		switch {
		case e.Kind == ottl.Path:
			r.ofPath(e, true, nil)
		case e.Kind == ottl.Binary && (e.Name == "==" || e.Name == "!="):
			left, right := e.Left, e.Right
			if left.Kind == ottl.String {
				left, right = right, left
			}
			if left.Kind != ottl.Path || right.Kind != ottl.String {
				return true
			}
			r.compares(left, right)
			return false
		case e.Kind == ottl.Call && (e.Name == "HasAttrKeyOnDatapoint" || e.Name == "HasAttrOnDatapoint") && len(e.Arguments) > 0:
			if key := e.Arguments[0].Value; key.Kind == ottl.String {
				r.attribute(key, dataPoint, true, e.Argument("", 1))
			}
			return false
		}
		return true
	})
}

// compares takes a path that is compared with a text.
func (r *reading) compares(path, text *ottl.Expression) {
	c, last := r.resolve(path)
	if last.Name == "name" && len(last.Keys) == 0 {
		switch c {
		case ofMetric:
			r.metric(text, true)
		case spanEvent:
			r.add(text.Text, r.path, r.block, source.Use{Role: source.Event, Read: true, Callee: "=="})
		}
		return
	}
	r.ofPath(path, true, text)
}

// ofPath takes the attribute that a path names, and those in its keys.
func (r *reading) ofPath(e *ottl.Expression, read bool, value *ottl.Expression) {
	if e == nil || e.Kind != ottl.Path {
		return
	}
	c, last := r.resolve(e)
	if last.Name != "attributes" || len(last.Keys) == 0 {
		return
	}
	if key := last.Keys[0]; key.Kind == ottl.String {
		if len(last.Keys) > 1 {
			value = nil
		}
		r.attribute(key, c, read, value)
	}
}

// attribute takes a key that stands in a text.
func (r *reading) attribute(key *ottl.Expression, c context, read bool, value *ottl.Expression) {
	u := source.Use{Role: source.Attribute, Place: c.place(), Read: read, Callee: r.callee}
	if c == dataPoint || c == ofMetric {
		u.Place, u.Of = translate.Point, r.of
	}
	if value != nil {
		switch value.Kind {
		case ottl.String:
			if u.Value = constant(value.Text); u.Value != nil {
				u.Type = registry.String
			}
		case ottl.Number:
			if !read {
				u.Type = registry.Int
				if strings.ContainsAny(value.Name, ".eE") {
					u.Type = registry.Double
				}
			}
		case ottl.Word:
			if !read && (value.Name == "true" || value.Name == "false") {
				u.Type = registry.Bool
			}
		}
	}
	r.add(key.Text, r.path, r.block, u)
}

func (r *reading) metric(name *ottl.Expression, read bool) {
	r.add(name.Text, r.path, r.block, source.Use{Role: source.Metric, Read: read, Callee: r.callee})
}

// resolve says what a path is of, and its last field.
func (r *reading) resolve(e *ottl.Expression) (context, ottl.Field) {
	if e.Kind != ottl.Path || len(e.Fields) == 0 {
		return inferred, ottl.Field{}
	}
	c := r.in
	fields := e.Fields
	for len(fields) > 1 {
		next, ok := contexts[fields[0].Name]
		if !ok {
			return inferred, ottl.Field{} // body.x, cache.x
		}
		c, fields = next, fields[1:]
	}
	return c, fields[0]
}

// oneMetric is the name of the metric that a statement is about, if it is about one.
func oneMetric(s *ottl.Statement, in context) string {
	of := ""
	r := reading{in: in}
	for _, e := range []*ottl.Expression{s.Does, s.Where} {
		e.Walk(func(e *ottl.Expression) bool {
			if e.Kind == ottl.Binary && e.Name == "==" && e.Left.Kind == ottl.Path && e.Right.Kind == ottl.String {
				c, last := r.resolve(e.Left)
				named := last.Name == "name" && c == ofMetric || last.Name == "metric_name" && c == dataPoint
				if named && of == "" {
					of = e.Right.Text.Value
				} else if named {
					of = "?"
				}
			}
			return e.Kind != ottl.Unary
		})
	}
	if of == "?" {
		return ""
	}
	return of
}
