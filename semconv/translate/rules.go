package translate

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/koine-otel/koine/semconv/registry"
)

//go:embed rules/*.yaml
var ruleFiles embed.FS

// rule is a target and, in the order of preference, where its value may come from.
type rule struct {
	To   string   `yaml:"to"`
	From []source `yaml:"from"`
}

// source is one older or foreign attribute.
type source struct {
	Key string `yaml:"key"`
	// Kind limits the source to spans of these kinds; empty: anywhere.
	Kind []string `yaml:"kind"`
	// As names a conversion; empty: the value as it is, cast to the target's type.
	As string `yaml:"as"`
	// Values maps values before the cast; one that is not listed stays.
	Values map[string]string `yaml:"values"`
}

// UnmarshalYAML accepts a bare key for a source without conditions.
func (s *source) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		s.Key = node.Value
		return nil
	}
	type plain source
	return node.Decode((*plain)(s))
}

// Default is the table of the embedded rules and of the registry's own one to one
// renames.
var Default = sync.OnceValue(func() *Table {
	names, err := fs.Glob(ruleFiles, "rules/*.yaml")
	if err != nil {
		panic(err)
	}
	var rules []rule
	for _, name := range names {
		data, err := ruleFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		parsed, err := parseRules(path.Base(name), data)
		if err != nil {
			panic(err) // a test reads the embedded files
		}
		rules = append(rules, parsed...)
	}
	return compile(append(rules, registryRenames(rules)...))
})

// parseRules reads one rule file; errors name file and line.
func parseRules(name string, data []byte) ([]rule, error) {
	var nodes []yaml.Node
	if err := yaml.Unmarshal(data, &nodes); err != nil {
		return nil, fmt.Errorf("translate: %s: %w", name, err)
	}
	rules := make([]rule, len(nodes))
	for i := range nodes {
		if err := nodes[i].Decode(&rules[i]); err != nil {
			return nil, fmt.Errorf("translate: %s:%d: %w", name, nodes[i].Line, err)
		}
		if err := rules[i].validate(); err != nil {
			return nil, fmt.Errorf("translate: %s:%d: %w", name, nodes[i].Line, err)
		}
	}
	return rules, nil
}

func (r rule) validate() error {
	if a := registry.Lookup(r.To); a == nil || a.Deprecation != registry.Live {
		return fmt.Errorf("target %q is no attribute of %s", r.To, registry.Version)
	}
	for _, s := range r.From {
		if s.As != "" && conversions[s.As] == nil {
			return fmt.Errorf("%s: unknown conversion %q", s.Key, s.As)
		}
		for _, kind := range s.Kind {
			if _, ok := placesByName[kind]; !ok {
				return fmt.Errorf("%s: unknown span kind %q", s.Key, kind)
			}
		}
	}
	return nil
}

// notRenamedAlone are names that the registry calls renamed and that may not be
// renamed wherever they stand: labels of one metric each (anything may be called
// "state"), a name whose target is usually there already, and fields of the
// instrumentation scope.
var notRenamedAlone = map[string]bool{
	"state": true, "pool.name": true, "tls.client.server_name": true,
	"otel.library.name": true, "otel.library.version": true,
}

// registryRenames are the registry's one to one renames, followed to the live name,
// of keys that no rule mentions.
func registryRenames(rules []rule) []rule {
	mentioned := map[string]bool{}
	for _, r := range rules {
		for _, s := range r.From {
			mentioned[s.Key] = true
		}
	}
	var renames []rule
	for _, a := range registry.Attributes() {
		if a.Deprecation != registry.Renamed || a.Type&registry.Template != 0 || mentioned[a.Key] || notRenamedAlone[a.Key] {
			continue
		}
		target := &a
		for target.Deprecation == registry.Renamed {
			target = registry.Lookup(target.RenamedTo)
		}
		if target.Deprecation == registry.Live {
			renames = append(renames, rule{To: target.Key, From: []source{{Key: a.Key}}})
		}
	}
	return renames
}
