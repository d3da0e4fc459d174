package query

import (
	"regexp"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/translate"
)

// column is an attribute in a column of a table of telemetry: SpanAttributes['http.method'],
// mapContains(ResourceAttributes, 'x'), attributes->>'x'.
var column = regexp.MustCompile(`(?i)\b([a-z_]*(?:attributes|attribute|tagmap|resources)(?:_string|_number|_bool|_int|_float)?)["` + "`" + `]?\s*(?:\[|,|->>?)\s*'([a-z][a-z0-9_]*(?:\.[a-z0-9_-]+)+)'`)

// metricColumn is a metric that is looked for by name.
var metricColumn = regexp.MustCompile(`(?i)\b(?:metricname|metric_name)["` + "`" + `]?\s*(?:=|in\s*\()\s*('[^')]*'(?:\s*,\s*'[^')]*')*)`)

var sqlText = regexp.MustCompile(`'([^']*)'`)

// SQL reads a query over tables of telemetry.
func SQL(q string) Query {
	var found Query
	if len(q) > maxBytes {
		return found
	}
	for _, at := range column.FindAllStringSubmatchIndex(q, -1) {
		found.add(source.Attribute, &token{start: at[4], end: at[5], text: q[at[4]:at[5]]}).Place = columnPlace(q[at[2]:at[3]])
	}
	for _, at := range metricColumn.FindAllStringSubmatchIndex(q, -1) {
		for _, t := range sqlText.FindAllStringSubmatchIndex(q[at[2]:at[3]], -1) {
			from, to := at[2]+t[2], at[2]+t[3]
			if name := q[from:to]; strings.Contains(name, ".") {
				found.add(source.Metric, &token{start: from, end: to, text: name})
			}
		}
	}
	return found
}

// columnPlace is what carries the attributes of a column.
func columnPlace(name string) translate.Place {
	name = strings.ToLower(name)
	switch {
	case strings.HasPrefix(name, "span"):
		return source.AnySpan
	case strings.HasPrefix(name, "resource"):
		return translate.Resource
	case strings.HasPrefix(name, "log"):
		return translate.Record
	case strings.HasPrefix(name, "scope"):
		return translate.Scope
	}
	return 0
}

// field is an attribute in Elasticsearch, as the collector's exporter writes it. Other fields are
// Elastic's own, whose names the conventions share, and retire, without them.
var field = regexp.MustCompile(`(?:^|[\s("+!-])((?:(resource|span|scope)\.)?(?:attributes)\.)([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)(?:\.keyword)?\s*(?::|$|")`)

// Lucene reads a query, or a field, of Elasticsearch.
func Lucene(q string) Query {
	var found Query
	if len(q) > maxBytes {
		return found
	}
	for _, at := range field.FindAllStringSubmatchIndex(q, -1) {
		name := strings.TrimSuffix(q[at[6]:at[7]], ".keyword")
		n := found.add(source.Attribute, &token{start: at[6], end: at[6] + len(name), text: name})
		if at[4] >= 0 {
			n.Place = columnPlace(q[at[4]:at[5]])
		}
	}
	return found
}
