package guardextension

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/koine-otel/koine/spans/wire"
)

func loadConfig(t *testing.T, id string) *Config {
	t.Helper()
	file, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	sub, err := file.Sub(id)
	require.NoError(t, err)
	config := createDefaultConfig().(*Config)
	require.NoError(t, sub.Unmarshal(config))
	return config
}

func TestConfig(t *testing.T) {
	assert.Equal(t, createDefaultConfig(), loadConfig(t, "guard"))
	require.NoError(t, loadConfig(t, "guard").Validate())

	all := loadConfig(t, "guard/all")
	require.NoError(t, all.Validate())
	assert.Equal(t, wire.Limits{ValueDepth: 16, Attributes: 128, Elements: 50_000}, all.limits())
	assert.Equal(t, 64, all.MaxInFlightMiB)
	assert.Equal(t, 30*time.Second, all.ReceiveTimeout)
	assert.Equal(t, []string{"/spans"}, all.Paths.Zipkin)
	assert.Equal(t, otlpJSON, all.Encoding)
	assert.Equal(t, []string{"/v1/traces", "/ingest/spans"}, all.Paths.Traces)
	assert.Equal(t, []string{"/v1/logs"}, all.Paths.Logs)
}

func TestConfigNamesEveryMistake(t *testing.T) {
	assert.EqualError(t, loadConfig(t, "guard/wrong").Validate(), `max_value_depth: 101 is not between 1 and 100
max_attributes: -1 is negative; 0 is no limit
max_elements: -1 is negative; 0 is no limit
max_in_flight_mib: -1 is negative; 0 is no limit
receive_timeout: -1s is negative; 0 is no limit
paths::logs: "v1/logs" is not the end of a path, such as /v1/traces
paths::profiles: "/" is not the end of a path, such as /v1/traces
paths::zipkin: "spans" is not the end of a path, such as /v1/traces
encoding: "json" is neither otlp_proto nor otlp_json`)
}

func TestPathsMatchByTheirEnd(t *testing.T) {
	paths := createDefaultConfig().(*Config).Paths
	for path, want := range map[string]wire.Signal{
		"/v1/traces":              wire.Traces,
		"/tenant/7/v1/metrics":    wire.Metrics,
		"/v1/logs":                wire.Logs,
		"/v1development/profiles": wire.Profiles,
		"/api/v1/spans":           wire.Zipkin,
		"/api/v2/spans":           wire.Zipkin,
	} {
		signal, ok := paths.signalAt(path)
		assert.True(t, ok, path)
		assert.Equal(t, want, signal, path)
	}
	for _, path := range []string{"", "/", "/api/v3/spans", "/v1/traces/1"} {
		_, ok := paths.signalAt(path)
		assert.False(t, ok, path)
	}
}
