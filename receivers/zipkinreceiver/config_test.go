package zipkinreceiver

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/zipkinreceiver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/koine-otel/koine/zipkin"
)

func TestDefaults(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
	require.NoError(t, confmap.Validate(createDefaultConfig()))
	server := confighttp.NewDefaultServerConfig()
	server.NetAddr.Endpoint = "localhost:9411"
	server.ReadTimeout = 20 * time.Second
	assert.Equal(t, &Config{ServerConfig: server, SharedSpans: "split", OnInvalid: "drop_span"}, createDefaultConfig())
	assert.True(t, server.KeepAlivesEnabled)
}

// TestDefaultsAreDocumented: every default in the README's table is that of the code.
func TestDefaultsAreDocumented(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	documented := map[string]any{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| `([^`]+)` \\|").FindAllStringSubmatch(string(readme), -1) {
		documented[row[1]] = row[2]
		if truth, err := strconv.ParseBool(row[2]); err == nil {
			documented[row[1]] = truth
		}
	}
	for _, key := range []string{"endpoint", "parse_string_tags", "shared_spans", "on_invalid", "read_timeout", "write_timeout", "keep_alives_enabled"} {
		assert.Contains(t, documented, key)
	}
	assert.Equal(t, "20971520", documented["max_request_body_size"])
	documented["max_request_body_size"] = 0 // the server makes 20 MiB of it
	config := new(Config)
	require.NoError(t, confmap.NewFromStringMap(documented).Unmarshal(config))
	assert.Equal(t, createDefaultConfig(), config)
}

func TestValidate(t *testing.T) {
	config := createDefaultConfig().(*Config)
	config.ServerConfig.NetAddr.Endpoint = " "
	config.SharedSpans = "both"
	config.OnInvalid = "panic"
	err := config.Validate()
	require.ErrorContains(t, err, "endpoint: is empty; the default is localhost:9411")
	require.ErrorContains(t, err, `shared_spans: "both" is not split, defer or keep`)
	require.ErrorContains(t, err, `on_invalid: "panic" is not drop_span or reject_batch`)
}

// TestContribsConfiguration: what contrib's receiver loads, this one loads, to the same effect.
func TestContribsConfiguration(t *testing.T) {
	all, err := confmaptest.LoadConf(filepath.Join("testdata", "contrib.yaml"))
	require.NoError(t, err)
	for name := range all.ToStringMap() {
		t.Run(name, func(t *testing.T) {
			sub, err := all.Sub(name)
			require.NoError(t, err)
			ours := createDefaultConfig().(*Config)
			require.NoError(t, sub.Unmarshal(ours))
			require.NoError(t, confmap.Validate(ours))

			theirs := zipkinreceiver.NewFactory().CreateDefaultConfig().(*zipkinreceiver.Config)
			require.NoError(t, sub.Unmarshal(theirs))
			assert.Equal(t, theirs.ParseStringTags, ours.ParseStringTags)
			// Only the defaults of these differ.
			theirs.ServerConfig.KeepAlivesEnabled = ours.ServerConfig.KeepAlivesEnabled
			theirs.ServerConfig.ReadTimeout = ours.ServerConfig.ReadTimeout
			theirs.ServerConfig.ReadHeaderTimeout = ours.ServerConfig.ReadHeaderTimeout
			theirs.ServerConfig.WriteTimeout = ours.ServerConfig.WriteTimeout
			theirs.ServerConfig.IdleTimeout = ours.ServerConfig.IdleTimeout
			assert.Equal(t, theirs.ServerConfig, ours.ServerConfig)
		})
	}
}

func TestOptions(t *testing.T) {
	config := configured(t, map[string]any{"shared_spans": "defer", "on_invalid": "reject_batch", "parse_string_tags": true})
	o := config.options()
	assert.Equal(t, zipkin.DeferShared, o.SharedSpans)
	assert.Nil(t, o.Memory, "only split needs one")
	assert.True(t, o.RejectInvalid)
	assert.True(t, o.ParseStringTags)
	assert.NotNil(t, createDefaultConfig().(*Config).options().Memory)
}
