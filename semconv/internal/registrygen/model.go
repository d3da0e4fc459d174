package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// attribute is one attribute's facts, as strings of the registry's own vocabulary.
type attribute struct {
	key, typ, stability, reason, renamedTo string
	members                                []member
}

type member struct{ id, value, stability, reason, renamedTo string }

// file is what both formats of a registry file have of attribute definitions:
// `groups` with attributes by `id` (the first), `attributes` by `key` (definition/2).
type file struct {
	Groups []struct {
		Attributes []definition `yaml:"attributes"`
	} `yaml:"groups"`
	Attributes []definition `yaml:"attributes"`
}

type definition struct {
	ID         string      `yaml:"id"`
	Key        string      `yaml:"key"`
	Type       yaml.Node   `yaml:"type"`
	Stability  string      `yaml:"stability"`
	Deprecated *deprecated `yaml:"deprecated"`
}

type deprecated struct {
	Reason    string `yaml:"reason"`
	RenamedTo string `yaml:"renamed_to"`
}

type enum struct {
	Members []struct {
		ID         string      `yaml:"id"`
		Value      yaml.Node   `yaml:"value"`
		Stability  string      `yaml:"stability"`
		Deprecated *deprecated `yaml:"deprecated"`
	} `yaml:"members"`
}

// importFolders reads every YAML file below the folders and returns the attributes
// by key in order.
func importFolders(folders []string) ([]attribute, error) {
	if len(folders) == 0 {
		return nil, errors.New("import: want at least one registry folder")
	}
	byKey := map[string]attribute{}
	for _, folder := range folders {
		found := map[string]attribute{}
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
				return err
			}
			return importFile(path, found)
		})
		if err != nil {
			return nil, fmt.Errorf("import %s: %w", folder, err)
		}
		for key, a := range found {
			if old, ok := byKey[key]; !ok || old.reason != "" {
				byKey[key] = a
			}
		}
	}
	keys := slices.Sorted(maps.Keys(byKey))
	attributes := make([]attribute, len(keys))
	for i, key := range keys {
		attributes[i] = byKey[key]
	}
	return attributes, nil
}

func importFile(path string, found map[string]attribute) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var f file
	if err := yaml.Unmarshal(data, &f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	definitions := f.Attributes
	for _, group := range f.Groups {
		definitions = append(definitions, group.Attributes...)
	}
	for _, d := range definitions {
		key := d.ID + d.Key
		if key == "" || d.Type.IsZero() {
			continue // a reference to an attribute that is defined elsewhere
		}
		a, err := d.attribute(key)
		if err != nil {
			return fmt.Errorf("%s:%d: %s: %w", path, d.Type.Line, key, err)
		}
		if _, twice := found[key]; twice {
			return fmt.Errorf("%s:%d: %s is defined twice", path, d.Type.Line, key)
		}
		found[key] = a
	}
	return nil
}

func (d definition) attribute(key string) (attribute, error) {
	a := attribute{key: key, stability: d.Stability}
	a.reason, a.renamedTo = d.Deprecated.facts()
	if d.Type.Kind == yaml.ScalarNode {
		a.typ = d.Type.Value
		return a, nil
	}
	var e enum
	if err := d.Type.Decode(&e); err != nil {
		return a, err
	}
	a.typ = "enum:string"
	for _, m := range e.Members {
		if m.Value.Tag == "!!int" {
			a.typ = "enum:int"
		}
		reason, to := m.Deprecated.facts()
		a.members = append(a.members, member{m.ID, m.Value.Value, m.Stability, reason, to})
	}
	if len(a.members) == 0 {
		return a, fmt.Errorf("unknown type %q", strings.TrimSpace(d.Type.Value))
	}
	return a, nil
}

func (d *deprecated) facts() (reason, renamedTo string) {
	if d == nil {
		return "", ""
	}
	return d.Reason, d.RenamedTo
}
