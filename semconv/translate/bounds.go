package translate

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// bounds are the versions that a rule or a source is for, and the names of before.
type bounds struct {
	Since string   `yaml:"since"`
	Until string   `yaml:"until"`
	Was   []Former `yaml:"was"`
}

func (b *bounds) validate() error {
	for _, version := range [...]string{b.Since, b.Until} {
		if _, ok := parseVersion(version); version != "" && !ok {
			return fmt.Errorf("%q is no version such as 1.26.0", version)
		}
	}
	return nil
}

// UnmarshalYAML reads a name of before; a bare text is a key whose values were the same.
func (f *Former) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*f = Former{Key: node.Value}
		return nil
	}
	var raw struct {
		Key    string            `yaml:"key"`
		Values map[string]string `yaml:"values"`
		As     string            `yaml:"as"`
	}
	if err := strictly(node, &raw, "key", "values", "as"); err != nil {
		return err
	}
	*f = Former(raw)
	switch {
	case f.Key == "":
		return at(node, errors.New("a former name (was) without key"))
	case f.As != "" && conversions[f.As] == nil:
		return at(node, fmt.Errorf("%s: unknown conversion %q", f.Key, f.As))
	}
	return nil
}
