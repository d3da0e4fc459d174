package translate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/koine-otel/koine/semconv/registry"
)

// Vocabulary is a named set of rules, as a YAML file holds it: an earlier state of the
// conventions or a foreign way to say the same.
type Vocabulary struct {
	// Name is the vocabulary's, by which a configuration can turn it off.
	Name       string `yaml:"vocabulary"`
	Attributes []Rule `yaml:"attributes"`
	// Spans and Events are names of spans and events.
	Spans  []SpanRule  `yaml:"spans"`
	Events []EventRule `yaml:"events"`
	// Drop are attributes that say nothing, or nothing that is not said better elsewhere.
	Drop    []Source     `yaml:"drop"`
	Metrics []MetricRule `yaml:"metrics"`
}

// Rule is a target and, in the order of preference, where its value may come from.
type Rule struct {
	// To is the target: an attribute of the conventions, a template's prefix with .*,
	// or a field (@status.code).
	To string
	// Own allows a target that is no attribute of the conventions, for what a
	// vocabulary keeps under a name of its own.
	Own  bool
	From []Source
	// Since and Until bound the versions that the rule is for: from the one, before the
	// other. With Until the target may be a name that was retired since.
	Since, Until string
	// Was is what the target was called in earlier versions, where the registry's own
	// renames do not tell.
	Was []Former

	places Place
	line   int
}

// Source is one place that a target's value may come from.
type Source struct {
	// Keys are the attributes that it reads: one, or several for a join. None where Set
	// is given.
	Keys []string
	// Join puts several together: the text between them, or "language" for the
	// separator of the service's programming language.
	Join string
	// As names a conversion; empty: the value as it is, cast to the target's type.
	As string
	// Values maps values before the conversion; one that is not listed stays.
	Values map[string]string
	// Set is the value itself, where attributes that are asked for in Has say it by
	// being there.
	Set string
	// Has and Lacks are attributes that must be there, or must not; of Any one must.
	Has, Lacks, Any []string
	// Equals are attributes and the text that they must have.
	Equals map[string]string
	// Scope is what the instrumentation scope's name must begin with.
	Scope string
	// Keep leaves the source's attributes where they are.
	Keep bool
	// Override gives the source precedence over the target's own value.
	Override bool
	// Since, Until and Was are as a rule's, for this source.
	Since, Until string
	Was          []Former

	places Place
	then   *Former // what the value becomes further, at an older target
}

// UnmarshalYAML reads a rule.
func (r *Rule) UnmarshalYAML(node *yaml.Node) error {
	var raw struct {
		To     string   `yaml:"to"`
		Own    bool     `yaml:"own"`
		On     []string `yaml:"on"`
		From   []Source `yaml:"from"`
		bounds `yaml:",inline"`
	}
	if err := strictly(node, &raw, "to", "own", "on", "from", "since", "until", "was"); err != nil {
		return err
	}
	places, err := placesOf(raw.On)
	if err != nil {
		return at(node, err)
	}
	*r = Rule{
		To: raw.To, Own: raw.Own, From: raw.From, Since: raw.Since, Until: raw.Until, Was: raw.Was,
		places: places, line: node.Line,
	}
	if len(r.From) == 0 {
		err = fmt.Errorf("target %q: no source (from)", r.To)
	}
	return at(node, errors.Join(raw.validate(), r.validate(), err))
}

// UnmarshalYAML reads a source; a bare text is a key without conditions.
func (s *Source) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*s = Source{Keys: []string{node.Value}, places: anywhere}
		return nil
	}
	var raw struct {
		Key      string            `yaml:"key"`
		Keys     []string          `yaml:"keys"`
		On       []string          `yaml:"on"`
		Join     string            `yaml:"join"`
		As       string            `yaml:"as"`
		Values   map[string]string `yaml:"values"`
		Set      string            `yaml:"set"`
		Has      []string          `yaml:"has"`
		Lacks    []string          `yaml:"lacks"`
		Any      []string          `yaml:"any"`
		Equals   map[string]string `yaml:"equals"`
		Scope    string            `yaml:"scope"`
		Keep     bool              `yaml:"keep"`
		Override bool              `yaml:"override"`
		bounds   `yaml:",inline"`
	}
	if err := strictly(node, &raw, "key", "keys", "on", "join", "as", "values", "set", "has", "lacks", "any", "equals", "scope", "keep", "override", "since", "until", "was"); err != nil {
		return err
	}
	if raw.Key != "" {
		raw.Keys = append(raw.Keys, raw.Key)
	}
	places, err := placesOf(raw.On)
	if err != nil {
		return at(node, err)
	}
	*s = Source{
		Keys: raw.Keys, Join: raw.Join, As: raw.As, Values: raw.Values, Set: raw.Set, Has: raw.Has, Lacks: raw.Lacks,
		Any: raw.Any, Equals: raw.Equals, Scope: raw.Scope, Keep: raw.Keep, Override: raw.Override, Since: raw.Since, Until: raw.Until, Was: raw.Was,
		places: places,
	}
	return at(node, errors.Join(raw.validate(), s.validate()))
}

func (r *Rule) validate() error {
	if field, ok := fieldsByName[r.To]; ok {
		return r.validateConstants(registry.String, field)
	}
	if strings.HasPrefix(r.To, "@") {
		return fmt.Errorf("unknown field %q", r.To)
	}
	prefix, template := strings.CutSuffix(r.To, ".*")
	a := registry.Lookup(prefix)
	if r.Until != "" && a != nil {
		return nil // one of those versions'
	}
	if a == nil && !template {
		// One key of a template: http.request.header.referer.
		if a = registry.Resolve(prefix); a != nil && a.Type&registry.Template != 0 && a.Deprecation == registry.Live {
			return r.validateConstants(a.Type, NoField)
		}
	}
	switch {
	case r.To == "":
		return errors.New("a rule without a target (to)")
	case r.Own:
		return nil
	case a == nil || a.Deprecation != registry.Live:
		return fmt.Errorf("target %q is no attribute of %s", r.To, registry.Version)
	case template != (a.Type&registry.Template != 0):
		return fmt.Errorf("target %q: a template ends in .*, and nothing else does", r.To)
	}
	return r.validateConstants(a.Type, NoField)
}

// validateConstants refuses values that the target cannot have: the rule would never do
// anything.
func (r *Rule) validateConstants(t registry.Type, field Field) error {
	for _, s := range r.From {
		if s.As != "" {
			continue // that makes another of it
		}
		for _, text := range append(slices.Sorted(maps.Values(s.Values)), s.Set) {
			v, ok := StringValue(text).Cast(t)
			if text != "" && (!ok || !field.takes(v)) {
				return fmt.Errorf("target %q: %q is no value of it", r.To, text)
			}
		}
	}
	return nil
}

func (s *Source) validate() error {
	name := strings.Join(s.Keys, " + ")
	switch {
	case s.As != "" && conversions[s.As] == nil:
		return fmt.Errorf("%s: unknown conversion %q", name, s.As)
	case len(s.Keys) == 0 && s.Set == "":
		return errors.New("a source without key, keys or set")
	case len(s.Keys) > 1 && s.Join == "":
		return fmt.Errorf("%s: join must say what stands between them", name)
	case len(s.Keys) > maxJoined:
		return fmt.Errorf("%s: more than %d keys", name, maxJoined)
	}
	return nil
}

// maxJoined bounds a join, so that running one needs no memory of its own.
const maxJoined = 4
