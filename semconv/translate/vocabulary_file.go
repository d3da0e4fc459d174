package translate

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/koine-otel/koine/semconv/internal/yamlsyntax"
)

// ParseVocabulary reads a vocabulary's YAML. The error joins all that is wrong, each with
// file and line.
func ParseVocabulary(name string, data []byte) (*Vocabulary, error) {
	var node yaml.Node
	if err := yaml.Unmarshal(data, &node); err != nil {
		line, text := yamlsyntax.Locate(data, err)
		return nil, fmt.Errorf("vocabulary %s:%d: %s", name, line, text)
	}
	v := &Vocabulary{}
	if len(node.Content) == 0 {
		return nil, fmt.Errorf("vocabulary %s: empty", name)
	}
	err := strictly(node.Content[0], v, "vocabulary", "attributes", "metrics", "spans", "events", "drop")
	if line := yamlsyntax.SecondDocument(data); line > 0 {
		err = joined(err, &yaml.TypeError{Errors: []string{fmt.Sprintf("%d: a second document: all rules stand in one", line)}})
	}
	if err := named(name, joined(err, v.conditions())); err != nil {
		return nil, err
	}
	for i := range v.Drop {
		v.Drop[i].As = "drop"
	}
	if v.Name == "" {
		return nil, fmt.Errorf("vocabulary %s:1: no name (vocabulary)", name)
	}
	return v, nil
}

// conditions refuses constants for everything there is.
func (v *Vocabulary) conditions() error {
	var err error
	for _, r := range v.Attributes {
		for _, from := range r.From {
			if len(from.Keys)+len(from.Has)+len(from.Any) == 0 {
				err = joined(err, at(&yaml.Node{Line: r.line}, fmt.Errorf("set %q: has or any must say when", from.Set)))
			}
		}
	}
	return err
}

// named makes errors of a file of what at and the YAML reader collected.
func named(name string, err error) error {
	var all *yaml.TypeError
	if !errors.As(err, &all) {
		return err
	}
	texts := slices.Clone(all.Errors)
	for i := range texts {
		texts[i] = yamlLine.ReplaceAllString(texts[i], "$1: ")
	}
	slices.SortStableFunc(texts, func(a, b string) int { return lineOf(a) - lineOf(b) })
	var errs []error
	for _, text := range texts {
		errs = append(errs, fmt.Errorf("vocabulary %s:%s", name, text))
	}
	return errors.Join(errs...)
}

// lineOf is the line that an error begins with.
func lineOf(text string) int {
	line, _, _ := strings.Cut(text, ":")
	n, _ := strconv.Atoi(line) // 0: none
	return n
}

// yamlLine is how the YAML reader begins an error of its own.
var yamlLine = regexp.MustCompile(`^line (\d+): `)

// at puts a node's line before errors that have none. It is of the one type that the YAML
// reader collects, with all others of the file, and does not stop at.
func at(node *yaml.Node, err error) error {
	var placed *yaml.TypeError
	var many interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &many):
		var all error
		for _, e := range many.Unwrap() {
			all = joined(all, at(node, e))
		}
		return all
	case errors.As(err, &placed):
		return placed
	}
	return &yaml.TypeError{Errors: []string{fmt.Sprintf("%d: %v", node.Line, err)}}
}

// joined puts together what at made.
func joined(errs ...error) error {
	var all []string
	for _, err := range errs {
		var e *yaml.TypeError
		if errors.As(err, &e) {
			all = append(all, e.Errors...)
		}
	}
	if all == nil {
		return nil
	}
	return &yaml.TypeError{Errors: all}
}

// strictly decodes a mapping and refuses keys that it does not know: a misspelt
// condition would otherwise be no condition.
func strictly(node *yaml.Node, into any, known ...string) error {
	if node.Kind != yaml.MappingNode {
		return at(node, errors.New("not a mapping"))
	}
	var unknown error
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; !slices.Contains(known, key.Value) {
			unknown = joined(unknown, at(key, fmt.Errorf("unknown key %q, want one of %s", key.Value, strings.Join(known, ", "))))
		}
	}
	return joined(unknown, at(node, node.Decode(into)))
}
