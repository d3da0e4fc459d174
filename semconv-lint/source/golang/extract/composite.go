package extract

import (
	"go/ast"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
)

// composite yields the fields of structs that hold names.
func (x *extractor) composite(n *ast.CompositeLit, s spot) {
	of := x.structName(n, s.stack)
	if of == "" {
		return
	}
	var value, unit ast.Expr
	for _, e := range n.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			switch id, _ := pair.Key.(*ast.Ident); {
			case id == nil:
			case id.Name == "Value":
				value = pair.Value
			case id.Name == "Unit":
				unit = pair.Value
			}
		}
	}
	for _, e := range n.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		id, ok := pair.Key.(*ast.Ident)
		if !ok {
			continue
		}
		if c, ok := fields[of+"."+id.Name]; ok {
			x.use(&c, pair.Value, value, nil, s)
			x.unitField(pair.Value, unit)
		} else if of == attribute+".KeyValue" && id.Name == "Key" {
			x.keyValue(pair.Value, value, s)
		}
	}
}

// structName is the full name of a literal's type, also of one that could not be imported.
func (x *extractor) structName(n *ast.CompositeLit, stack []ast.Node) string {
	if name := x.typeName(n); name != "" {
		return name
	}
	e := n.Type
	if e == nil && len(stack) > 0 { // an element of a list, which need not say its type
		if list, ok := stack[len(stack)-1].(*ast.CompositeLit); ok {
			if array, ok := list.Type.(*ast.ArrayType); ok {
				e = array.Elt
			}
		}
	}
	if s, ok := e.(*ast.SelectorExpr); ok {
		if path := x.qualifier(s); path != "" {
			return path + "." + s.Sel.Name
		}
	}
	return ""
}

// unitField gives a metric in a struct the unit that stands beside it.
func (x *extractor) unitField(at, unit ast.Expr) {
	n, ok := x.named(at)
	if !ok || unit == nil || n.defined || n.of != nil {
		return
	}
	if u, ok := x.uses[n.file][n.at]; ok && u.Role == source.Metric {
		u.Unit = x.value(unit, n.file)
		x.uses[n.file][n.at] = u
	}
}

// keyValue yields attribute.KeyValue{Key: …, Value: attribute.StringValue(…)}.
func (x *extractor) keyValue(nameIn, valueIn ast.Expr, s spot) {
	c := Callee{Role: source.Attribute, Tier: source.A, Value: -1}
	if call, ok := valueIn.(*ast.CallExpr); ok {
		if kind, ok := strings.CutPrefix(x.called(call), attribute+"."); ok {
			c.Type = typesByMethod[strings.TrimSuffix(kind, "Value")]
			valueIn = argument(call, 0)
		}
	}
	if c.Type == registry.Any {
		valueIn = nil
	}
	x.use(&c, nameIn, valueIn, nil, s)
}
