package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv/translate"
)

// validate checks what a type alone does not say.
func (d *decoder) validate(root *yaml.Node, c *Config, docs []*semconvlint.Doc) {
	if c.Target != "" {
		if err := translate.CheckTarget(c.Target); err != nil {
			d.fail(lookup(root, "target"), "target: %v", err)
		}
	}
	for id, rule := range c.Rules {
		doc := find(docs, id)
		if doc == nil {
			d.fail(keyAt(root, "rules", id), "rules: unknown rule %q", id)
			continue
		}
		for name, value := range rule.Options {
			fixed, err := Option(doc, name, value)
			if err != nil {
				d.fail(keyAt(root, "rules", id, "options", name), "rules.%s.options.%v", id, err)
				continue
			}
			rule.Options[name] = fixed
		}
	}
	for i, s := range c.Ignore {
		at := lookup(root, "ignore")
		if at.Kind == yaml.SequenceNode {
			at = at.Content[i]
		}
		switch {
		case s.Rule == "":
			d.fail(at, "ignore[%d]: no rule", i)
		case !slices.ContainsFunc(docs, func(doc *semconvlint.Doc) bool { return Match(s.Rule, doc.ID) }):
			d.fail(keyAt(at, "rule"), "ignore[%d].rule: unknown rule %q", i, s.Rule)
		}
		if strings.TrimSpace(s.Reason) == "" {
			d.fail(keyAt(at, "reason"), "ignore[%d]: no reason: say why this may stay as it is", i)
		}
	}
}

// Option checks a value of a rule's option, and gives it in the type of its default.
func Option(doc *semconvlint.Doc, name string, value any) (any, error) {
	i := slices.IndexFunc(doc.Options, func(o semconvlint.Option) bool { return o.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("%s: %s has no such option", name, doc.ID)
	}
	ok := false
	switch doc.Options[i].Default.(type) {
	case bool:
		_, ok = value.(bool)
	case int:
		_, ok = value.(int)
	case string:
		_, ok = value.(string)
	case float64:
		if n, whole := value.(int); whole {
			value = float64(n)
		}
		_, ok = value.(float64)
	case []string:
		value, ok = texts(value)
	}
	if !ok {
		return nil, fmt.Errorf("%s: not of the type of its default, %v", name, doc.Options[i].Default)
	}
	return value, nil
}

func texts(value any) ([]string, bool) {
	list, ok := value.([]any)
	var all []string
	for _, item := range list {
		s, isText := item.(string)
		ok = ok && isText
		all = append(all, s)
	}
	return all, ok
}

func find(docs []*semconvlint.Doc, id string) *semconvlint.Doc {
	for _, doc := range docs {
		if doc.ID == id {
			return doc
		}
	}
	return nil
}

// lookup is the value under a key; an empty node where there is none.
func lookup(n *yaml.Node, key string) *yaml.Node {
	if _, value := pair(n, key); value != nil {
		return value
	}
	return &yaml.Node{}
}

// keyAt is the last of a path of keys.
func keyAt(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys[:len(keys)-1] {
		n = lookup(n, key)
	}
	if key, _ := pair(n, keys[len(keys)-1]); key != nil {
		return key
	}
	return n
}

func pair(n *yaml.Node, key string) (k, v *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i], n.Content[i+1]
			}
		}
	}
	return nil, nil
}
