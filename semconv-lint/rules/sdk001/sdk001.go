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

// version is the first two numbers of one.
type version [2]int

func (v version) String() string { return strconv.Itoa(v[0]) + "." + strconv.Itoa(v[1]) }

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
	least, found := lacks(language, with, have)
	if found {
		r.c.At(e, semconvlint.Report{
			Key: "process.runtime.version", Detail: runtime, Replacement: least,
			Message: "the SDK " + sdk + " for " + language + " needs " + least + " or later, not " + runtime,
		})
	}
}

// lacks says which version an SDK needs of a runtime that it does not support.
func lacks(language string, sdk, runtime version) (least string, found bool) {
	for _, n := range needs[language] {
		if before(sdk, n.sdk) {
			continue
		}
		if before(runtime, n.runtime) {
			return n.runtime.String(), true
		}
		break
	}
	for _, g := range gaps[language] {
		if !before(sdk, g.sdk) && !before(runtime, g.from) && before(runtime, g.before) {
			return g.before.String(), true
		}
	}
	return "", false
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
