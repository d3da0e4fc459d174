// Package recommendedattribute finds telemetry without attributes that its convention recommends.
package recommendedattribute

import (
	"slices"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "recommended-attribute",
		Title:    "Recommended attribute is never there",
		Why:      "The convention recommends it, and a scope that never has it may have left it out. Attributes that are required under a condition are asked for on request: most conditions are written for people.",
		Before:   "span: {kind: server, attributes: {http.request.method: GET, url.path: /, url.scheme: https}}",
		After:    "span: {kind: server, attributes: {http.request.method: GET, url.path: /, url.scheme: https, http.route: /, http.response.status_code: 200}}",
		Severity: semconvlint.Note,
		Options: []semconvlint.Option{{
			Name: "levels", Default: []string{"recommended"},
			Meaning: "which to ask for: conditionally_required, recommended, opt_in",
		}},
		Link: "https://opentelemetry.io/docs/specs/semconv/general/attribute-requirement-level/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		r := &checker{c: c, entities: verdicts.Entities(c), seen: map[place]*absent{}}
		levels, _ := c.Options["levels"].([]string)
		for level := registry.ConditionallyRequired; level <= registry.OptIn; level++ {
			r.levels[level] = slices.Contains(levels, level.String())
		}
		return r
	},
}

// place is where a convention is used.
type place struct {
	service, scope, convention string
	signal                     semconvlint.Signal
}

// absent are the attributes that no element of a place had so far. Templates are left out: which
// headers there are is nobody's to recommend.
type absent struct {
	uses    []registry.Use
	example semconvlint.Example
}

// maxPlaces bounds what is kept of services, scopes and conventions.
const maxPlaces = 10_000

type checker struct {
	c        *semconvlint.Context
	levels   [registry.OptIn + 1]bool
	entities []*registry.Entity
	seen     map[place]*absent
}

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal == semconvlint.OnResource {
		for _, x := range r.entities {
			if verdicts.Describes(e, x) {
				r.use(e, x.Type, x.Attributes)
			}
		}
	} else if id, uses := r.convention(e); uses != nil {
		r.use(e, id, uses)
	}
}

func (r *checker) use(e *semconvlint.Element, id string, uses []registry.Use) {
	p := place{verdicts.Clip(e.Service), verdicts.Clip(e.Scope), id, e.Signal}
	a := r.seen[p]
	if a == nil {
		if len(r.seen) == maxPlaces {
			return
		}
		a = &absent{example: verdicts.Own(e.Example(""))}
		for _, use := range uses {
			if r.levels[use.Level] && r.canBeAsked(use.Key) {
				a.uses = append(a.uses, use)
			}
		}
		p.service, p.scope = strings.Clone(p.service), strings.Clone(p.scope)
		r.seen[p] = a
	}
	a.example.See(e)
	a.uses = slices.DeleteFunc(a.uses, func(use registry.Use) bool { return verdicts.Has(e, use.Key) })
}

// canBeAsked is false for templates, names that came after the target, and those that conventions
// still have that retired them.
func (r *checker) canBeAsked(key string) bool {
	a := r.c.Conventions.Registry.Lookup(key)
	if a == nil {
		return true
	}
	return a.Type&registry.Template == 0 && !r.c.Conventions.IsTooNew(key) && !r.c.Conventions.Table.Retired(&a.Retirement)
}

func (r *checker) convention(e *semconvlint.Element) (string, []registry.Use) {
	switch e.Signal {
	case semconvlint.OnSpan:
		if e.Convention != nil {
			return e.Convention.ID, e.Convention.Attributes
		}
	case semconvlint.OnPoint:
		if m := r.c.Conventions.Registry.LookupMetric(e.Name); m != nil && m.Deprecation == registry.Live {
			return m.Name, m.Attributes
		}
	case semconvlint.OnEvent, semconvlint.OnLog:
		if x := r.c.Conventions.Registry.LookupEvent(verdicts.EventName(e)); x != nil && x.Deprecation == registry.Live {
			return x.Name, x.Attributes
		}
	}
	return "", nil
}

// Merge keeps what neither has seen.
func (r *checker) Merge(other semconvlint.Checker) {
	for p, o := range other.(*checker).seen {
		a := r.seen[p]
		if a == nil {
			if len(r.seen) < maxPlaces {
				r.seen[p] = o
			}
			continue
		}
		a.uses = slices.DeleteFunc(a.uses, func(use registry.Use) bool { return !slices.Contains(o.uses, use) })
		if semconvlint.CompareExamples(&o.example, &a.example) < 0 {
			a.example = o.example
		}
	}
}

// Finish reports what was never there.
func (r *checker) Finish() {
	for p, a := range r.seen {
		for _, use := range a.uses {
			r.c.Report(semconvlint.Report{
				Service: p.service, Scope: p.scope, Signal: p.signal, Key: use.Key, Detail: p.convention,
				Message: p.convention + words[use.Level] + use.Key + ", and it is never there", Example: a.example,
			})
		}
	}
}

var words = map[registry.Level]string{registry.ConditionallyRequired: " requires under a condition ", registry.Recommended: " recommends ", registry.OptIn: " offers "}
