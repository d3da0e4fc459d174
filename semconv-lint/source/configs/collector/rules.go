package collector

import (
	"slices"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/translate"
)

// The places that components look in.
const (
	spans           = source.AnySpan
	spansOrResource = source.AnySpan | translate.Resource
)

// rules are what components name, by section and type without underscores: contrib's types get
// them in one version and have none in another.
var rules = map[string]map[string][]rule{
	"processors": processors, "connectors": connectors, "exporters": exporters, "receivers": receivers,
}

// properties are what the older components match on before they do something.
func properties(at string) []rule {
	return []rule{
		{at + ".attributes[]", pair("key", "value", carriers)},
		{at + ".resources[]", pair("key", "value", translate.Resource)},
		{at + ".resource_attributes[]", pair("key", "value", translate.Resource)},
		{at + ".record_attributes[]", pair("key", "value", translate.Record)},
		{at, strictNames("metric_names")},
	}
}

func matching(at string) []rule {
	return slices.Concat(properties(at+"include"), properties(at+"exclude"))
}

var processors = map[string][]rule{
	"attributes": append(matching(""), rule{"actions[]", action(carriers)}),
	"resource":   {{"attributes[]", action(translate.Resource)}},
	"span":       append(matching(""), rule{"name.from_attributes", keys(spans, true)}),
	"filter": slices.Concat(matching("metrics."), matching("logs."), matching("spans."), []rule{
		{"traces.resource", statements(resource)}, {"traces.span", statements(span)}, {"traces.spanevent", statements(spanEvent)},
		{"metrics.resource", statements(resource)}, {"metrics.metric", statements(ofMetric)}, {"metrics.datapoint", statements(dataPoint)},
		{"logs.resource", statements(resource)}, {"logs.log_record", statements(logRecord)},
		{"profiles.resource", statements(resource)}, {"profiles.profile", statements(profile)},
		{"trace_conditions", statements(inferred)}, {"metric_conditions", statements(inferred)}, {"log_conditions", statements(inferred)}, {"profile_conditions", statements(inferred)},
	}),
	"transform": {
		{"trace_statements", statements(inferred)}, {"metric_statements", statements(inferred)}, {"log_statements", statements(inferred)}, {"profile_statements", statements(inferred)},
	},
	"tailsampling": {
		{"policies.**.string_attribute", pair("key", "values", spansOrResource)},
		{"policies.**.numeric_attribute.key", keys(spansOrResource, true)},
		{"policies.**.boolean_attribute.key", keys(spansOrResource, true)},
		{"policies.**.ottl_condition.span", statements(span)},
		{"policies.**.ottl_condition.spanevent", statements(spanEvent)},
	},
	"probabilisticsampler":          {{"from_attribute", keys(translate.Record, true)}, {"sampling_priority", keys(translate.Record, true)}},
	"groupbyattrs":                  {{"keys", keys(carriers, true)}},
	"k8sattributes":                 k8s,
	"metricstransform":              {{"transforms[]", metricTransform}},
	"metricsgeneration":             generatedMetrics,
	"experimentalmetricsgeneration": generatedMetrics,
	"cumulativetodelta":             {{"include", strictNames("metrics")}, {"exclude", strictNames("metrics")}},
	"deltatorate":                   {{"metrics", metric(true)}},
	"resourcedetection":             {{"attributes", fixed(translate.Resource)}},
	"redaction":                     {{"allowed_keys", keys(anywhere, true)}, {"ignored_keys", keys(anywhere, true)}},
	"spanmetrics":                   spanMetrics,
	"servicegraph":                  serviceGraph,
	"routing":                       routing,
	"logdedup":                      {{"conditions", statements(logRecord)}},
	"geoip":                         {{"attributes", keys(anywhere, true)}},
	"logstransform":                 stanza,
}

var k8s = []rule{
	{"extract.metadata", fixed(translate.Resource)},
	{"extract.labels[].tag_name", keys(translate.Resource, false)},
	{"extract.annotations[].tag_name", keys(translate.Resource, false)},
	{"pod_association[]", association},
	{"pod_association[].sources[]", association},
}

var generatedMetrics = []rule{
	{"rules[].name", metric(false)}, {"rules[].metric1", metric(true)}, {"rules[].metric2", metric(true)},
}

var spanMetrics = []rule{
	{"dimensions[]", keyOf("name", spansOrResource, true)},
	{"calls_dimensions[]", keyOf("name", spansOrResource, true)},
	{"histogram.dimensions[]", keyOf("name", spansOrResource, true)},
	{"events.dimensions[]", keyOf("name", translate.Event, true)},
	{"resource_metrics_key_attributes", keys(translate.Resource, true)},
}

var serviceGraph = []rule{
	{"dimensions", keys(spansOrResource, true)},
	{"virtual_node_peer_attributes", keys(spansOrResource, true)},
	{"database_name_attribute", keys(spansOrResource, true)},
	{"database_name_attributes", keys(spansOrResource, true)},
}

var routing = []rule{
	{"table[]", route},
	{"", routedBy},
}

var connectors = map[string][]rule{
	"spanmetrics":  spanMetrics,
	"servicegraph": serviceGraph,
	"exceptions": {
		{"dimensions[]", keyOf("name", spansOrResource, true)},
	},
	"slowsql": {{"dimensions[]", keyOf("name", spansOrResource, true)}},
	"count":   counted(""),
	"sum":     counted("source_attribute"),
	"routing": routing,
	"signaltometrics": slices.Concat(
		signalMetrics("spans", span), signalMetrics("datapoints", dataPoint), signalMetrics("logs", logRecord), signalMetrics("profiles", profile),
	),
}

// counted are the metrics of the connectors that count and sum; From is the option that names
// what is summed.
func counted(from string) []rule {
	var all []rule
	for _, s := range []struct {
		name    string
		context context
		place   translate.Place
	}{
		{"spans", span, spansOrResource},
		{"spanevents", spanEvent, translate.Event | spansOrResource},
		{"metrics", ofMetric, translate.Resource},
		{"datapoints", dataPoint, translate.Point | translate.Resource},
		{"logs", logRecord, translate.Record | translate.Resource},
		{"profiles", profile, anywhere},
	} {
		all = append(all,
			rule{s.name, madeMetrics},
			rule{s.name + ".*.conditions", statements(s.context)},
			rule{s.name + ".*.attributes[]", keyOf("key", s.place, true)},
		)
		if from != "" {
			all = append(all, rule{s.name + ".*." + from, keys(s.place, true)})
		}
	}
	return all
}

// signalMetrics are the metrics that a connector makes of a signal.
func signalMetrics(signal string, c context) []rule {
	return []rule{
		{signal + "[]", madeMetric},
		{signal + "[].attributes[]", keyOf("key", c.place()|translate.Resource, true)},
		{signal + "[].include_resource_attributes[]", keyOf("key", translate.Resource, true)},
		{signal + "[].conditions", statements(c)},
		{signal + "[].*.value", statements(c)},
		{signal + "[].*.count", statements(c)},
	}
}

var exporters = map[string][]rule{
	"loadbalancing": {{"routing_attributes", keys(spansOrResource|translate.Point, true)}},
	"loki":          {{"labels.attributes", mapKeys(translate.Record)}, {"labels.resource", mapKeys(translate.Resource)}},
	"awsxray":       {{"indexed_attributes", keys(spansOrResource, true)}},
	"kafka":         {{"topic_from_attribute", keys(translate.Resource, true)}},
	"file":          {{"group_by.resource_attribute", keys(translate.Resource, true)}},
	"coralogix":     {{"application_name_attributes", keys(translate.Resource, true)}, {"subsystem_name_attributes", keys(translate.Resource, true)}},
}

var receivers = map[string][]rule{
	"jmx":             {{"resource_attributes", mapKeys(translate.Resource)}},
	"sqlquery":        {{"queries[].metrics[]", queriedMetric}},
	"filelog":         stanza,
	"journald":        stanza,
	"tcplog":          stanza,
	"udplog":          stanza,
	"syslog":          stanza,
	"windowseventlog": stanza,
	"namedpipe":       stanza,
	"k8slog":          stanza,
}

// ofSection are what any component of a section may name.
var ofSection = map[string][]rule{
	"exporters": {{"**.promote_resource_attributes", keys(translate.Resource, true)}},
	"receivers": {{"**.promote_resource_attributes", keys(translate.Resource, true)}},
}

// ofTelemetry are what the collector says of its own telemetry.
var ofTelemetry = []rule{
	{"resource", ownResource},
	{"resource.attributes[]", declared},
	{"**.selector.instrument_name", metric(true)},
	{"**.stream.attribute_keys.included", keys(translate.Point, true)},
	{"**.stream.attribute_keys.excluded", keys(translate.Point, true)},
}
