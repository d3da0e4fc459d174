package dashboards

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/dashboards/query"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
	"github.com/koine-otel/koine/semconv/translate"
)

// special looks at values that are lists or mappings with a meaning of their own. Done says that
// there is nothing else in it.
func (f *file) special(key string, value, of *yamltext.Node, s scope) (done bool) {
	switch key {
	case "transformations":
		f.fields(value, s.owner, 0)
		return true
	case "overrides":
		for _, o := range value.Items {
			if m := o.Get("matcher"); m.Get("id").Value() == "byName" {
				f.field(m.Get("options"), s.owner)
			}
		}
	case "source_labels", "sourceLabels":
		f.relabelled(value, of, s)
		return true
	case "matchers":
		if s.language != prometheus {
			return false
		}
		for _, m := range value.Items {
			f.query(m.Text, query.PromQL(m.Value()), s.owner)
		}
		return true
	case "filters":
		if of.Get("type").Value() == "adhoc" && (s.language == prometheus || s.language == loki) {
			for _, item := range value.Items {
				f.field(item.Get("key"), s.owner)
			}
		}
	case "tags":
		if of.Get("filterByTraceID") != nil || of.Get("queries") != nil || of.Get("spanStartTimeShift") != nil { // from traces to logs or metrics
			for _, item := range value.Items {
				if item.Kind == yamltext.Mapping {
					item = item.Get("key")
				}
				if strings.Contains(item.Value(), ".") {
					f.attribute(item.Text, query.Name{}, s.owner)
				}
			}
		}
	}
	return false
}

// fields are a transformation's: any text in it may name one, also as a key.
func (f *file) fields(n *yamltext.Node, o *owner, depth int) {
	if n == nil || depth > maxDepth {
		return
	}
	f.field(n, o)
	for _, item := range n.Items {
		f.fields(item, o, depth+1)
	}
	for _, p := range n.Pairs {
		f.field(p.Key, o)
		f.fields(p.Value, o, depth+1)
	}
}

// field mentions a label that a text is.
func (f *file) field(n *yamltext.Node, o *owner) {
	if n != nil && n.Kind == yamltext.Scalar && n.String {
		f.mention(n.Text, o)
	}
}

// relabelled are the labels that a rule of Prometheus' own configuration reads, and the metrics
// that it keeps or drops.
func (f *file) relabelled(labels, of *yamltext.Node, s scope) {
	if len(labels.Items) == 1 && labels.Items[0].Value() == "__name__" {
		if r := of.Get("regex"); r != nil && r.Kind == yamltext.Scalar {
			f.query(r.Text, query.Alternatives(r.Value()), s.owner)
		}
		return
	}
	q := &owner{}
	for _, l := range labels.Items {
		if v := l.Value(); v != "" && !strings.HasPrefix(v, "__") {
			f.query(l.Text, query.Label(v), q)
		}
	}
}

// tag is an attribute in Tempo's forms: {scope: span, tag: http.method}.
func (f *file) tag(text yamltext.Text, of *yamltext.Node, s scope) {
	if of.Get("scope") == nil && s.language != tempo || !strings.Contains(text.Value, ".") {
		return
	}
	var place translate.Place
	switch of.Get("scope").Value() {
	case "span":
		place = source.AnySpan
	case "resource":
		place = translate.Resource
	case "intrinsic":
		return
	}
	f.attribute(text, query.Name{Place: place}, s.owner)
}
