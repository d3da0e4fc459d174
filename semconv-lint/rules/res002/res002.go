// Package res002 finds instances that share one service.instance.id.
package res002

import (
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "RES-002",
		Title:    "One service.instance.id for several instances",
		Why:      "Two pods, hosts or containers under one id are one instance to whoever reads it: their counters overwrite each other.",
		Before:   "[{service.instance.id: a, k8s.pod.name: shop-1}, {service.instance.id: a, k8s.pod.name: shop-2}]",
		After:    "[{service.instance.id: a, k8s.pod.name: shop-1}, {service.instance.id: b, k8s.pod.name: shop-2}]",
		Severity: semconvlint.Warning,
		Link:     "https://github.com/instrumentation-score/spec/blob/main/rules/RES-002.md",
		Impact:   semconvlint.Important,
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		return &checker{c: c, seen: map[instance]*identity{}}
	},
}

type instance struct{ service, id string }

// marks are attributes that two instances never share. A process's id is none: pods all have a 1.
var marks = [...]string{"k8s.pod.uid", "k8s.pod.name", "container.id", "host.id", "host.name"}

// identity is what the marks were at first, and whether they were something else later.
type identity struct {
	is      [len(marks)]string
	differs [len(marks)]bool
}

// maxInstances bounds what is remembered: later ones are not compared.
const maxInstances = 20_000

type checker struct {
	c    *semconvlint.Context
	seen map[instance]*identity
}

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnResource {
		return
	}
	id := e.Get("service.instance.id")
	if id == nil {
		return
	}
	var now identity
	for i, mark := range marks {
		if a := e.Get(mark); a != nil {
			now.is[i] = verdicts.Clip(a.Raw.AsString())
		}
	}
	r.add(instance{verdicts.Clip(e.Service), verdicts.Clip(id.Raw.AsString())}, &now)
}

func (r *checker) add(at instance, now *identity) {
	known := r.seen[at]
	if known == nil {
		if len(r.seen) < maxInstances {
			for i, is := range now.is {
				now.is[i] = strings.Clone(is)
			}
			r.seen[instance{strings.Clone(at.service), strings.Clone(at.id)}] = now
		}
		return
	}
	for i, is := range now.is {
		switch {
		case known.is[i] == "":
			known.is[i] = is
		case is != "" && is != known.is[i]:
			known.differs[i] = true
		}
		known.differs[i] = known.differs[i] || now.differs[i]
	}
}

// Merge compares with what another goroutine saw.
func (r *checker) Merge(other semconvlint.Checker) {
	for at, o := range other.(*checker).seen {
		r.add(at, o)
	}
}

// Finish reports the ids that several have.
func (r *checker) Finish() {
	for at, known := range r.seen {
		for i, differs := range known.differs {
			if differs {
				r.c.Report(semconvlint.Report{
					Service: at.service, Signal: semconvlint.OnResource, Key: "service.instance.id", Detail: marks[i],
					Message: "one service.instance.id has several values of " + marks[i], Example: semconvlint.Example{Value: at.id},
				})
				break
			}
		}
	}
}
