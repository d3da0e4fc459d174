package dashboards

import (
	"regexp"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/dashboards/query"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// scope is what is known where a node stands.
type scope struct {
	language language
	owner    *owner
	rule     bool // in an alert or a recording rule, whose texts may name labels
}

// maxDepth bounds how deep nodes are looked at. Dashboards are some twenty deep.
const maxDepth = 200

// walk looks at a node and all below it.
func (f *file) walk(n *yamltext.Node, s scope, depth int) {
	if n == nil || depth > maxDepth {
		return
	}
	for _, item := range n.Items {
		f.walk(item, s, depth+1)
	}
	if n.Kind == yamltext.Scalar && n.String {
		f.scalar("", n, nil, s, depth)
	}
	if n.Kind != yamltext.Mapping {
		return
	}
	s = s.within(n)
	for _, p := range n.Pairs {
		key, value := p.Key.Value(), p.Value
		switch {
		case value.Kind == yamltext.Scalar && value.String:
			f.scalar(key, value, n, s, depth)
		case f.special(key, value, n, s):
		case strings.EqualFold(key, "prometheus"):
			inner := s
			inner.language = prometheus
			f.walk(value, inner, depth+1)
		default:
			f.walk(value, s, depth+1)
		}
	}
	f.record(n.Get("record").Value(), s.owner)
}

// within is the scope in a mapping.
func (s scope) within(n *yamltext.Node) scope {
	if l := languageOf(n); l != unknown {
		s.language = l
	}
	rule := n.Get("expr") != nil && (n.Get("alert") != nil || n.Get("record") != nil) || n.Get("data") != nil && n.Get("condition") != nil
	if rule || n.Get("targets") != nil && n.Get("targets").Kind == yamltext.Sequence || n.Get("kind").Value() == "Panel" {
		s.owner = &owner{}
	}
	s.rule = s.rule || rule
	return s
}

// scalar looks at a text under a key of a mapping.
func (f *file) scalar(key string, n, of *yamltext.Node, s scope, depth int) {
	text := n.Text
	if !text.Placed() || text.Value == "" {
		return
	}
	switch key {
	case "expr":
		f.expression(text, s)
	case "query", "definition":
		f.queryOf(text, of, s)
	case "rawSql", "rawSQL", "rawQuery", "queryText":
		if s.language == sql || s.language == unknown {
			f.query(text, query.SQL(text.Value), s.owner)
		}
	case "seriesQuery", "metricsQuery", "errorQuery", "totalQuery", "errorRatioQuery", "error_query", "total_query", "error_ratio_query", "promql":
		f.query(text, query.PromQL(text.Value), s.owner)
	case "series", "record":
		if of.Get("values") != nil || of.Get("expr") != nil {
			f.query(text, query.PromQL(text.Value), s.owner)
		}
	case "field":
		if s.language == elastic {
			f.query(text, query.Lucene(text.Value+":"), s.owner)
		}
	case "labelName":
		if s.language == prometheus {
			f.mention(text, s.owner)
		}
	case "legendFormat", "seriesNameFormat":
		f.each(legend, text, s.owner)
	case "tag":
		f.tag(text, of, s)
	default:
		if !f.embedded(key, text, s, depth) {
			f.labelsIn(text, s)
		}
	}
}

// expression reads one that is of Prometheus or of Loki.
func (f *file) expression(text yamltext.Text, s scope) {
	switch s.language {
	case prometheus:
		f.query(text, query.PromQL(text.Value), s.owner)
	case loki:
		f.query(text, query.LogQL(text.Value), s.owner)
	case unknown:
		q := query.PromQL(text.Value)
		if !q.Whole && lines.MatchString(text.Value) {
			q = query.LogQL(text.Value)
		}
		f.query(text, q, s.owner)
	}
}

// lines is what only queries of logs have.
var lines = regexp.MustCompile(`\|=|\|~|!=\s*["` + "`" + `][^}]*$|\|\s*(?:json|logfmt|pattern|regexp|unpack|unwrap|line_format|label_format)\b|\}\s*\|`)

// queryOf reads what stands under the key query: that may be anything.
func (f *file) queryOf(text yamltext.Text, of *yamltext.Node, s scope) {
	switch of.Get("type").Value() {
	case "custom", "interval", "constant", "textbox", "datasource", "adhoc", "switch":
		return // a variable of no query
	}
	switch s.language {
	case loki:
		f.query(text, query.LogQL(text.Value), s.owner)
	case tempo:
		f.query(text, query.TraceQL(text.Value), s.owner)
	case sql:
		f.query(text, query.SQL(text.Value), s.owner)
	case elastic:
		f.query(text, query.Lucene(text.Value), s.owner)
	case prometheus, unknown:
		if q, ok := query.Variable(text.Value); ok {
			f.query(text, q, s.owner)
			return
		}
		switch {
		case of.Get("queryType").Value() == "traceql":
			f.query(text, query.TraceQL(text.Value), s.owner)
		case s.language == prometheus, of.Get("serverAddress") != nil:
			f.query(text, query.PromQL(text.Value), s.owner)
		}
	}
}

// embedded reads a document in a text: a dashboard or rules in a ConfigMap, a model in an alert.
func (f *file) embedded(key string, text yamltext.Text, s scope, depth int) bool {
	trimmed := strings.TrimSpace(text.Value)
	if len(trimmed) < 20 || !promising([]byte(trimmed)) {
		return false
	}
	switch {
	case trimmed[0] == '{' && strings.Contains(trimmed, `":`):
		root, err := yamltext.ParseJSONText(text)
		if err != nil {
			return false
		}
		f.walk(root, scope{owner: &owner{}, rule: s.rule}, depth+1)
		return true
	case strings.Contains(trimmed, "\n") && (strings.HasSuffix(key, ".yaml") || strings.HasSuffix(key, ".yml") || strings.HasSuffix(key, ".rules") || strings.HasPrefix(trimmed, "groups:")):
		for _, d := range yamltext.ParseText(text) {
			f.walk(d.Root, scope{owner: &owner{}}, depth+1)
		}
		return true
	}
	return false
}

var (
	// legend is a label in the name of a series.
	legend = regexp.MustCompile(`\{\{\s*\.?([A-Za-z_][A-Za-z0-9_]*)\s*\}\}`)
	// ofField is one in a title or a link.
	ofField = regexp.MustCompile(`__(?:field\.labels|data\.fields|series\.labels)(?:\.|\[["'])([A-Za-z_][A-Za-z0-9_]*)`)
	// ofAlert is one in an alert's annotations.
	ofAlert = regexp.MustCompile(`\$labels\.([A-Za-z_][A-Za-z0-9_]*)|\$labels "([A-Za-z_][A-Za-z0-9_]*)"`)
)

// labelsIn finds labels in a text for people.
func (f *file) labelsIn(text yamltext.Text, s scope) {
	switch {
	case strings.Contains(text.Value, "__"):
		f.each(ofField, text, s.owner)
	case s.rule && strings.Contains(text.Value, "$labels"):
		f.each(ofAlert, text, s.owner)
	}
}

// each mentions what an expression finds.
func (f *file) each(expression *regexp.Regexp, text yamltext.Text, o *owner) {
	for _, at := range expression.FindAllStringSubmatchIndex(text.Value, -1) {
		for i := 2; i+1 < len(at); i += 2 {
			if at[i] >= 0 {
				f.mention(text.Slice(at[i], at[i+1]), o)
			}
		}
	}
}

// attribute adds an attribute that a text is.
func (f *file) attribute(text yamltext.Text, n query.Name, o *owner) {
	n.Role, n.At, n.Key = source.Attribute, source.Range{End: len(text.Value)}, text.Value
	f.query(text, query.Query{Names: []query.Name{n}}, o)
}
