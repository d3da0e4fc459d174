package configs

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// prefixes of properties are followed by an attribute's key.
var prefixes = []string{"otel.resource.attributes.", "management.opentelemetry.resource-attributes."}

// properties reads a file of Java's: a name, = or :, and a value to the end of the line.
func (r *reading) properties() {
	at := 0
	for l := range strings.Lines(string(r.content)) {
		from := at
		at += len(l)
		text := strings.TrimRight(l, "\r\n")
		name := strings.TrimLeft(text, " \t")
		from += len(text) - len(name)
		if name == "" || name[0] == '#' || name[0] == '!' {
			continue
		}
		n := strings.IndexAny(name, "=: ")
		if n < 0 {
			continue
		}
		value := strings.TrimLeft(name[n:], "=: \t")
		start := from + len(name) - len(value)
		name = name[:n]
		r.add(setting(name, yamltext.Literal(value, start))...)
		for _, prefix := range prefixes {
			if attr, ok := strings.CutPrefix(name, prefix); ok {
				node := &yamltext.Node{Kind: yamltext.Scalar, String: true, Text: yamltext.Literal(value, start)}
				r.add(attribute(yamltext.Literal(strings.Trim(attr, "[]"), from+len(prefix)+len(attr)-len(strings.TrimLeft(attr, "["))), node, strings.TrimSuffix(prefix, "."))...)
			}
		}
	}
}

// spring reads the same properties where they stand as a tree in YAML.
func (w walk) spring(n *yamltext.Node) {
	for _, p := range n.Pairs {
		var of *yamltext.Node
		switch p.Key.Value() {
		case "otel":
			if of = p.Value.Get("resource", "attributes"); of == nil {
				of = p.Value.Get("resource.attributes")
			}
		case "management":
			of = p.Value.Get("opentelemetry", "resource-attributes")
		case "otel.resource.attributes", "management.opentelemetry.resource-attributes":
			of = p.Value
		}
		if of == nil {
			continue
		}
		if of.Kind == yamltext.Scalar {
			w.add(attributeList(of.Text, "otel.resource.attributes")...)
		}
		for _, a := range of.Pairs {
			name := a.Key.Text
			if v := name.Value; strings.HasPrefix(v, "[") && strings.HasSuffix(v, "]") {
				name = name.Slice(1, len(v)-1)
			}
			if a.Value.Kind == yamltext.Scalar {
				w.add(attribute(name, a.Value, "otel.resource.attributes")...)
			}
		}
	}
}
