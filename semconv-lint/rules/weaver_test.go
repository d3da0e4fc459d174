package rules

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/semconv-lint/rules/ruletest"
)

// TestWeaver: what Weaver's live-check finds is found, each of its findings by a rule, or it is
// said why it is none here.
func TestWeaver(t *testing.T) {
	const resource = "- resource: {service.name: shop, telemetry.sdk.name: a, telemetry.sdk.language: go}\n  "
	for _, c := range []struct {
		finding, input string
		rule, key      string // the rule is empty where it is right to find nothing
	}{
		{"missing_attribute", "spans: [{name: a, kind: server, attributes: {http.shop: a}}]", "unknown-attribute", "http.shop"},
		// A name of one's own needs no registry to stand in, as the conventions themselves say.
		{"missing_attribute", "spans: [{name: a, kind: server, attributes: {shop.order: a}}]", "", ""},
		{"missing_metric", "metrics: [{name: http.server.carts, unit: '1'}]", "unknown-metric", "http.server.carts"},
		{"missing_event", "logs: [{event: browser.carts, severity: 9}]", "unknown-event", "browser.carts"},
		{"deprecated", "spans: [{name: a, kind: server, attributes: {http.method: GET}}]", "retired-attribute", "http.method"},
		{"deprecated", "metrics: [{name: http.server.duration, unit: ms, type: histogram}]", "retired-metric", "http.server.duration"},
		{"deprecated", "logs: [{event: az.resource.log, severity: 9}]", "retired-event", "az.resource.log"},
		{"type_mismatch", "spans: [{name: a, kind: server, attributes: {http.response.status_code: '200'}}]", "wrong-type", "http.response.status_code"},
		{"unit_mismatch", "metrics: [{name: http.server.request.duration, unit: ms, type: histogram}]", "wrong-unit", "http.server.request.duration"},
		{"unexpected_instrument", "metrics: [{name: http.server.request.duration, unit: s}]", "wrong-instrument", "http.server.request.duration"},
		{"required_attribute_not_present", "metrics: [{name: http.server.request.duration, unit: s, type: histogram}]", "missing-attribute", "http.request.method"},
		{"required_attribute_not_present", "spans: [{name: GET, kind: client, attributes: {http.request.method: GET}}]", "missing-attribute", "url.full"},
		{"entity_required_attribute_not_present", "spans: [{name: a, kind: internal}]", "missing-attribute", "telemetry.sdk.version"},
		{"entity_association_not_satisfied", "metrics: [{name: k8s.pod.cpu.time, unit: s, type: sum}]", "entity-association", "k8s.pod.cpu.time"},
		{"invalid_format", "spans: [{name: a, kind: internal, attributes: {orderId: 7}}]", "name-format", "orderId"},
		{"illegal_namespace", "spans: [{name: a, kind: internal, attributes: {http.request: a}}]", "namespace-clash", "http.request"},
		{"not_stable", "spans: [{name: a, kind: internal, attributes: {messaging.system: kafka}}]", "unstable-convention", "messaging.system"},
		{"recommended_attribute_not_present", "spans: [{name: GET, kind: server, attributes: {http.request.method: GET}}]", "recommended-attribute", "client.address"},
		{"entity_recommended_attribute_not_present", "spans: [{name: a, kind: internal}]", "recommended-attribute", "service.version"},
		{"missing_namespace", "spans: [{name: a, kind: internal, attributes: {cartsize: 7}}]", "missing-namespace", "cartsize"},
		// That a name is of a template is right, and nothing to say.
		{"template_attribute", "spans: [{name: a, kind: internal, attributes: {http.request.header.accept: [a]}}]", "", ""},
		{"template_attribute", "spans: [{name: a, kind: internal, attributes: {http.request.header.Accept: [a]}}]", "template-attribute", "http.request.header.Accept"},
		{"undefined_enum_variant", "spans: [{name: a, kind: client, attributes: {db.system.name: acme}}]", "undefined-value", "db.system.name"},
		{"opt_in_attribute_not_present", "spans: [{name: GET, kind: server, attributes: {http.request.method: GET}}]", "recommended-attribute", "http.request.size"},
		{"conditionally_required_attribute_not_present", "spans: [{name: GET, kind: server, attributes: {http.request.method: GET}}]", "recommended-attribute", "http.route"},
		{"entity_opt_in_attribute_not_present", "spans: [{name: a, kind: internal}]", "recommended-attribute", "process.title"},
		{"entity_conditionally_required_attribute_not_present", "spans: [{name: a, kind: internal}]", "recommended-attribute", "gcp.gce.instance_group_manager.zone"},
		{"extends_namespace", "spans: [{name: a, kind: internal, attributes: {http.request.shop: a}}]", "unknown-attribute", "http.request.shop"},
	} {
		found := map[[2]string]bool{}
		for _, rule := range All() {
			var options map[string]any
			if rule.Doc.ID == "recommended-attribute" {
				options = map[string]any{"levels": []string{"conditionally_required", "recommended", "opt_in"}}
			}
			head := resource
			switch c.key {
			case "process.title":
				head = "- resource: {service.name: shop, process.pid: 7, process.creation.time: '2026-01-01T00:00:00Z'}\n  "
			case "gcp.gce.instance_group_manager.zone":
				head = "- resource: {service.name: shop, gcp.gce.instance_group_manager.name: a}\n  "
			}
			for _, f := range ruletest.Check(t, rule, options, []byte(head+c.input), 1) {
				found[[2]string{f.Rule, f.Key}] = true
			}
		}
		if c.rule != "" {
			require.True(t, found[[2]string{c.rule, c.key}], "%s: %s does not find %s, but %v", c.finding, c.rule, c.key, found)
			continue
		}
		for _, rule := range [...]string{"unknown-attribute", "template-attribute", "missing-namespace", "name-format"} {
			for f := range found {
				require.NotEqual(t, rule, f[0], c.finding)
			}
		}
	}
}
