package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestValidateNamesFileAndLine: what is wrong with a company's registry, in either of its
// formats, or with a vocabulary stops `koine validate`, which says where it stands. All
// mistakes are said at once.
func TestValidateNamesFileAndLine(t *testing.T) {
	const (
		first = "groups:\n  - id: registry.acme\n    type: attribute_group\n    brief: Acme\n    attributes:\n" +
			"      - {id: acme.tier, type: %s, brief: Tier, stability: stable}\n"
		second = "file_format: definition/2\nmetrics:\n  - {name: acme.count, brief: Count, instrument: %s, unit: \"1\", stability: stable}\n"
		rules  = "vocabulary: acme\nattributes:\n  - to: %s\n    from: [tier]\n"
	)
	for name, c := range map[string]struct {
		registry, vocabulary string
		want                 []string // after the file's name
	}{
		"nothing":     {fmt.Sprintf(first, "string"), fmt.Sprintf(rules, "user.id"), nil},
		"format 1":    {fmt.Sprintf(first, "strnig"), fmt.Sprintf(rules, "user.id"), []string{`registry.yaml:6: acme.tier: unknown type "strnig"`}},
		"format 2":    {fmt.Sprintf(second, "countr"), fmt.Sprintf(rules, "user.id"), []string{`registry.yaml:3: metric.acme.count: unknown instrument "countr"`}},
		"vocabulary":  {fmt.Sprintf(second, "counter"), fmt.Sprintf(rules, "acme.nowhere"), []string{`vocabulary.yaml:3: target "acme.nowhere" is no attribute of `}},
		"both":        {fmt.Sprintf(first, "strnig"), fmt.Sprintf(rules, "acme.nowhere"), []string{"registry.yaml:6: ", "vocabulary.yaml:3: "}},
		"no YAML":     {"groups: [\n", "vocabulary: acme\nattributes: [\n", []string{"registry.yaml:1: ", "vocabulary.yaml:2: "}},
		"a condition": {fmt.Sprintf(first, "string"), fmt.Sprintf(rules, "user.id") + "    whne: [x]\n", []string{`vocabulary.yaml:5: unknown key "whne"`}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			folder := filepath.Join(dir, "model")
			require.NoError(t, os.Mkdir(folder, 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(folder, "registry.yaml"), []byte(c.registry), 0o600))
			vocabulary := filepath.Join(dir, "vocabulary.yaml")
			require.NoError(t, os.WriteFile(vocabulary, []byte(c.vocabulary), 0o600))
			out, code := koine(t, nil, "validate", "--set=processors::semconv::registries=["+folder+"]", "--set=processors::semconv::dialects::files=["+vocabulary+"]")
			if c.want == nil {
				assert.Zero(t, code, out)
				return
			}
			assert.Equal(t, 1, code, out)
			for _, want := range c.want {
				assert.Contains(t, out, string(filepath.Separator)+want)
			}
		})
	}
}
