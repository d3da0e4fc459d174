package dashboards

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// language is that of the queries of a data source.
type language uint8

const (
	unknown language = iota
	prometheus
	loki
	tempo
	sql
	elastic
	foreign // one in which no name can be told
)

// languageOf is that of what a mapping says of its data source, unknown if it says nothing.
func languageOf(n *yamltext.Node) language {
	if d := n.Get("datasource"); d != nil {
		switch {
		case d.Kind == yamltext.Scalar:
			return named(d.Value())
		case d.Get("type").Value() != "":
			return typed(d.Get("type").Value())
		default:
			return named(d.Get("uid").Value())
		}
	}
	kind := n.Get("kind").Value()
	if group := n.Get("group").Value(); kind == "DataQuery" && group != "" {
		return typed(group) // Grafana's second schema
	}
	if n.Get("spec") != nil && kind == strings.ToLower(kind) && kind != "" {
		return named(kind)
	}
	for prefix, l := range map[string]language{"Prometheus": prometheus, "Tempo": tempo, "Loki": loki, "ClickHouse": sql} {
		if strings.HasPrefix(kind, prefix) {
			return l // Perses' plugins
		}
	}
	if t := n.Get("type").Value(); strings.EqualFold(t, "prometheus") || strings.EqualFold(n.Get("provider", "type").Value(), "prometheus") {
		return prometheus
	}
	return unknown
}

var languageHints = []struct {
	hint     string
	language language
}{
	{"prom", prometheus}, {"mimir", prometheus}, {"thanos", prometheus}, {"cortex", prometheus}, {"victoriametrics", prometheus},
	{"victorialogs", foreign}, {"victoriatraces", foreign}, {"loki", loki}, {"tempo", tempo}, {"clickhouse", sql}, {"sql", sql}, {"postgres", sql},
	{"bigquery", sql}, {"snowflake", sql}, {"timescale", sql}, {"redshift", sql}, {"athena", sql}, {"databricks", sql}, {"duckdb", sql},
	{"elastic", elastic}, {"opensearch", elastic}, {"quickwit", elastic},
	{"influx", foreign}, {"graphite", foreign}, {"cloudwatch", foreign}, {"stackdriver", foreign}, {"azure-monitor", foreign}, {"jaeger", foreign}, {"zipkin", foreign},
}

// named guesses by the name that someone gave a data source.
func named(name string) language {
	name = strings.ToLower(name)
	for _, h := range languageHints {
		if strings.Contains(name, h.hint) {
			return h.language
		}
	}
	return unknown
}

// typed goes by a data source's type.
func typed(t string) language {
	l := named(t)
	switch t {
	case "datasource", "grafana", "mixed", "default", "-- Mixed --", "-- Grafana --":
		return unknown
	}
	if l == unknown && !strings.HasPrefix(t, "$") {
		return foreign
	}
	return l
}
