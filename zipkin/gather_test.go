package zipkin

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestStraightLikeGathered: attributes that go straight to where they stay are those that are
// gathered first.
func TestStraightLikeGathered(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	keys := []string{
		"a", "b", "http.method", "error", "otel.scope.name", "otel.status_code", "span.kind", "service.name", "server.address",
		"network.peer.address", "peer.service", "otlp.link.0", "w3c.tracestate", "host.name", "koine.zipkin.debug", "otel.dropped_events_count",
	}
	for _, types := range []bool{false, true} {
		options := Options{IsResource: func(key string) bool { return key == "host.name" }, ParseStringTags: types}
		straight, gathered := NewDecoder(options), NewDecoder(options)
		gathered.gather = true
		went := 0
		for range 2_000 {
			var spans []string
			for i := range 3 {
				var tags []string
				for range rng.IntN(8) {
					tags = append(tags, fmt.Sprintf(`"%s":"%d"`, keys[rng.IntN(len(keys))], rng.IntN(3)))
				}
				spans = append(spans, fmt.Sprintf(`{"traceId":"1","id":"%d","timestamp":%d,"debug":%t,"shared":%t,"localEndpoint":{"serviceName":"s","ipv4":"10.0.0.1"},"remoteEndpoint":{"serviceName":"1"},"tags":{%s}}`,
					i+1, rng.IntN(3), rng.IntN(2) == 0, rng.IntN(2) == 0, strings.Join(tags, ",")))
			}
			body := []byte("[" + strings.Join(spans, ",") + "]")
			got, _, err := straight.Decode(JSONv2, body, time.Unix(9, 0))
			require.NoError(t, err)
			want, _, err := gathered.Decode(JSONv2, body, time.Unix(9, 0))
			require.NoError(t, err)
			require.Equal(t, asJSON(t, want), asJSON(t, got), "%s", body)
			if straight.tags.direct {
				went++
			}
		}
		require.Greater(t, went, 500)
	}
}

func asJSON(t *testing.T, traces ptrace.Traces) string {
	t.Helper()
	text, err := (&ptrace.JSONMarshaler{}).MarshalTraces(traces)
	require.NoError(t, err)
	return string(text)
}
