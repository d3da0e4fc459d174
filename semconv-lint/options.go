package semconvlint

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"time"
)

// Options are how an Engine works. The zero value is every rule with its own severity and
// options, on all processors.
type Options struct {
	// Workers is how many goroutines may be shown telemetry at a time; the others wait. 0 is
	// GOMAXPROCS.
	Workers int
	// Severities are by rule. Off leaves a rule out.
	Severities map[string]Severity
	// RuleOptions are by rule and option. Numbers and lists may be as YAML and JSON have them.
	RuleOptions map[string]map[string]any
	// MaxTraceSpans bounds the spans that wait for their traces to be whole, and what they take: on
	// average 128 bytes. That is enough for traces of eight and more; of traces of a single one, which
	// take some 300, less than half as many wait. With more, the traces that were not added to for longest
	// are judged with Partial set. 0 is DefaultMaxTraceSpans.
	MaxTraceSpans int
	// TraceWait is how long no span of a trace came when it is thought whole. 0: until Finish.
	TraceWait time.Duration
	// WithoutTraces leaves out rules that see whole traces, where no trace is whole.
	WithoutTraces bool
}

// DefaultMaxTraceSpans is MaxTraceSpans unless it is set: a large test run, in 128 MB at most.
const DefaultMaxTraceSpans = 1_000_000

func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// activeRule is a rule that is asked, with what is set for it.
type activeRule struct {
	*Rule
	severity Severity
	options  map[string]any
	bit      uint64 // among those of the score, 0 for others
}

// active are the rules that are asked. It joins all that is wrong with the options.
func (o *Options) active(rules []Rule) ([]activeRule, error) {
	var errs []error
	var active []activeRule
	known := map[string]bool{}
	for i := range rules {
		r := &rules[i]
		if known[r.Doc.ID] {
			errs = append(errs, fmt.Errorf("rule %s: there are two of this id", r.Doc.ID))
		}
		known[r.Doc.ID] = true
		severity, set := o.Severities[r.Doc.ID]
		if !set {
			severity = r.Doc.Severity
		}
		options, err := r.Doc.settings(o.RuleOptions[r.Doc.ID])
		if errs = append(errs, err); severity != Off {
			active = append(active, activeRule{Rule: r, severity: severity, options: options})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(o.Severities)) {
		if !known[id] {
			errs = append(errs, fmt.Errorf("severity of %s: no such rule", id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(o.RuleOptions)) {
		if !known[id] {
			errs = append(errs, fmt.Errorf("options of %s: no such rule", id))
		}
	}
	if o.Workers < 0 || o.MaxTraceSpans < 0 || o.TraceWait < 0 {
		errs = append(errs, errors.New("workers, spans that wait and their time must not be negative"))
	}
	return active, errors.Join(errs...)
}

// settings are a value for each of the rule's options.
func (d *Doc) settings(set map[string]any) (map[string]any, error) {
	settings := make(map[string]any, len(d.Options))
	var errs []error
	for _, o := range d.Options {
		settings[o.Name] = o.Default
		value, ok := set[o.Name]
		if !ok {
			continue
		}
		typed, ok := typedAs(o.Default, value)
		if !ok {
			errs = append(errs, fmt.Errorf("rule %s: option %s: %v is no %s", d.ID, o.Name, value, typeOf(o.Default)))
		}
		settings[o.Name] = typed
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if !slices.ContainsFunc(d.Options, func(o Option) bool { return o.Name == name }) {
			errs = append(errs, fmt.Errorf("rule %s: no option %q", d.ID, name))
		}
	}
	return settings, errors.Join(errs...)
}

// typedAs is a value as the type of another, if it is one of it.
func typedAs(like, value any) (any, bool) {
	switch like.(type) {
	case bool:
		b, ok := value.(bool)
		return b, ok
	case int:
		return asInt(value)
	case float64:
		if n, ok := asInt(value); ok {
			return float64(n), true
		}
		f, ok := value.(float64)
		return f, ok
	case string:
		s, ok := value.(string)
		return s, ok
	default:
		return asTexts(value)
	}
}

func asInt(value any) (int, bool) {
	switch n := value.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case uint64:
		return int(n), n <= math.MaxInt
	case float64:
		return int(n), n == math.Trunc(n) && math.Abs(n) < 1<<53
	}
	return 0, false
}

func asTexts(value any) ([]string, bool) {
	if texts, ok := value.([]string); ok {
		return texts, true
	}
	list, ok := value.([]any)
	texts := make([]string, 0, len(list))
	for _, item := range list {
		s, isText := item.(string)
		texts, ok = append(texts, s), ok && isText
	}
	return texts, ok
}

func typeOf(value any) string {
	switch value.(type) {
	case bool:
		return "boolean"
	case int:
		return "whole number"
	case float64:
		return "number"
	case string:
		return "text"
	}
	return "list of texts"
}
