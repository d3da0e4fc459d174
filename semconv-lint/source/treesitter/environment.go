//go:build cgo

package treesitter

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// environment makes uses of what a variable of the environment, or a property, is set to, if a
// node is the name of one that has names of the conventions.
func (r *reading) environment(n node) {
	var id string
	switch r.form(n) {
	case literal:
		if r.end(n)-r.start(n) < 64 {
			id = r.literal(n).text
		}
	case member:
		id = r.text(r.b(n))
	case name:
		id = r.text(n)
	}
	switch id {
	case "OTEL_RESOURCE_ATTRIBUTES", "otel.resource.attributes":
		r.settings(n, r.resourceSetting)
	case "OTEL_SEMCONV_STABILITY_OPT_IN", "otel.semconv-stability.opt-in":
		r.settings(n, r.optInSetting)
	}
}

// settings gives what a variable is set to.
func (r *reading) settings(n node, to func(at source.Range, text string, n node)) {
	v := r.set(n)
	r.done[n] = true
	if v == none {
		return
	}
	v = r.unwrapped(v)
	if r.form(v) != literal || r.done[v] {
		return
	}
	t := r.literal(v)
	r.done[v] = true
	if t.plain && !strings.Contains(t.text, "\n") {
		to(t.at, t.text, v)
	}
}

// set is the value beside the name of a variable: in a map, a call, or an assignment.
func (r *reading) set(n node) node {
	up := r.parent(n)
	for r.form(up) == wrapper || r.form(up) == argument && r.argumentName(up) != n {
		n, up = up, r.parent(up)
	}
	switch r.form(up) {
	case pair, argument, binding:
		if r.a(up) == n && r.b(up) != n {
			return r.b(up)
		}
	case arguments:
		return r.nodes[n].next
	case index:
		if target := r.parent(up); r.b(up) == n && r.form(target) == binding && r.a(target) == up {
			return r.b(target)
		}
	}
	return none
}

// resourceSetting is a list of attributes: service.name=checkout,deployment.environment=prod.
func (r *reading) resourceSetting(at source.Range, text string, n node) {
	start := at.Start
	for entry := range strings.SplitSeq(text, ",") {
		k, v, ok := strings.Cut(entry, "=")
		trimmed := strings.TrimSpace(k)
		from := start + strings.Index(k, trimmed)
		start += len(entry) + 1
		if !ok || trimmed == "" {
			continue
		}
		key := source.Range{Start: from, End: from + len(trimmed)}
		begin := start - 1 - len(v)
		value := source.Range{Start: begin, End: begin + len(v)}
		r.add(source.Use{
			Role: source.Attribute, Tier: source.A, At: key, Key: trimmed, Callee: "OTEL_RESOURCE_ATTRIBUTES", Rewrite: source.Replace(key),
			Place: translate.Resource, Type: registry.String, Value: &source.Text{At: value, Text: v, Rewrite: source.Replace(value)}, Within: r.enclosing(n),
		})
	}
}

// optInSetting is a list of words.
func (r *reading) optInSetting(at source.Range, text string, n node) {
	start := at.Start
	for word := range strings.SplitSeq(text, ",") {
		trimmed := strings.TrimSpace(word)
		from := start + strings.Index(word, trimmed)
		start += len(word) + 1
		if trimmed != "" {
			r.add(source.Use{
				Role: source.OptIn, Tier: source.A, At: source.Range{Start: from, End: from + len(trimmed)}, Key: trimmed,
				Callee: "OTEL_SEMCONV_STABILITY_OPT_IN", Within: r.enclosing(n),
			})
		}
	}
}
