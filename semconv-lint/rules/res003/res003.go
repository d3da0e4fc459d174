// Package res003 asks for k8s.pod.uid of pods.
package res003

import (
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "RES-003",
		Title:    "Pod without k8s.pod.uid",
		Why:      "Names of pods come again, uids do not: only with it telemetry joins what the cluster says of the pod.",
		Before:   "resource: {k8s.pod.name: shop-1}",
		After:    "resource: {k8s.pod.name: shop-1, k8s.pod.uid: 275ecb36-5aa8-4c2a-9c47-d8bb681b9aff}",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/RES-003.md",
		Impact:   semconvlint.Important,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c} },
}

type checker struct{ c *semconvlint.Context }

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnResource || e.Get("k8s.pod.uid") != nil {
		return
	}
	for i := range e.Attributes {
		if strings.HasPrefix(e.Attributes[i].Key, "k8s.pod.") {
			r.c.At(e, semconvlint.Report{Key: "k8s.pod.uid", Message: "the resource is of a pod and has no k8s.pod.uid"})
			return
		}
	}
}
