package translate

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// MetricRule is a metric of the target version and the older ones that became it.
type MetricRule struct {
	// To is the metric's name. Empty: the rule is only about the attributes of the
	// metrics in From, which keep their names.
	To string
	// Unit is the metric's unit; empty: as it is.
	Unit string
	From []MetricSource
	// Attributes are rules for the points of these metrics alone, before the rules for
	// all: labels such as `state` mean something in one metric only.
	Attributes []Rule
	// Since, Until and Was are as an attribute's rule has them; the unit is then the one
	// that the conventions had.
	Since, Until string
	Was          []Former

	line int
}

// MetricSource is an older metric.
type MetricSource struct {
	Name string
	// Unit is the unit on the wire for which this holds; empty: any. Names do not tell
	// it: http.server.duration was ms in practice and s in the conventions of 1.21.
	Unit string
	// Divide scales values: new = old / Divide. Dividing by 1000 keeps histogram bounds
	// exact, multiplying by 0.001 does not. 0 is 1.
	Divide float64
}

// UnmarshalYAML reads a metric rule.
func (r *MetricRule) UnmarshalYAML(node *yaml.Node) error {
	var raw struct {
		To         string         `yaml:"to"`
		Unit       string         `yaml:"unit"`
		From       []MetricSource `yaml:"from"`
		Attributes []Rule         `yaml:"attributes"`
		bounds     `yaml:",inline"`
	}
	if err := strictly(node, &raw, "to", "unit", "from", "attributes", "since", "until", "was"); err != nil {
		return err
	}
	*r = MetricRule{To: raw.To, Unit: raw.Unit, From: raw.From, Attributes: raw.Attributes, Since: raw.Since, Until: raw.Until, Was: raw.Was, line: node.Line}
	if err := raw.validate(); err != nil {
		return at(node, err)
	}
	switch {
	case len(r.From) == 0:
		return at(node, fmt.Errorf("metric %q: no source (from)", r.To))
	case r.To == "" && len(r.Attributes) == 0:
		return at(node, errors.New("a metric rule without a target (to) and without attributes"))
	}
	return nil
}

// UnmarshalYAML reads a source; a bare text is a name without conditions.
func (s *MetricSource) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*s = MetricSource{Name: node.Value}
		return nil
	}
	var raw struct {
		Name   string  `yaml:"name"`
		Unit   string  `yaml:"unit"`
		Divide float64 `yaml:"divide"`
	}
	if err := strictly(node, &raw, "name", "unit", "divide"); err != nil {
		return err
	}
	*s = MetricSource(raw)
	switch {
	case s.Name == "":
		return at(node, errors.New("a metric source without name"))
	case s.Divide < 0:
		return at(node, fmt.Errorf("%s: divide: %v is negative", s.Name, s.Divide))
	}
	return nil
}
