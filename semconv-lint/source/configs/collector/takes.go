package collector

import (
	"regexp"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
	"github.com/koine-otel/koine/semconv/translate"
)

// strictNames takes a list of metrics' names, unless they are regular expressions.
func strictNames(field string) take {
	return func(f *finder, n *yamltext.Node, path string) {
		if how := n.Get("match_type").Value(); how != "" && how != "strict" {
			return
		}
		if names := n.Get(field); names != nil {
			metric(true)(f, names, path+"."+field)
		}
	}
}

// association takes what a pod is found by.
func association(f *finder, n *yamltext.Node, path string) {
	if name := n.Get("name"); n.Get("from").Value() == "resource_attribute" && name != nil {
		keys(translate.Resource, true)(f, name, path+".name")
	}
}

// metricTransform takes a metric that is renamed or copied, and the labels in it.
func metricTransform(f *finder, n *yamltext.Node, path string) {
	of := ""
	if how := n.Get("match_type").Value(); how == "" || how == "strict" {
		if include := n.Get("include"); include != nil {
			of = include.Value()
			metric(true)(f, include, path+".include")
		}
	}
	if name := n.Get("new_name"); name != nil {
		metric(false)(f, name, path+".new_name")
	}
	label := func(n *yamltext.Node, path string, read bool) {
		if n == nil {
			return
		}
		each(n, path, func(n *yamltext.Node, path, block string) {
			f.add(n.Text, path, block, source.Use{Role: source.Attribute, Place: translate.Point, Of: of, Read: read})
		})
	}
	if operations := n.Get("operations"); operations != nil {
		descend(operations, []string{"[]"}, path+".operations", func(n *yamltext.Node, path string) {
			label(n.Get("label"), path+".label", true)
			label(n.Get("label_set"), path+".label_set", true)
			label(n.Get("new_label"), path+".new_label", false)
		})
	}
	if labels := n.Get("experimental_match_labels"); labels != nil {
		for _, p := range labels.Pairs {
			label(p.Key, path+".experimental_match_labels."+p.Key.Value(), true)
		}
	}
}

// route takes a line of a routing table.
func route(f *finder, n *yamltext.Node, path string) {
	in := resource
	if c, ok := contexts[n.Get("context").Value()]; ok {
		in = c
	}
	for _, field := range []string{"statement", "condition"} {
		if s := n.Get(field); s != nil {
			statements(in)(f, s, path+"."+field)
		}
	}
}

// routedBy takes the attribute by which the older router routed.
func routedBy(f *finder, n *yamltext.Node, path string) {
	if n.Get("attribute_source").Value() == "resource" {
		if key := n.Get("from_attribute"); key != nil {
			keys(translate.Resource, true)(f, key, path+".from_attribute")
		}
	}
}

// madeMetrics takes metrics that are made under the keys of a mapping.
func madeMetrics(f *finder, n *yamltext.Node, path string) {
	for _, p := range n.Pairs {
		f.add(p.Key.Text, path+"."+p.Key.Value(), path, source.Use{Role: source.Metric})
	}
}

// madeMetric takes one with its unit.
func madeMetric(f *finder, n *yamltext.Node, path string) {
	metricWithUnit(f, n, path, "name")
}

// metricWithUnit takes a metric by the field that names it, nil where there is none.
func metricWithUnit(f *finder, n *yamltext.Node, path, field string) *yamltext.Node {
	name := n.Get(field)
	if name == nil {
		return nil
	}
	u := f.add(name.Text, path+"."+field, path, source.Use{Role: source.Metric})
	if unit := n.Get("unit"); u != nil && unit != nil && unit.Kind == yamltext.Scalar {
		u.Unit = constant(unit.Text)
	}
	return name
}

// queriedMetric takes a metric that is made of the rows of a database.
func queriedMetric(f *finder, n *yamltext.Node, path string) {
	name := metricWithUnit(f, n, path, "metric_name")
	if labels := n.Get("static_attributes"); name != nil && labels != nil {
		from := len(f.found)
		mapKeys(translate.Point)(f, labels, path+".static_attributes")
		for i := range f.found[from:] {
			f.found[from+i].Of = name.Value()
		}
	}
}

// ownResource takes the collector's own resource as a mapping of keys to values.
func ownResource(f *finder, n *yamltext.Node, path string) {
	for _, p := range n.Pairs {
		switch p.Key.Value() {
		case "attributes", "attributes_list", "detectors", "detection/development", "schema_url":
			return // that of the declarative configuration
		}
	}
	mapKeys(translate.Resource)(f, n, path)
}

// declared takes an attribute of a resource with name and value.
func declared(f *finder, n *yamltext.Node, path string) {
	name, value := n.Get("name"), n.Get("value")
	if name == nil {
		return
	}
	u := f.add(name.Text, path+".name", path, source.Use{Role: source.Attribute, Place: translate.Resource})
	if u != nil && value != nil && value.Kind == yamltext.Scalar && n.Get("type") == nil {
		valued(u, value)
	}
}

// stanza is what the operators of log receivers name.
var stanza = []rule{
	{"attributes", mapKeys(translate.Record)},
	{"resource", mapKeys(translate.Resource)},
	{"operators.**", fields},
	{"operators[]", operator},
}

var field = regexp.MustCompile(`\b(attributes|resource)\[(?:"([^"\\]+)"|'([^'\\]+)')\]`)

// fields takes every attributes["key"] of a field or an expression.
func fields(f *finder, n *yamltext.Node, path string) {
	if n.Kind != yamltext.Scalar || !n.String {
		return
	}
	for _, m := range field.FindAllStringSubmatchIndex(n.Text.Value, -1) {
		from, to := m[4], m[5]
		if from < 0 {
			from, to = m[6], m[7]
		}
		place := translate.Record
		if n.Text.Value[m[2]:m[3]] == "resource" {
			place = translate.Resource
		}
		if strings.HasSuffix(path, ".from") {
			f.moves(n.Text.Value[from:to])
		}
		f.add(n.Text.Slice(from, to), path, parent(path), source.Use{Role: source.Attribute, Place: place, Read: !written(path)})
	}
}

// written says of an operator's option that it is where a value goes.
func written(path string) bool {
	option := path[strings.LastIndexByte(path, '.')+1:]
	return option == "to" || option == "parse_to" || option == "field"
}

// operator takes the mappings that operators of every kind may have.
func operator(f *finder, n *yamltext.Node, path string) {
	for _, x := range []struct {
		name  string
		place translate.Place
	}{{"attributes", translate.Record}, {"resource", translate.Resource}} {
		if m := n.Get(x.name); m != nil {
			mapKeys(x.place)(f, m, path+"."+x.name)
		}
	}
}
