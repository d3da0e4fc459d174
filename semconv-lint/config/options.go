package config

import semconvlint "github.com/koine-otel/koine/semconv-lint"

// EngineOptions are the engine's, as far as a configuration says them: the rules' severities and
// options, without those of rules that are not the engine's.
func (c *Config) EngineOptions(rules []semconvlint.Rule) semconvlint.Options {
	known := map[string]bool{}
	for i := range rules {
		known[rules[i].Doc.ID] = true
	}
	o := semconvlint.Options{Severities: map[string]semconvlint.Severity{}, RuleOptions: map[string]map[string]any{}}
	for id, rule := range c.Rules {
		if !known[id] {
			continue
		}
		if rule.Severity != nil {
			o.Severities[id] = *rule.Severity
		}
		if rule.Options != nil {
			o.RuleOptions[id] = rule.Options
		}
	}
	return o
}
