package main

import (
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"
)

type module struct {
	GoMod  string `yaml:"gomod"`
	Import string `yaml:"import"`
}

// importPath is where the module's factory is.
func (m module) importPath() string {
	if m.Import != "" {
		return m.Import
	}
	path, _, _ := strings.Cut(m.GoMod, " ")
	return path
}

type manifest struct {
	Dist       struct{ Version string }
	Receivers  []module
	Processors []module
	Connectors []module
	Exporters  []module
	Extensions []module
	Providers  []module
}

func readManifest(t *testing.T) manifest {
	t.Helper()
	data, err := os.ReadFile("../../builder-config.yaml")
	require.NoError(t, err)
	var m manifest
	require.NoError(t, yaml.Unmarshal(data, &m))
	return m
}

// TestManifestMatchesComponents: components.go has exactly the manifest's components.
func TestManifestMatchesComponents(t *testing.T) {
	m := readManifest(t)
	var want []string
	for _, modules := range [][]module{m.Receivers, m.Processors, m.Connectors, m.Exporters, m.Extensions} {
		for _, mod := range modules {
			want = append(want, mod.importPath())
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "components.go", nil, parser.ImportsOnly)
	require.NoError(t, err)
	var got []string
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		// The builder's own scaffolding is imported without a name or for telemetry.
		if spec.Name != nil && spec.Name.Name != "otelconftelemetry" {
			got = append(got, path)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	assert.Equal(t, want, got)

	// The versions that `koine components` shows are the manifest's.
	factories, err := components()
	require.NoError(t, err)
	versions := map[string]bool{}
	for _, modules := range []map[component.Type]string{
		factories.ReceiverModules, factories.ProcessorModules, factories.ConnectorModules, factories.ExporterModules, factories.ExtensionModules,
	} {
		for _, gomod := range modules {
			versions[gomod] = true
		}
	}
	for _, modules := range [][]module{m.Receivers, m.Processors, m.Connectors, m.Exporters, m.Extensions} {
		for _, mod := range modules {
			assert.Contains(t, versions, mod.GoMod)
		}
	}
}

func TestManifestMatchesMain(t *testing.T) {
	m := readManifest(t)
	assert.Equal(t, m.Dist.Version, version)

	set := settings()
	var want []string
	for _, mod := range m.Providers {
		want = append(want, mod.GoMod)
	}
	assert.ElementsMatch(t, want, slices.Collect(maps.Values(set.ProviderModules)))
	var schemes []string
	for _, f := range set.ConfigProviderSettings.ResolverSettings.ProviderFactories {
		schemes = append(schemes, f.Create(confmap.ProviderSettings{}).Scheme())
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(set.ProviderModules)), schemes)
}
