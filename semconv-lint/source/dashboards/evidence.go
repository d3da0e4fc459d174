package dashboards

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// How much of a proof something is that series come from OpenTelemetry. Many exporters write
// Prometheus' format, and some of their names are the conventions' by chance: db_name, http_method.
const (
	likely = 1 // labels of two words in a namespace, a metric's name that may be another's
	proven = 2 // a label of more words
	sure   = 3 // a metric that nobody else spells so, a label that nobody else has
)

// weights are those of labels whose number of words misleads: that nobody else has, or many have.
var weights = map[string]int{
	"deployment_environment": proven,
	"container_image_tag":    likely, "db_instance_id": likely, "http_user_agent": likely, "http_client_ip": likely, "db_connection_string": likely,
	"event_name": 0, "event_domain": 0, "error_message": 0, "message_id": 0, "message_type": 0, "message_compressed_size": 0, "message_uncompressed_size": 0,
}

// weight is how much a label proves.
func (f *file) weight(label string) int {
	if w, ok := weights[label]; ok {
		return w
	}
	switch words := f.names.Words(label); {
	case strings.Contains(label, ".") && words > 0, strings.HasPrefix(label, "otel_scope_"), strings.HasPrefix(label, "telemetry_sdk_"):
		return sure
	case words > 2:
		return proven
	case words == 2, label == "span_kind", label == "span_name":
		return likely
	}
	return 0
}

// prove weighs what speaks for each of the series, and says whether anything in the file is surely
// OpenTelemetry's.
func (f *file) prove(r recorded) bool {
	whole := false
	for _, s := range f.series {
		s.proof = f.proof(s, r)
		whole = whole || s.proof >= sure
	}
	return whole
}

func (f *file) proof(s *series, recorded recorded) int {
	proof := 0
	s.metrics = recorded.below(s.metrics)
	for _, metric := range s.metrics {
		switch {
		case f.names.Spelt(metric):
			proof += sure
		case f.names.Known(metric):
			proof += likely
		default:
			proof += ofSpans(metric)
		}
	}
	slices.Sort(s.labels)
	namespaces := map[string]bool{} // whoever writes one label so writes others so, too
	for _, label := range slices.Compact(s.labels) {
		w := f.weight(label)
		if w == likely {
			namespace, _, _ := strings.Cut(label, "_")
			namespaces[namespace] = true
			continue
		}
		proof += w
	}
	return proof + likely*len(namespaces)
}

// ofSpans is how much a metric proves of being counted from spans, whose attributes it then has.
func ofSpans(metric string) int {
	if strings.Contains(metric, "spanmetrics_") || strings.Contains(metric, "span_metrics_") || strings.HasPrefix(metric, "traces_service_graph_") {
		return sure
	}
	name := metric
	for _, suffix := range [...]string{"_bucket", "_sum", "_count", "_total", "_milliseconds", "_seconds"} {
		name = strings.TrimSuffix(name, suffix)
	}
	if name == "calls" || name == "duration" || name == "latency" || name == "target_info" {
		return likely
	}
	return 0
}

// labelTier is how sure it is that a label is an attribute.
func (f *file) labelTier(n *found, of string, whole bool) source.Tier {
	words := f.names.Words(n.name.Key)
	if n.name.Made || f.replaced(n, func() []string { l, _ := f.names.Label(n.name.Key, of); return l.New }) {
		return source.C
	}
	best := 0
	for _, s := range n.of {
		best = max(best, s.proof)
	}
	weight, dotted := f.weight(n.name.Key), strings.Contains(n.name.Key, ".")
	if f.guessed {
		best = min(best, proven)
	}
	switch {
	case words == 1 && !dotted && !f.names.Spelt(of):
		return source.C
	case best >= sure, dotted && !f.guessed:
		return source.A
	case weight >= proven, weight == likely && (best >= proven || whole):
		return source.B
	}
	return source.C
}

// metricTier is how sure it is that a metric is the conventions'.
func (f *file) metricTier(n *found, whole bool) source.Tier {
	if f.replaced(n, func() []string { m, _ := f.names.Metric(n.name.Key); return m.New }) {
		return source.C
	}
	switch spelt := f.names.Spelt(n.name.Key); {
	case spelt && f.guessed:
		return source.B
	case spelt:
		return source.A
	}
	best := 0
	for _, s := range n.of {
		best = max(best, s.proof)
	}
	switch {
	case f.guessed:
	case best >= proven, whole && strings.Count(n.name.Key, "_") >= 3: // of three words and a suffix
		return source.A
	}
	return source.C
}

// replaced says whether the query asks for the new name as well: then it asks for the old one on
// purpose, until all services write the new.
func (f *file) replaced(n *found, to func() []string) bool {
	return n.with != nil && slices.ContainsFunc(to(), func(name string) bool { return n.with[name] })
}
