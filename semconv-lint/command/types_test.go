package command_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/semconv-lint/rules"
)

// TestZipkinHasNoTypes: a number of the conventions or of a company's own is no wrong type because
// Zipkin has only text for it.
func TestZipkinHasNoTypes(t *testing.T) {
	s := newSession(t)
	s.parts.Rules = rules.All()
	s.write("own/acme.yaml", "groups:\n- id: registry.acme\n  type: attribute_group\n  brief: a\n  attributes:\n  - {id: acme.order.items, type: int, brief: b, stability: stable}\n")
	s.write("zipkin.json", `[{"traceId":"1","id":"2","name":"get","localEndpoint":{"serviceName":"shop"},"tags":{"http.response.status_code":"200","server.port":"many","acme.order.items":"3"}}]`)
	_, out, _ := s.run("check", "--registry", "own", "--format", "json", "zipkin.json")
	var document struct{ Findings []struct{ Rule, Key string } }
	require.NoError(t, json.Unmarshal([]byte(out), &document))
	var wrong []string
	for _, f := range document.Findings {
		if f.Rule == "wrong-type" {
			wrong = append(wrong, f.Key)
		}
	}
	assert.Equal(t, []string{"server.port"}, wrong, "what is no number")
}
