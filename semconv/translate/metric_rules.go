package translate

import (
	"errors"
	"fmt"
	"math"

	"go.yaml.in/yaml/v3"

	"github.com/koine-otel/koine/semconv/registry"
)

// MetricRule is a metric of the target version and the older ones that became it.
type MetricRule struct {
	// To is the metric's name. Empty: the rule is only about the attributes of the
	// metrics in From, which keep their names.
	To string
	// Own allows a target that is no metric of the conventions.
	Own bool
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
		Own        bool           `yaml:"own"`
		Unit       string         `yaml:"unit"`
		From       []MetricSource `yaml:"from"`
		Attributes []Rule         `yaml:"attributes"`
		bounds     `yaml:",inline"`
	}
	if err := strictly(node, &raw, "to", "own", "unit", "from", "attributes", "since", "until", "was"); err != nil {
		return err
	}
	*r = MetricRule{To: raw.To, Own: raw.Own, Unit: raw.Unit, From: raw.From, Attributes: raw.Attributes, Since: raw.Since, Until: raw.Until, Was: raw.Was, line: node.Line}
	return at(node, errors.Join(raw.validate(), r.validate(), r.validateUnits()))
}

func (r *MetricRule) validate() error {
	switch {
	case len(r.From) == 0:
		return fmt.Errorf("metric %q: no source (from)", r.To)
	case r.To == "" && len(r.Attributes) == 0:
		return errors.New("a metric rule without a target (to) and without attributes")
	case r.To == "" || r.Own:
		return nil
	}
	m := registry.LookupMetric(r.To)
	switch {
	case m == nil, m.Deprecation != registry.Live && r.Until == "":
		return fmt.Errorf("target %q is no metric of %s", r.To, registry.Version)
	case m.Deprecation == registry.Live && r.Until == "" && r.Unit != "" && r.Unit != m.Unit:
		return fmt.Errorf("metric %q: unit %q, but %q in %s", r.To, r.Unit, m.Unit, registry.Version)
	}
	return nil
}

// validateUnits refuses a unit that would be changed without the values, or other than
// them.
func (r *MetricRule) validateUnits() error {
	var errs []error
	for _, s := range r.From {
		if s.Unit == "" || r.Unit == "" {
			continue
		}
		if want, ok := divisor(s.Unit, r.Unit); ok && want != max(s.Divide, 1) {
			errs = append(errs, fmt.Errorf("%s: from %s to %s takes divide: %v", s.Name, s.Unit, r.Unit, want))
		}
	}
	return errors.Join(errs...)
}

// UnmarshalYAML reads a source; a bare text is a name without conditions.
func (s *MetricSource) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*s = MetricSource{Name: node.Value}
		return nil
	}
	var raw struct {
		Name   string   `yaml:"name"`
		Unit   string   `yaml:"unit"`
		Divide *float64 `yaml:"divide"`
	}
	if err := strictly(node, &raw, "name", "unit", "divide"); err != nil {
		return err
	}
	*s = MetricSource{Name: raw.Name, Unit: raw.Unit}
	switch {
	case s.Name == "":
		return at(node, errors.New("a metric source without name"))
	case raw.Divide == nil:
		return nil
	case !(*raw.Divide > 0) || math.IsInf(*raw.Divide, 1):
		return at(node, fmt.Errorf("%s: divide: %v is not above 0", s.Name, *raw.Divide))
	}
	s.Divide = *raw.Divide
	return nil
}
