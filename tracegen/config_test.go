package tracegen

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDefaultsAreValid(t *testing.T) {
	cfg := DefaultConfig()
	require.NoError(t, cfg.Validate())
}

func TestValidateNamesEachMistake(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"spans 3: not within 4 and 1000":        func(c *Config) { c.Spans = 3 },
		"faults 1.5: not within 0 and 1":        func(c *Config) { c.Faults = 1.5 },
		"errors NaN: not within 0 and 1":        func(c *Config) { c.Errors = math.NaN() },
		"together more than 1":                  func(c *Config) { c.Faults, c.Errors = 0.6, 0.6 },
		"on path 2: not within 0 and 1":         func(c *Config) { c.OnPath = 2 },
		"short -1: not within 0 and 1":          func(c *Config) { c.Short = -1 },
		"off path NaN: not within 0 and 1":      func(c *Config) { c.OffPath = math.NaN() },
		"off path 0.5: together more than 1":    func(c *Config) { c.OnPath, c.OffPath = 0.5, 0.5 },
		"missing 3: not within 0 and 1":         func(c *Config) { c.Missing = 3 },
		"late 3: not within 0 and 1":            func(c *Config) { c.Late = 3 },
		"drift -1: not within 0 and 100":        func(c *Config) { c.Drift = -1 },
		"skew -1ns: not within 0s and 1h":       func(c *Config) { c.Skew = -1 },
		"protocol unknown(9)":                   func(c *Config) { c.Protocol = 9 },
		"convention brave: not one that every":  func(c *Config) { c.Convention = Brave },
		"rate -1: not within 0 and 1e6":         func(c *Config) { c.Rate = -1 },
		"duration -1s: negative":                func(c *Config) { c.Duration = -time.Second },
		"traces -1: negative":                   func(c *Config) { c.Traces = -1 },
		"batch interval 2s: not within 0s and":  func(c *Config) { c.BatchInterval = 2 * time.Second },
		"batch spans 0: not within 1 and 10000": func(c *Config) { c.BatchSpans = 0 },
		"in flight 300: not within 1 and 256":   func(c *Config) { c.InFlight = 300 },
		"queue 0: not within 1 and 4096":        func(c *Config) { c.Queue = 0 },
		"attempts 21: not within 1 and 20":      func(c *Config) { c.Attempts = 21 },
		"timeout 0s: not positive":              func(c *Config) { c.Timeout = 0 },
		"drain 0s: not positive":                func(c *Config) { c.Drain = 0 },
	} {
		cfg := DefaultConfig()
		change(&cfg)
		assert.ErrorContains(t, cfg.Validate(), want)
	}
	_, err := Run(t.Context(), Config{}, Targets{}, nil)
	assert.ErrorContains(t, err, "tracegen: spans 0")
}

func TestNamesRoundTrip(t *testing.T) {
	for p := NativeProtocol; p <= OTLPHTTP; p++ {
		var back Protocol
		require.NoError(t, back.UnmarshalText([]byte(p.String())))
		assert.Equal(t, p, back)
	}
	for c := NativeConvention; c <= V144; c++ {
		var back Convention
		require.NoError(t, back.UnmarshalText([]byte(c.String())))
		assert.Equal(t, c, back)
	}
	var p Protocol
	assert.EqualError(t, p.UnmarshalText([]byte("thrift")),
		`unknown protocol "thrift" (one of native, zipkin-json, zipkin-proto, otlp-grpc, otlp-http)`)
}
