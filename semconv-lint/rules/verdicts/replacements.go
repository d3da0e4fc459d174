package verdicts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/translate"
)

// Replacements says how old attributes give way to new ones.
type Replacements struct {
	// how is what happens to the value; splits are old names that become one or the other.
	how    map[replacement]string
	splits map[string]bool
}

type replacement struct{ from, to string }

// NewReplacements reads those of a table.
func NewReplacements(t *translate.Table) *Replacements {
	r := &Replacements{map[replacement]string{}, map[string]bool{}}
	targets, joins := map[string]string{}, map[replacement]string{}
	for _, c := range t.Conversions() {
		if c.Signal != "attribute" && c.Signal != "label" {
			continue
		}
		for _, from := range c.From {
			if to, ok := targets[from]; ok && to != c.To {
				r.splits[from] = true
			}
			targets[from] = c.To
			switch u := (replacement{from, c.To}); {
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
	return r
}

// How is what happens to the value of an attribute that becomes another, in words; empty: nothing.
func (r *Replacements) How(from, to string) string { return r.how[replacement{from, to}] }

// Splits says whether a name becomes one or the other, by what is beside it.
func (r *Replacements) Splits(from string) bool { return r.splits[from] }

// Message says of a retired attribute since when it is and what to write.
func (r *Replacements) Message(p *semconv.Problem) string {
	var b strings.Builder
	b.WriteString(p.Key + " is retired")
	if p.Since != "" {
		b.WriteString(" since " + p.Since)
	}
	if len(p.Instead) == 0 {
		b.WriteString(" and has no successor: leave it out")
	}
	for i, to := range p.Instead {
		b.WriteString([]string{": " + Set(p.Instead[:1]), " and " + Written([]string{to})}[min(i, 1)])
		if how := r.How(p.Key, to); how != "" {
			b.WriteString(" (" + how + ")")
		}
	}
	return b.String()
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
