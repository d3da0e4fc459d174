package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
	"go.yaml.in/yaml/v3"
)

// TestOwnReadNothingRenamed: neither an embedded configuration nor an example has a component that
// looks for what semconv has renamed.
func TestOwnReadNothingRenamed(t *testing.T) {
	texts := []string{defaultConfig, exportConfig}
	examples, err := filepath.Glob("../../examples/*/koine*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, examples)
	for _, path := range examples {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		var tree map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &tree))
		warnings, err := renamed(confmap.NewFromStringMap(tree))
		require.NoError(t, err)
		assert.Empty(t, warnings)
	}
}

// TestValidateWarns: the command is the collector's own, with the warnings behind it.
func TestValidateWarns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	for name, c := range map[string]struct{ semconv, want string }{
		"replace":   {"{}", "Warning: processors.tail_sampling.policies[0].string_attribute.key: http.method is gone behind semconv in traces: write http.request.method\n"},
		"disabled":  {"{disable: [http.method]}", ""},
		"duplicate": {"{mode: duplicate}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, []byte(`
receivers: {otlp: {protocols: {grpc: {endpoint: "localhost:0"}}}}
processors:
  semconv: `+c.semconv+`
  tail_sampling:
    policies: [{name: a, type: string_attribute, string_attribute: {key: "${env:KOINE_TEST_KEY}", values: [GET]}}]
exporters: {debug: }
service: {pipelines: {traces: {receivers: [otlp], processors: [semconv, tail_sampling], exporters: [debug]}}}
`), 0o600))
			t.Setenv("KOINE_TEST_KEY", "http.method")
			set, r := settings(), &resolved{}
			set.ConfigProviderSettings.ResolverSettings.ConverterFactories = []confmap.ConverterFactory{r.factory()}
			command := otelcol.NewCommand(set)
			warnOfRenamed(command, r)
			command.SetArgs([]string{"validate", "--config=" + path})
			var out bytes.Buffer
			command.SetErr(&out)
			require.NoError(t, command.Execute())
			assert.Equal(t, c.want, out.String())
		})
	}
}
