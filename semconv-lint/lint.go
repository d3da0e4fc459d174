// Package semconvlint checks what services emit against the semantic conventions.
//
// A Rule is a package of its own under rules/. What concerns one name, value, type, unit or span
// is decided by semconv's verdicts, and a rule says it in its words; a rule adds what needs a
// trace, a series or a service. An Engine shows rules all telemetry that it is given, in several
// goroutines, and aggregates what they report by cause: the rule, the service, the scope, the
// signal and the key, with a count and the first example.
package semconvlint

import "fmt"

// Severity is how bad a finding is.
type Severity uint8

// The severities. Off is a rule that is not asked.
const (
	Off Severity = iota
	Note
	Warning
	Error
)

var severityNames = [...]string{"off", "note", "warning", "error"}

func (s Severity) String() string { return severityNames[s] }

// ParseSeverity reads a severity's name.
func ParseSeverity(name string) (Severity, error) {
	for i, n := range severityNames {
		if n == name {
			return Severity(i), nil
		}
	}
	return Off, fmt.Errorf("%q is not off, note, warning or error", name)
}

// MarshalText writes the name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads it.
func (s *Severity) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSeverity(string(text))
	return err
}

// Impact is a rule's weight in the Instrumentation Score (specification 0.1); 0 for a rule that
// is none of its.
type Impact uint8

// The impacts with their weights.
const (
	Low       Impact = 10
	Normal    Impact = 20
	Important Impact = 30
	Critical  Impact = 40
)

// Doc is what there is to say of a rule. The command line, the page of rules and SARIF have it
// from here.
type Doc struct {
	// ID is stable: lower case with hyphens, or the Instrumentation Score's.
	ID string
	// Title is a line without a full stop.
	Title string
	// Why is a paragraph: what goes wrong for whoever reads the telemetry.
	Why string
	// Before and After are an example, as YAML of the element.
	Before, After string
	// Severity is the one unless a configuration says otherwise.
	Severity Severity
	// Options are what can be set.
	Options []Option
	// Link leads to the rule's source, a specification's section.
	Link string
	// Impact is its weight in the Instrumentation Score.
	Impact Impact
	// Needs says what it needs that one run may not have: whole traces, days of telemetry. Empty: nothing.
	Needs string
}

// Option is a setting of a rule.
type Option struct {
	Name    string
	Default any // a bool, int, float64, string or []string
	Meaning string
}
