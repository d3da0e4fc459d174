package main

import (
	"errors"
	"strings"
	"testing"

	// Registers its gates.
	_ "github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor"
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
	env := environment(b, getenv(map[string]string{exportVariable: "http://a:4317", "KOINE_MAX_REQUEST_MIB": "7"}))
	assert.Equal(t, "true", env[insecureVariable])
	assert.NotContains(t, env, "KOINE_MAX_REQUEST_MIB")
	assert.Contains(t, env, "KOINE_MEMORY_LIMITER_MIB")

	env = environment(b, getenv(map[string]string{exportVariable: "https://a:4317"}))
	assert.Equal(t, "false", env[insecureVariable])
	env = environment(b, getenv(map[string]string{exportVariable: "http://a:4317", insecureVariable: "false"}))
	assert.NotContains(t, env, insecureVariable)
}

// TestReplacedGates: the list has exactly the gates of the contrib components whose
// types ours take over, which register their own where they are linked.
func TestReplacedGates(t *testing.T) {
	var contrib []string
	featuregate.GlobalRegistry().VisitAll(func(g *featuregate.Gate) {
		if strings.HasPrefix(g.ID(), "processor.tailsamplingprocessor.") || strings.HasPrefix(g.ID(), "pkg.translator.zipkin.") {
			contrib = append(contrib, g.ID())
		}
	})
	// Registered by earlier versions; command lines still have it.
	contrib = append(contrib, "processor.tailsamplingprocessor.disableinvertdecisions")
	assert.ElementsMatch(t, contrib, replacedGates)

	acceptReplacedGates()
	acceptReplacedGates() // a gate that is registered already is no error
	for _, id := range replacedGates {
		assert.NoError(t, featuregate.GlobalRegistry().Set(id, false), id)
	}
}

func TestSetAloneKeepsTheDefault(t *testing.T) {
	for args, want := range map[string]int{
		"validate":                                  0,
		"--set=a::b=1 validate":                     1,
		"validate --set a::b=1":                     1,
		"--set=a::b=1 --config x.yaml":              0,
		"--set=a::b=1 --config=x.yaml print-config": 0,
	} {
		got := 0
		for _, arg := range withDefaultConfig(strings.Fields(args)) {
			if arg == "yaml:"+defaultConfig {
				got++
			}
		}
		assert.Equal(t, want, got, args)
	}
}

func TestEnvironmentReadsAddressesAndSchemes(t *testing.T) {
	b := memory.Budget{Limit: 1 << 30}
	env := environment(b, getenv(map[string]string{exportVariable: "HTTP://a:4317", hostVariable: "::1"}))
	assert.Equal(t, "true", env[insecureVariable])
	assert.Equal(t, "[::1]", env[hostVariable])
	assert.NotContains(t, environment(b, getenv(map[string]string{hostVariable: "[::1]"})), hostVariable)
	assert.NotContains(t, environment(b, getenv(map[string]string{hostVariable: "0.0.0.0"})), hostVariable)
	assert.Equal(t, "localhost", environment(b, getenv(map[string]string{hostVariable: ""}))[hostVariable], "empty is not set")
}

func TestOneLine(t *testing.T) {
	assert.Equal(t, "a:;  b c", oneLine(errors.New("a:\n\n b c\n")))
}

func TestGroup(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567"} {
		assert.Equal(t, want, group(n))
	}
}
