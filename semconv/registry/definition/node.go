package definition

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/koine-otel/koine/semconv/internal/yamlsyntax"
)

// file is one YAML file of a registry while it is read. Nodes are walked by hand, not
// decoded: that keeps the line of everything, and aliases are followed only where
// something is looked for, each one counted.
type file struct {
	name     string
	problems *Problems
	items    *int // what is left of maxItems
}

// parse reads a file's document; nil for an empty one.
func (f *file) parse(data []byte) *yaml.Node {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		line, text := yamlsyntax.Locate(data, err)
		f.problems.Add(Position{File: f.name, Line: line}, "%w", errors.New(text))
		return nil
	}
	if line := yamlsyntax.SecondDocument(data); line > 0 {
		f.problems.Add(Position{File: f.name, Line: line}, "a second document: a file has one")
	}
	if len(document.Content) == 0 {
		return nil
	}
	return resolved(document.Content[0])
}

func (f *file) at(n *yaml.Node) Position {
	if n == nil {
		return Position{File: f.name}
	}
	return Position{File: f.name, Line: n.Line}
}

// resolved is the node that an alias stands for.
func resolved(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// get is the value under a key of a mapping, also one that a merge key brings; nil
// where there is none.
func get(n *yaml.Node, key string) *yaml.Node { return getMerged(n, key, 0) }

func getMerged(n *yaml.Node, key string, depth int) *yaml.Node {
	n = resolved(n)
	if n == nil || n.Kind != yaml.MappingNode || depth == maxChain {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return resolved(n.Content[i+1])
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag == "!!merge" {
			return getMerged(n.Content[i+1], key, depth+1)
		}
	}
	return nil
}

// only refuses keys of a mapping that are none of the format's: what stands under a
// misspelt one would be missing without a word.
func (f *file) only(n *yaml.Node, known map[string]bool) {
	n = resolved(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; !known[k.Value] && k.Tag != "!!merge" {
			f.problems.Add(f.at(k), "unknown key %q", k.Value)
		}
	}
}

// text is the scalar under a key, empty where there is none.
func (f *file) text(n *yaml.Node, key string) string {
	v := get(n, key)
	if v == nil || v.Tag == "!!null" {
		return ""
	}
	if v.Kind != yaml.ScalarNode {
		f.problems.Add(f.at(v), "%s: want a text", key)
		return ""
	}
	return v.Value
}

// list are the elements under a key, none where there is no such key.
func (f *file) list(n *yaml.Node, key string) []*yaml.Node {
	v := get(n, key)
	if v == nil || v.Tag == "!!null" {
		return nil
	}
	if v.Kind != yaml.SequenceNode {
		f.problems.Add(f.at(v), "%s: want a list", key)
		return nil
	}
	if *f.items -= len(v.Content); *f.items < 0 {
		f.problems.Add(f.at(v), "%s: more than %d items in the registry", key, maxItems)
		*f.items = 0
		return nil
	}
	return v.Content
}

// word is the text under a key if it is one of a vocabulary, or its default.
func (f *file) word(n *yaml.Node, key, owner, otherwise string, vocabulary map[string]bool) string {
	w := f.text(n, key)
	switch {
	case w == "":
		return otherwise
	case !vocabulary[w]:
		f.problems.Add(f.at(get(n, key)), "%s: unknown %s %q", owner, strings.ReplaceAll(key, "_", " "), w)
		return otherwise
	}
	return w
}

func words(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}
