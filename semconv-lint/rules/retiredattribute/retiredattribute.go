// Package retiredattribute finds attributes that the conventions replaced or dropped.
package retiredattribute

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
		ID:       "retired-attribute",
		Title:    "Attribute that the conventions retired",
		Why:      "Dashboards, alerts and backends look for the name of today. What comes under an old one is missing there, and a service that changes later splits every chart in two.",
		Before:   "attributes: {http.method: GET}",
		After:    "attributes: {http.request.method: GET}",
		Severity: semconvlint.Error,
		Link:     "https://opentelemetry.io/docs/specs/semconv/registry/attributes/",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		return &checker{c: c, said: map[use]*saying{}}
	},
}

type use struct{ key, to string }

// saying is what there is to say of a use: own is that it is OpenTelemetry's own name of before.
type saying struct {
	own, stable bool
	report      semconvlint.Report
}

type checker struct {
	c *semconvlint.Context
	// how is, by old and new name, what happens to the value; splits are old names that become
	// one or the other.
	how    map[use]string
	splits map[string]bool
	said   map[use]*saying
}

// maxSaid bounds the memory of messages; keys of templates have no bound.
const maxSaid = 4096

func (r *checker) Element(e *semconvlint.Element) {
	for _, p := range verdicts.On(e, semconv.Retired) {
		if s := r.saying(p); s.own {
			verdicts.At(r.c, e, s.stable, s.report)
		}
	}
}

// stable says whether the successors are: a name that gives way to one which may change again can
// wait.
func (r *checker) stable(p *semconv.Problem) bool {
	for _, to := range p.Instead {
		if !strings.HasPrefix(to, "@") && !verdicts.StableAttribute(r.c, to) {
			return false
		}
	}
	return len(p.Instead) > 0
}

func (r *checker) saying(p *semconv.Problem) *saying {
	u := use{p.Key, verdicts.Written(p.Instead)}
	if s := r.said[u]; s != nil {
		return s
	}
	s := &saying{own: verdicts.Foreign(r.c, p.Key) == "", stable: r.stable(p)}
	if s.own {
		r.learn()
		s.report = semconvlint.Report{Key: p.Key, Replacement: u.to, Message: r.message(p)}
		if r.splits[p.Key] {
			s.report.Detail = u.to
		}
	}
	if len(r.said) < maxSaid {
		r.said[u] = s
	}
	return s
}

func (r *checker) message(p *semconv.Problem) string {
	var b strings.Builder
	b.WriteString(p.Key + " is retired")
	if p.Since != "" {
		b.WriteString(" since " + p.Since)
	}
	if len(p.Instead) == 0 {
		b.WriteString(" and has no successor: leave it out")
	}
	for i, to := range p.Instead {
		b.WriteString([]string{": " + verdicts.Set(p.Instead[:1]), " and " + verdicts.Written([]string{to})}[min(i, 1)])
		if how := r.how[use{p.Key, to}]; how != "" {
			b.WriteString(" (" + how + ")")
		}
	}
	return b.String()
}

// learn reads the conversions once something is found: most goroutines of a clean service never do.
func (r *checker) learn() {
	if r.how != nil {
		return
	}
	r.how, r.splits = map[use]string{}, map[string]bool{}
	targets, joins := map[string]string{}, map[use]string{}
	for _, c := range r.c.Conventions.Table.Conversions() {
		if c.Signal != "attribute" && c.Signal != "label" {
			continue
		}
		for _, from := range c.From {
			if to, ok := targets[from]; ok && to != c.To {
				r.splits[from] = true
			}
			targets[from] = c.To
			switch u := (use{from, c.To}); {
			case len(c.From) == 1:
				r.how[u] = cmp.Or(r.how[u], said(c.How))
			case strings.HasPrefix(c.How, "joined"):
				joins[u] = "joined with " + strings.Join(slices.DeleteFunc(slices.Clone(c.From), func(key string) bool { return key == from }), ", ")
			}
		}
	}
	for u, how := range joins {
		if _, alone := r.how[u]; !alone {
			r.how[u] = how
		}
	}
}

// said is what happens to a value, for people.
func said(conversion string) string {
	if conversion == "" {
		return ""
	}
	if words, ok := conversions[conversion]; ok {
		return words
	}
	return "another form of the value"
}

var conversions = map[string]string{
	"values mapped": "some values have other names", "method": "in upper case, _OTHER if it is none of the known", "method_original": "if it is none of the known",
	"status_code": "as a number", "status_text": "as text", "text": "as text", "lower": "in lower case", "nonempty": "unless empty", "not_dash": "unless it is -",
	"url.full": "without a password", "url.host": "the host of it", "url.port": "the port of it", "url.scheme": "the scheme of it", "url.path": "the path of it", "url.query": "the query of it",
	"url.relative.path": "the path of it, if it has no host", "url.relative.query": "the query of it, if it has no host", "target.path": "the path of it", "target.query": "the query of it",
	"protocol.name": "the name in it", "protocol.version": "the version in it", "host": "without the port", "port": "the port of it", "port.only": "as a number", "ip": "if it is an address",
}
