package semconvlintconnector

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Config is the connector's configuration. What says what is right has the words of
// .semconv-lint.yaml, and File reads one.
type Config struct {
	// File is the path of a .semconv-lint.yaml. Its target, registries, rules and ignore hold
	// unless the fields below say otherwise; what is for a command line has no effect here.
	File string `mapstructure:"config"`

	// Target is the version of the semantic conventions. Default: the newest that is known.
	Target string `mapstructure:"target"`

	// Registries are folders with a company's own conventions in Weaver's format, in addition
	// to the file's.
	Registries []string `mapstructure:"registries"`

	// Rules are settings by rule id. A rule that is set here is not the file's.
	Rules map[string]RuleConfig `mapstructure:"rules"`

	// Ignore are findings that are not told, in addition to the file's. They count in scores.
	Ignore []SuppressionConfig `mapstructure:"ignore"`

	// Interval is how often it tells what it found. Default 60s.
	Interval time.Duration `mapstructure:"interval"`

	// Sample is the share of requests that are looked at, by chance. Below 1 no trace is whole,
	// and rules about whole traces are left out. Default 1.
	Sample float64 `mapstructure:"sample"`

	// Window is how far back a score reaches at least, how long rules that tell from the whole
	// remember, and after which time a cause is told again. Default 24h.
	Window time.Duration `mapstructure:"window"`

	// TraceWait is how long no span of a trace came when it is thought whole. 0 leaves out
	// rules about whole traces: where not all spans of a trace come here they are wrong.
	// Default 30s.
	TraceWait time.Duration `mapstructure:"trace_wait"`

	// MaxTraceSpans bounds the spans that wait for their traces, in 128 bytes each on average.
	// Default 100000.
	MaxTraceSpans int `mapstructure:"max_trace_spans"`

	// MaxServices bounds the services that are told apart. The others are one, _other, without
	// a score. Default 200.
	MaxServices int `mapstructure:"max_services"`

	// MaxCauses bounds the causes that are remembered as told, in some 50 bytes each, and so the
	// log records of a window. Default 10000.
	MaxCauses int `mapstructure:"max_causes"`
}

// RuleConfig is what is set of a rule.
type RuleConfig struct {
	// Severity is off, note, warning or error. Default: the rule's own.
	Severity *semconvlint.Severity `mapstructure:"severity"`
	// Options are the rule's.
	Options map[string]any `mapstructure:"options"`
}

// SuppressionConfig is findings that are not told. An empty glob matches everything.
type SuppressionConfig struct {
	// Rule is a rule's id or a glob of them.
	Rule string `mapstructure:"rule"`
	// Key, Service and Scope are globs.
	Key     string `mapstructure:"key"`
	Service string `mapstructure:"service"`
	Scope   string `mapstructure:"scope"`
	// Reason says why. It must be there.
	Reason string `mapstructure:"reason"`
	// Expires is the last day on which it holds, as 2027-05-31. YAML makes a time of it unless
	// it is quoted.
	Expires any `mapstructure:"expires"`
}

func createDefaultConfig() component.Config {
	return &Config{
		Interval:      time.Minute,
		Sample:        1,
		Window:        24 * time.Hour,
		TraceWait:     30 * time.Second,
		MaxTraceSpans: 100_000,
		MaxServices:   200,
		MaxCauses:     10_000,
	}
}

// Validate joins all that is wrong.
func (c *Config) Validate() error {
	_, err := c.lint()
	errs := []error{err}
	if c.Interval <= 0 {
		errs = append(errs, fmt.Errorf("interval: must be positive, is %v", c.Interval))
	}
	if !(c.Sample > 0 && c.Sample <= 1) {
		errs = append(errs, fmt.Errorf("sample: must be above 0 and at most 1, is %v", c.Sample))
	}
	if c.Window < c.Interval {
		errs = append(errs, fmt.Errorf("window: must be at least the interval, %v, is %v", c.Interval, c.Window))
	}
	if c.TraceWait < 0 {
		errs = append(errs, fmt.Errorf("trace_wait: must not be negative, is %v (0 turns rules about whole traces off)", c.TraceWait))
	}
	for _, bound := range []struct {
		key   string
		value int
	}{{"max_trace_spans", c.MaxTraceSpans}, {"max_services", c.MaxServices}, {"max_causes", c.MaxCauses}} {
		if bound.value <= 0 {
			errs = append(errs, fmt.Errorf("%s: must be positive, is %d", bound.key, bound.value))
		}
	}
	return errors.Join(errs...)
}
