package resourcedetectionprocessor

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
)

func TestConfigFile(t *testing.T) {
	tests := []struct {
		id   string
		want func(*Config)
	}{
		{"resource_detection", func(*Config) {}},
		{"resource_detection/all", func(c *Config) {
			c.Detectors = []string{"env", "system", "container"}
			c.Override = false
			c.Timeout = 2 * time.Second
			c.RefreshInterval = time.Minute
			c.System.HostnameSources = []string{"lookup", "cname", "dns", "os"}
			c.System.ResourceAttributes.HostName.Enabled = false
			c.System.ResourceAttributes.HostID.Enabled = true
			c.Container.ResourceAttributes.ContainerID.Enabled = false
		}},
		{"resource_detection/contrib", func(c *Config) {
			c.Detectors = []string{" env", "system "}
			c.Override = false
			c.Timeout = 2 * time.Second
			c.System.HostnameSources = []string{}
			c.ignored = []string{"ec2", "fail_on_missing_metadata", "tls"}
		}},
	}
	file, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	for _, tt := range tests {
		t.Run(tt.id, func(t *testing.T) {
			conf, err := file.Sub(tt.id)
			require.NoError(t, err)
			cfg := createDefaultConfig().(*Config)
			require.NoError(t, conf.Unmarshal(cfg))
			require.NoError(t, confmap.Validate(cfg))

			want := createDefaultConfig().(*Config)
			tt.want(want)
			// Written back, because the generated sections note which keys were set.
			got, expected := confmap.New(), confmap.New()
			require.NoError(t, got.Marshal(cfg))
			require.NoError(t, expected.Marshal(want))
			assert.Equal(t, expected.ToStringMap(), got.ToStringMap())
			assert.Equal(t, want.ignored, cfg.ignored)
		})
	}
}

func TestConfigRefused(t *testing.T) {
	tests := []struct {
		name string
		conf map[string]any
		want []string
	}{
		{"contrib's detector", map[string]any{"detectors": []any{"env", "ec2"}, "ec2": map[string]any{"tags": []any{"a"}}}, []string{
			`detectors: "ec2" is not in this distribution; available are env, system, container; the full builder manifest (examples/builder-full.yaml) has contrib's processor with all detectors`,
		}},
		{"unknown detector", map[string]any{"detectors": []any{"sytem"}}, []string{`detectors: "sytem" is unknown; available are env, system, container`}},
		{"no detector", map[string]any{"detectors": []any{}}, []string{`detectors: none given; available are env, system, container`}},
		{"unknown hostname source", map[string]any{"system": map[string]any{"hostname_sources": []any{"os", "nis"}}}, []string{`hostname_sources: "nis" is unknown; available are dns, os, cname, lookup`}},
		{"unknown attribute", map[string]any{"system": map[string]any{"resource_attributes": map[string]any{"host.size": map[string]any{"enabled": true}}}}, []string{`has invalid keys: host.size`}},
		{"unknown key", map[string]any{"detector": []any{"env"}}, []string{`has invalid keys: detector`}},
		{"all at once", map[string]any{"detectors": []any{"gcp", "foo"}, "timeout": "0s", "refresh_interval": "-1s"}, []string{
			`detectors: "gcp" is not in this distribution`,
			`detectors: "foo" is unknown`,
			`timeout: must be positive, is 0s`,
			`refresh_interval: must not be negative, is -1s (0 turns it off)`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			err := confmap.NewFromStringMap(tt.conf).Unmarshal(cfg)
			if err == nil {
				err = confmap.Validate(cfg)
			}
			require.Error(t, err)
			for _, want := range tt.want {
				assert.ErrorContains(t, err, want)
			}
		})
	}
}

// Every detector of contrib's, listed, gets the message that names it, whatever its
// section holds.
func TestConfigNamesContribDetectors(t *testing.T) {
	for _, name := range contribDetectors {
		cfg := createDefaultConfig().(*Config)
		conf := map[string]any{"detectors": []any{name}, name: map[string]any{"resource_attributes": map[string]any{}}}
		require.NoError(t, confmap.NewFromStringMap(conf).Unmarshal(cfg))
		assert.ErrorContains(t, confmap.Validate(cfg), "examples/builder-full.yaml")
	}
}
