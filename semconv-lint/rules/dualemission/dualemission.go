// Package dualemission finds the old and the new name of one thing side by side.
package dualemission

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "dual-emission",
		Title:    "Old and new name of one thing on one element",
		Why:      "For the time of a migration this is meant (OTEL_SEMCONV_STABILITY_OPT_IN=http/dup). After it, every element carries its attributes twice, and is paid for twice.",
		Before:   "attributes: {http.method: GET, http.request.method: GET}",
		After:    "attributes: {http.request.method: GET}",
		Severity: semconvlint.Note,
		Link:     "https://opentelemetry.io/docs/specs/semconv/non-normative/http-migration/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker { return &checker{c: c} },
}

type checker struct {
	c *semconvlint.Context
	// parts are, by an old name and its new one, the names that are joined with the old one; nil
	// until something is found.
	parts map[[2]string][][]string
}

func (r *checker) Element(e *semconvlint.Element) {
	for a, p := range verdicts.On(e, semconv.Retired) {
		for _, to := range p.Instead {
			if now := e.Get(to); now != nil && !retired(now) && !r.joined(e, a.Key, to) {
				r.c.At(e, semconvlint.Report{Key: a.Key, Detail: to, Message: a.Key + " is there beside " + to + ": leave it out when nobody reads it any more"})
				break
			}
		}
	}
}

// retired says whether the new name has a value of before: then it does not say the same.
func retired(a *semconvlint.Attribute) bool {
	return slices.ContainsFunc(a.Problems, func(p semconv.Problem) bool { return p.Code == semconv.RetiredValue })
}

// joined says whether the old name is a part of what the new one will be, with others that are
// there: a service beside its method.
func (r *checker) joined(e *semconvlint.Element, from, to string) bool {
	if r.parts == nil {
		r.learn()
	}
	return slices.ContainsFunc(r.parts[[2]string{from, to}], func(others []string) bool {
		return !slices.ContainsFunc(others, func(key string) bool { return e.Get(key) == nil })
	})
}

func (r *checker) learn() {
	r.parts = map[[2]string][][]string{}
	for _, c := range r.c.Conventions.Table.Conversions() {
		if c.Signal != "attribute" || !strings.HasPrefix(c.How, "joined") {
			continue
		}
		for _, from := range c.From {
			r.parts[[2]string{from, c.To}] = append(r.parts[[2]string{from, c.To}], c.From)
		}
	}
}
