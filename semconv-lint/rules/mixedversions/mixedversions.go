// Package mixedversions finds services that speak several versions of the conventions.
package mixedversions

import (
	"cmp"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "mixed-versions",
		Title:    "One service says the same thing under old and new names",
		Why:      "Part of its spans are found under one name and part under the other: every query needs both, and most have one.",
		Before:   "[{scope: a, attributes: {http.method: GET}}, {scope: b, attributes: {http.request.method: GET}}]",
		After:    "[{scope: a, attributes: {http.request.method: GET}}, {scope: b, attributes: {http.request.method: GET}}]",
		Severity: semconvlint.Warning,
		Link:     "https://opentelemetry.io/docs/specs/semconv/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c, map[place]*names{}} },
}

// place is where names are used.
type place struct {
	service, scope string
	signal         semconvlint.Signal
}

// names are those that a place uses: of today, and old ones with what they are today.
type names struct {
	today map[string]bool
	old   map[rename]bool
}

type rename struct{ from, to string }

const (
	maxPlaces = 2_000 // some 50 kB each at most
	maxNames  = 500   // of a place
)

type checker struct {
	c    *semconvlint.Context
	seen map[place]*names
}

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnMetric && len(e.Attributes) == 0 {
		return
	}
	n := r.of(place{verdicts.Clip(e.Service), verdicts.Clip(e.Scope), e.Signal})
	if n == nil {
		return
	}
	for i := range e.Attributes {
		a := &e.Attributes[i]
		switch {
		case len(a.Problems) == 0:
			if n.today[a.Key] {
				continue
			}
			if known := r.c.Conventions.Registry.Lookup(a.Key); known != nil {
				n.now(known.Key)
			}
		case a.Problems[0].Code == semconv.Retired:
			for _, to := range a.Problems[0].Instead {
				if e.Get(to) == nil { // side by side is another rule's
					n.before(rename{verdicts.Clip(a.Key), to})
				}
			}
		}
	}
	if e.Signal == semconvlint.OnMetric {
		r.metric(e, n)
	}
}

func (r *checker) metric(e *semconvlint.Element, n *names) {
	if m := r.c.Conventions.Registry.LookupMetric(e.Name); m != nil && len(e.Problems) == 0 {
		n.now(m.Name)
	}
	for p := range verdicts.Of(e, semconv.Retired) {
		for _, to := range p.Instead {
			n.before(rename{e.Name, to})
		}
	}
}

func (r *checker) of(p place) *names {
	n := r.seen[p]
	if n == nil && len(r.seen) < maxPlaces {
		n = &names{map[string]bool{}, map[rename]bool{}}
		p.service, p.scope = strings.Clone(p.service), strings.Clone(p.scope)
		r.seen[p] = n
	}
	return n
}

func (n *names) now(key string) {
	if len(n.today) < maxNames {
		n.today[key] = true
	}
}

func (n *names) before(x rename) {
	if !n.old[x] && len(n.old) < maxNames {
		n.old[rename{strings.Clone(x.from), x.to}] = true
	}
}

// Merge adds what another goroutine saw.
func (r *checker) Merge(other semconvlint.Checker) {
	for p, o := range other.(*checker).seen {
		if n := r.of(p); n != nil {
			for key := range o.today {
				n.now(key)
			}
			for x := range o.old {
				n.before(x)
			}
		}
	}
}

// thing is what a service speaks of: a name of today, or an old one too.
type thing struct {
	service string
	signal  semconvlint.Signal
	rename
}

// Finish reports things that are spoken of in both ways.
func (r *checker) Finish() {
	today, old := map[thing][]string{}, map[thing][]string{} // their scopes
	for p, n := range r.seen {
		for key := range n.today {
			t := thing{p.service, p.signal, rename{to: key}}
			today[t] = append(today[t], p.scope)
		}
		for x := range n.old {
			t := thing{p.service, p.signal, x}
			old[t] = append(old[t], p.scope)
		}
	}
	for t, scopes := range old {
		if now := today[thing{t.service, t.signal, rename{to: t.to}}]; now != nil {
			r.c.Report(semconvlint.Report{
				Service: t.service, Signal: t.signal, Key: t.from, Detail: t.to, Replacement: t.to,
				Message: writers(scopes) + " still writes " + t.from + ", which is " + t.to + " today" + beside(now),
			})
		}
	}
}

// writers are the scopes that old names come from.
func writers(scopes []string) string {
	return cmp.Or(listed(scopes), "the service")
}

// beside are those that write the new one.
func beside(scopes []string) string {
	if names := listed(scopes); names != "" {
		return ", as " + names + " writes"
	}
	return ""
}

// listed names scopes; it is empty where none has a name.
func listed(scopes []string) string {
	if scopes = slices.DeleteFunc(slices.Sorted(slices.Values(scopes)), func(s string) bool { return s == "" }); len(scopes) == 0 {
		return ""
	}
	if len(scopes) > maxListed {
		return strings.Join(scopes[:maxListed], ", ") + " …"
	}
	return strings.Join(scopes, ", ")
}

const maxListed = 5
