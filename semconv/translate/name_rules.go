package translate

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// SpanRule is a form of spans' names that earlier conventions or another vocabulary had. It
// has a Prefix, or says with Was and To what the attributes of the span make of its name.
type SpanRule struct {
	// Was and To are text with attributes in braces, by the names of the target:
	// "{http.route}" was what "{http.request.method} {http.route}" is. A name that the span's
	// attributes do not make of Was is its own.
	Was, To Form
	// Since is the first target for which Was is old.
	Since string
	// Prefix is what such a name begins with, As the conversion that makes the new name of
	// the rest. A name that it cannot convert is another's.
	Prefix, As string
	// Append is an attribute whose text, where it is there, follows the new name.
	Append string
	// Kind is what the name says of a span without a kind; empty: nothing.
	Kind string
	// Attributes are what the name says besides, for spans that have not said it. Their
	// sources set a constant or read the rest of the name with As.
	Attributes []Rule

	places Place
}

// EventRule is an event's name and those of before.
type EventRule struct {
	To   string
	From []string
	// Since and Until are as an attribute's rule has them.
	Since, Until string
}

// UnmarshalYAML reads a rule.
func (r *SpanRule) UnmarshalYAML(node *yaml.Node) error {
	var raw struct {
		Was        Form     `yaml:"was"`
		To         Form     `yaml:"to"`
		Since      string   `yaml:"since"`
		Prefix     string   `yaml:"prefix"`
		As         string   `yaml:"as"`
		Append     string   `yaml:"append"`
		Kind       string   `yaml:"kind"`
		On         []string `yaml:"on"`
		Attributes []Rule   `yaml:"attributes"`
	}
	if err := strictly(node, &raw, "was", "to", "since", "prefix", "as", "append", "kind", "on", "attributes"); err != nil {
		return err
	}
	places, err := placesOf(raw.On)
	*r = SpanRule{raw.Was, raw.To, raw.Since, raw.Prefix, raw.As, raw.Append, raw.Kind, raw.Attributes, places & span}
	switch {
	case err != nil:
		return at(node, err)
	case len(r.Was) > 0 || len(r.To) > 0:
		return at(node, r.validateForms())
	case r.Prefix == "":
		return at(node, errors.New("a span's name without prefix: every name would be one"))
	case conversions[r.As] == nil:
		return at(node, fmt.Errorf("%s: unknown conversion %q", r.Prefix, r.As))
	case r.Kind != "" && placesByName[r.Kind]&span == 0:
		return at(node, fmt.Errorf("%s: unknown kind %q", r.Prefix, r.Kind))
	}
	return nil
}

func (r *SpanRule) validateForms() error {
	switch {
	case len(r.Was) == 0 || len(r.To) == 0:
		return errors.New("a span's name with was needs to, and with to was")
	case r.Prefix != "" || r.As != "" || r.Append != "" || r.Kind != "" || len(r.Attributes) > 0:
		return fmt.Errorf("%s: was and to stand alone, with on and since", r.Was)
	case !r.Was.named():
		return fmt.Errorf("%s: no attribute in was: every span of this name would be one", r.Was)
	}
	return (&bounds{Since: r.Since}).validate()
}

// UnmarshalYAML reads a rule.
func (r *EventRule) UnmarshalYAML(node *yaml.Node) error {
	var raw struct {
		To    string   `yaml:"to"`
		From  []string `yaml:"from"`
		Since string   `yaml:"since"`
		Until string   `yaml:"until"`
	}
	if err := strictly(node, &raw, "to", "from", "since", "until"); err != nil {
		return err
	}
	*r = EventRule(raw)
	if r.To == "" || len(r.From) == 0 {
		return at(node, errors.New("an event without a target (to) and a source (from)"))
	}
	return at(node, (&bounds{Since: r.Since, Until: r.Until}).validate())
}
