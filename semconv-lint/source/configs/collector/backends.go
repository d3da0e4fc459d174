package collector

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
	"github.com/koine-otel/koine/semconv/translate"
)

// backends are what other configurations name, by a key of theirs that says which they are. The
// rules are for that key's value.
var backends = map[string][]rule{
	// Tempo
	"metrics_generator": append(tempo("processor."), tempo("")...),
	"metricsGenerator":  append(tempo("config.processor."), tempo("processor.")...),
	"parquet_dedicated_columns": {
		{"[]", keyOf("name", spansOrResource, true)},
	},
	"metrics_generator_processor_span_metrics_dimensions":        {{"", keys(spansOrResource, true)}},
	"metrics_generator_processor_service_graphs_dimensions":      {{"", keys(spansOrResource, true)}},
	"metrics_generator_processor_service_graphs_peer_attributes": {{"", keys(spansOrResource, true)}},
	// Loki
	"otlp_config": {
		{"resource_attributes.attributes_config[].attributes", keys(translate.Resource, true)},
		{"scope_attributes[].attributes", keys(translate.Scope, true)},
		{"log_attributes[].attributes", keys(translate.Record, true)},
		{"default_resource_attributes_as_index_labels", keys(translate.Resource, true)},
	},
	// Prometheus and Mimir
	"promote_resource_attributes":      {{"", listed(translate.Resource)}},
	"promoteResourceAttributes":        {{"", listed(translate.Resource)}},
	"ignore_resource_attributes":       {{"", listed(translate.Resource)}},
	"promote_otel_resource_attributes": {{"", listed(translate.Resource)}},
	"metric_relabel_configs":           {{"[].source_labels", labels}},
	"write_relabel_configs":            {{"[].source_labels", labels}},
	"metricRelabelings":                {{"[].sourceLabels", labels}},
	"writeRelabelConfigs":              {{"[].sourceLabels", labels}},
	// Jaeger
	"tags_as_fields":     {{"include", listed(spansOrResource)}},
	"tags-as-fields":     {{"include", listed(spansOrResource)}},
	"linkPatterns":       {{"[]", linked}},
	"resourceAttributes": {{"", mapKeys(translate.Resource)}},
}

func tempo(at string) []rule {
	var all []rule
	for _, name := range []string{"span_metrics", "span-metrics", "service_graphs", "service-graphs"} {
		all = append(all,
			rule{at + name + ".dimensions", keys(spansOrResource, true)},
			rule{at + name + ".peer_attributes", keys(spansOrResource, true)},
			rule{at + name + ".dimension_mappings[].source_labels", keys(spansOrResource, true)},
			rule{at + name + ".filter_policies[].*.attributes[]", tempoFilter},
		)
	}
	return all
}

// Backend is what the value of a key names where the key alone says whose configuration it is.
func Backend(key string, value *yamltext.Node) []Found {
	rules, ok := backends[key]
	if !ok {
		return nil
	}
	f := &finder{component: key, within: value.Start}
	for _, r := range rules {
		r.find(f, value, key)
	}
	return f.found
}

// Declarative is what an OpenTelemetry declarative configuration of an SDK names.
func Declarative(n *yamltext.Node) []Found {
	f := &finder{component: "sdk", within: n.Start}
	for _, r := range declarative {
		r.find(f, n, "")
	}
	return f.found
}

var declarative = []rule{
	{"resource.attributes[]", declared},
	{"**.view.**.instrument_name", metric(true)},
	{"**.views[].selector.instrument_name", metric(true)},
	{"**.views[].stream.name", metric(false)},
	{"**.attribute_keys.included", keys(translate.Point, true)},
	{"**.attribute_keys.excluded", keys(translate.Point, true)},
	{"resource.**.attributes.included", keys(translate.Resource, true)},
	{"resource.**.attributes.excluded", keys(translate.Resource, true)},
	{"tracer_provider.sampler.**.attribute_values", pair("key", "values", spans)},
	{"tracer_provider.sampler.**.attribute_patterns.key", keys(spans, true)},
}

// listed takes keys in a list, or in a text between commas.
func listed(place translate.Place) take {
	return func(f *finder, n *yamltext.Node, path string) {
		if n.Kind != yamltext.Scalar {
			keys(place, true)(f, n, path)
			return
		}
		for _, t := range Split(n.Text, ",") {
			f.add(t, path, path, source.Use{Role: source.Attribute, Place: place, Read: true})
		}
	}
}

// Split cuts a text at separators and takes the space around each part away.
func Split(t yamltext.Text, separator string) []yamltext.Text {
	var parts []yamltext.Text
	at := 0
	for part := range strings.SplitSeq(t.Value, separator) {
		left := len(part) - len(strings.TrimLeft(part, " \t\n"))
		parts = append(parts, t.Slice(at+left, at+max(left, len(strings.TrimRight(part, " \t\n")))))
		at += len(part) + len(separator)
	}
	return parts
}

// labels takes labels that Prometheus takes metrics apart by. They may be of any exporter's.
func labels(f *finder, n *yamltext.Node, path string) {
	each(n, path, func(n *yamltext.Node, path, block string) {
		if strings.HasPrefix(n.Text.Value, "__") {
			return
		}
		if u := f.add(n.Text, path, block, source.Use{Role: source.PrometheusLabel, Read: true}); u != nil {
			u.Tier = source.B
		}
	})
}

// linked takes the tags that Jaeger's pages link from.
func linked(f *finder, n *yamltext.Node, path string) {
	place := spansOrResource
	switch n.Get("type").Value() {
	case "process":
		place = translate.Resource
	case "tags":
	case "logs":
		place = translate.Event
	default:
		return
	}
	if key := n.Get("key"); key != nil {
		keys(place, true)(f, key, path+".key")
	}
}

// tempoFilter takes a key that may say first what carries it.
func tempoFilter(f *finder, n *yamltext.Node, path string) {
	key := n.Get("key")
	if key == nil {
		return
	}
	t, place := key.Text, spansOrResource
	for prefix, of := range map[string]translate.Place{"resource.": translate.Resource, "span.": spans} {
		if strings.HasPrefix(t.Value, prefix) {
			t, place = t.Slice(len(prefix), len(t.Value)), of
			break
		}
	}
	u := f.add(t, path+".key", path, source.Use{Role: source.Attribute, Place: place, Read: true})
	if value := n.Get("value"); u != nil && value != nil && value.Kind == yamltext.Scalar && value.String {
		valued(u, value)
	}
}
