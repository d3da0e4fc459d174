// Package spannamecardinality finds operations without number: span names that never repeat.
package spannamecardinality

import (
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/distinct"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "span-name-cardinality",
		Title:    "Very many span names of one scope",
		Why:      "Spans are grouped by name. It is what the Instrumentation Score's SPA-003 means, which has no criterion yet and is therefore not counted.",
		Before:   "spans: [load anna, load bert, load carl, …]",
		After:    "spans: [load user, load user, load user, …]",
		Severity: semconvlint.Warning,
		Options:  []semconvlint.Option{{Name: "max", Default: 200, Meaning: "names of one kind that a scope of a service may have; above 128 they are estimated, within some 5 %"}},
		Link:     "https://opentelemetry.io/docs/specs/otel/trace/api/#span",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		limit, _ := c.Options["max"].(int)
		return &checker{c, limit, map[origin]*names{}}
	},
}

type origin struct {
	service, scope string
	kind           ptrace.SpanKind
}

// names are counted, and the first of them in order kept to tell what they have in common.
type names struct {
	all     distinct.Counter
	samples []string
}

const (
	maxOrigins = 4_000 // 10 KiB each at most
	maxSamples = 32
)

type checker struct {
	c     *semconvlint.Context
	limit int
	seen  map[origin]*names
}

func (r *checker) Element(e *semconvlint.Element) {
	if e.Signal != semconvlint.OnSpan {
		return
	}
	n := r.of(origin{verdicts.Clip(e.Service), verdicts.Clip(e.Scope), e.Span.Kind()})
	if n != nil {
		n.all.Add(e.Name)
		n.sample(verdicts.Clip(e.Name))
	}
}

func (r *checker) of(o origin) *names {
	n := r.seen[o]
	if n == nil && len(r.seen) < maxOrigins {
		n = &names{}
		o.service, o.scope = strings.Clone(o.service), strings.Clone(o.scope)
		r.seen[o] = n
	}
	return n
}

// sample keeps the first names in order, so that which they are does not depend on chance.
func (n *names) sample(name string) {
	i, found := slices.BinarySearch(n.samples, name)
	if found || i == maxSamples {
		return
	}
	if len(n.samples) == maxSamples {
		n.samples = n.samples[:maxSamples-1]
	}
	n.samples = slices.Insert(n.samples, i, strings.Clone(name))
}

// Merge adds what another goroutine saw.
func (r *checker) Merge(other semconvlint.Checker) {
	for at, o := range other.(*checker).seen {
		if n := r.of(at); n != nil {
			n.all.Merge(&o.all)
			for _, name := range o.samples {
				n.sample(name)
			}
		}
	}
}

// Finish reports.
func (r *checker) Finish() {
	for at, n := range r.seen {
		if n.all.Count() <= r.limit {
			continue
		}
		kind := strings.ToUpper(at.kind.String())
		r.c.Report(semconvlint.Report{
			Service: at.service, Scope: at.scope, Signal: semconvlint.OnSpan, Detail: kind, Replacement: template(n.samples),
			Message: "the scope has more than " + strconv.Itoa(r.limit) + " names of " + kind + " spans",
			Example: semconvlint.Example{Name: n.samples[0], Value: "about " + strconv.Itoa(n.all.Count()) + " names"},
		})
	}
}

// template is what names of one form have in common, {} where they differ: GET /users/{}. It is
// empty where there is nothing.
func template(names []string) string {
	var parts []string
	for _, name := range names {
		fields := split(name)
		if parts == nil {
			parts = fields
			continue
		}
		if len(fields) != len(parts) {
			return ""
		}
		for i := range parts {
			if parts[i] != fields[i] {
				parts[i] = "{}"
			}
		}
	}
	if !slices.ContainsFunc(parts, func(p string) bool { return p != "{}" && p != "/" && p != " " }) {
		return ""
	}
	return strings.Join(parts, "")
}

// split keeps the separators.
func split(name string) []string {
	var parts []string
	start := 0
	for i := range len(name) {
		if name[i] == '/' || name[i] == ' ' || name[i] == '.' || name[i] == '-' {
			parts = append(parts, name[start:i], name[i:i+1])
			start = i + 1
		}
	}
	return append(parts, name[start:])
}
