package guardextension

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
)

func TestUnmarshal(t *testing.T) {
	td := someTraces(3)
	for encoding, bodies := range map[string][2][]byte{
		otlpProto: {protoOf(t, td), deepProto(1_300_000)},
		otlpJSON:  {jsonOf(t, td), deepJSON(100_000)},
	} {
		t.Run(encoding, func(t *testing.T) {
			g := testGuard(t, func(c *Config) { c.Encoding = encoding })
			got, err := g.UnmarshalTraces(bodies[0])
			require.NoError(t, err)
			assert.Equal(t, protoOf(t, td), protoOf(t, got))

			decoders := map[string]func([]byte) error{
				"traces":   func(b []byte) error { _, err := g.UnmarshalTraces(b); return err },
				"metrics":  func(b []byte) error { _, err := g.UnmarshalMetrics(b); return err },
				"logs":     func(b []byte) error { _, err := g.UnmarshalLogs(b); return err },
				"profiles": func(b []byte) error { _, err := g.UnmarshalProfiles(b); return err },
			}
			for signal, decode := range decoders {
				// A resource stands at the same place in every signal.
				err := decode(bodies[1])
				assert.True(t, consumererror.IsPermanent(err), "%s: %v", signal, err)
				assert.ErrorContains(t, err, "nested deeper than 32", signal)
				assert.Error(t, decode([]byte("\x0a\x05{")), signal)
				assert.Zero(t, g.inFlight.used.Load(), signal)
			}
		})
	}
}
