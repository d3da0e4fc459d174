// Package sdk001 finds runtimes that the SDK's version does not support.
package sdk001

import (
	"strconv"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "SDK-001",
		Title:    "Runtime that the SDK's version does not support",
		Why:      "Nobody tests the two together: what goes wrong is not mended. It is known for Go, Node.js and Python; for others, and for resources without process.runtime.version, nothing is said.",
		Before:   "resource: {telemetry.sdk.language: nodejs, telemetry.sdk.version: 2.0.1, process.runtime.version: 16.20.0}",
		After:    "resource: {telemetry.sdk.language: nodejs, telemetry.sdk.version: 2.0.1, process.runtime.version: 22.11.0}",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/SDK-001.md",
		Impact:   semconvlint.Low,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

// need is the least version of a runtime from a version of an SDK on.
type need struct{ sdk, runtime version }

type version [2]int

// needs are by language, newest first: of the packages' own declarations (go.mod, engines,
// requires-python). An SDK older than the last has no entry.
var needs = map[string][]need{
	"go": {
		{version{1, 43}, version{1, 25}}, {version{1, 39}, version{1, 24}}, {version{1, 36}, version{1, 23}}, {version{1, 30}, version{1, 22}},
		{version{1, 25}, version{1, 21}}, {version{1, 20}, version{1, 20}}, {version{1, 17}, version{1, 19}}, {version{1, 12}, version{1, 18}},
	},
	"nodejs": {{version{2, 0}, version{18, 19}}, {version{1, 8}, version{14, 0}}},
	"python": {{version{1, 34}, version{3, 9}}, {version{1, 25}, version{3, 8}}, {version{1, 12}, version{3, 7}}},
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnResource {
		return
	}
	language, sdk, runtime := text(e, "telemetry.sdk.language"), text(e, "telemetry.sdk.version"), text(e, "process.runtime.version")
	have, ok := parse(runtime)
	with, known := parse(sdk)
	if !ok || !known {
		return
	}
	for _, n := range needs[language] {
		if before(with, n.sdk) {
			continue
		}
		if before(have, n.runtime) {
			least := strconv.Itoa(n.runtime[0]) + "." + strconv.Itoa(n.runtime[1])
			r.c.At(e, semconvlint.Report{
				Key: "process.runtime.version", Detail: runtime, Replacement: least,
				Message: "the SDK " + sdk + " for " + language + " needs " + least + " or later, not " + runtime,
			})
		}
		return
	}
}

func text(e *semconvlint.Element, key string) string {
	if a := e.Get(key); a != nil {
		return a.Raw.AsString()
	}
	return ""
}

// parse reads go1.24.1, v22.11.0 and 3.9.18.
func parse(s string) (version, bool) {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "go"), "v")
	major, rest, _ := strings.Cut(s, ".")
	minor, _, _ := strings.Cut(rest, ".")
	var v version
	var err error
	if v[0], err = strconv.Atoi(major); err != nil {
		return v, false
	}
	v[1], _ = strconv.Atoi(minor) // 17 and 17-ea have none
	return v, true
}

func before(a, b version) bool { return a[0] < b[0] || a[0] == b[0] && a[1] < b[1] }
