package config

import semconvlint "github.com/koine-otel/koine/semconv-lint"

// OnConfiguration is the signal of findings that concern no telemetry.
const OnConfiguration semconvlint.Signal = "configuration"

// Docs are of what is found in the configuration itself: no rule of the engine's can see it.
func Docs() []*semconvlint.Doc {
	return []*semconvlint.Doc{ExpiredSuppression, NotSeen, StaleBaseline, UnusedSuppression}
}

// IsOwn says whether a rule is one of the configuration's own.
func IsOwn(id string) bool { return find(Docs(), id) != nil }

// The configuration's own rules.
var (
	ExpiredSuppression = &semconvlint.Doc{
		ID: "expired-suppression", Title: "A suppression's last day is over", Severity: semconvlint.Warning,
		Why: "Whoever wrote it gave the problem a time to be solved in. From the day after it suppresses nothing, " +
			"so that what it hid counts again.",
		Before: "ignore:\n  - rule: deprecated-attribute\n    key: http.method\n    reason: the gateway is replaced in May\n    expires: 2025-05-31",
		After:  "ignore: []",
	}
	UnusedSuppression = &semconvlint.Doc{
		ID: "unused-suppression", Title: "A suppression matches no finding", Severity: semconvlint.Warning,
		Why: "The problem is gone, or the suppression never fitted. Left in place it will hide the next problem of the kind. " +
			"One for a service that sent nothing in this run is not meant.",
		Before: "ignore:\n  - rule: deprecated-attribute\n    key: http.metod\n    reason: the gateway is replaced in May",
		After:  "ignore:\n  - rule: deprecated-attribute\n    key: http.method\n    reason: the gateway is replaced in May",
	}
	StaleBaseline = &semconvlint.Doc{
		ID: "stale-baseline", Title: "The baseline accepts what is no longer found", Severity: semconvlint.Note,
		Why: "A problem that was solved can come back unseen as long as the baseline accepts it. --update-baseline takes the entry out. " +
			"Entries of services that sent nothing in this run are not meant.",
	}
	NotSeen = &semconvlint.Doc{
		ID: "not-seen", Title: "Something that must be covered was not seen", Severity: semconvlint.Error,
		Why: "A test suite that never makes a service emit a metric proves nothing about it. " +
			"coverage, or --require-seen, names the metrics and attributes of the registry that a run must have seen.",
		Before: "coverage: [acme.orders.*]\n# seen: acme.orders.placed",
		After:  "coverage: [acme.orders.*]\n# seen: acme.orders.placed, acme.orders.cancelled",
	}
)
