package main

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/featuregate"

	"github.com/koine-otel/koine/memory"
)

func getenv(m map[string]string) func(string) string { return func(k string) string { return m[k] } }

func TestExportIsMergedOnlyWhereAsked(t *testing.T) {
	assert.Equal(t, []string{"yaml:" + defaultConfig}, defaultURIs(getenv(nil)))
	assert.Equal(t, []string{"yaml:" + defaultConfig, "yaml:" + exportConfig},
		defaultURIs(getenv(map[string]string{exportVariable: "http://a:4317"})))
}

func TestEnvironmentLeavesWhatIsSet(t *testing.T) {
	b := memory.Budget{Limit: 1 << 30}
	env := environment(b, getenv(map[string]string{exportVariable: "http://a:4317", "KOINE_SAMPLER_TRACES": "7"}))
	assert.Equal(t, "true", env[insecureVariable])
	assert.NotContains(t, env, "KOINE_SAMPLER_TRACES")
	assert.Contains(t, env, "KOINE_MEMORY_LIMITER_MIB")

	env = environment(b, getenv(map[string]string{exportVariable: "https://a:4317"}))
	assert.Equal(t, "false", env[insecureVariable])
	env = environment(b, getenv(map[string]string{exportVariable: "http://a:4317", insecureVariable: "false"}))
	assert.NotContains(t, env, insecureVariable)
}

func TestReplacedGatesAreAcceptedOnce(t *testing.T) {
	acceptReplacedGates()
	acceptReplacedGates()
	for _, id := range replacedGates {
		assert.NoError(t, featuregate.GlobalRegistry().Set(id, false), id)
	}
}

func TestOneLine(t *testing.T) {
	assert.Equal(t, "a:  b c", oneLine(errors.New("a:\n\n b c\n")))
}

func TestGroup(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567"} {
		assert.Equal(t, want, group(n))
	}
}
