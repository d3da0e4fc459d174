package configs

import (
	"regexp"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// isTest says whether a mapping is a test of traces: specs with selectors of spans.
func isTest(n *yamltext.Node) bool {
	specs := n.Get("specs")
	if specs == nil || specs.Kind != yamltext.Sequence {
		return false
	}
	for _, s := range specs.Items {
		if strings.HasPrefix(strings.TrimSpace(s.Get("selector").Value()), "span") && s.Get("assertions") != nil {
			return true
		}
	}
	return false
}

// tests reads selectors, assertions and outputs.
func (w walk) tests(n *yamltext.Node) {
	for _, list := range []*yamltext.Node{n.Get("specs"), n.Get("outputs")} {
		if list == nil {
			continue
		}
		for _, item := range list.Items {
			if s := item.Get("selector"); s != nil {
				w.selector(s.Text, item.Start)
			}
			if v := item.Get("value"); v != nil {
				w.references(v.Text, item.Start)
			}
			if assertions := item.Get("assertions"); assertions != nil {
				for _, a := range assertions.Items {
					w.references(a.Text, item.Start)
				}
			}
		}
	}
}

var (
	brackets  = regexp.MustCompile(`\bspan\[([^\]]*)\]`)
	condition = regexp.MustCompile(`([A-Za-z_][\w.]*)\s*(?:!?=|contains)\s*(?:"([^"]*)"|'([^']*)')?`)
	reference = regexp.MustCompile(`\battr:([A-Za-z_][\w.]*)(?:\s*!?=\s*(?:"([^"]*)"|'([^']*)'))?`)
)

func (w walk) selector(t yamltext.Text, from int) {
	for _, m := range brackets.FindAllStringSubmatchIndex(t.Value, -1) {
		w.matches(condition, t.Slice(m[2], m[3]), from)
	}
}

func (w walk) references(t yamltext.Text, from int) { w.matches(reference, t, from) }

// matches adds the attributes that an expression finds, with the texts they are compared with.
func (w walk) matches(e *regexp.Regexp, t yamltext.Text, from int) {
	if !t.Placed() {
		return
	}
	for _, m := range e.FindAllStringSubmatchIndex(t.Value, -1) {
		name := t.Slice(m[2], m[3])
		if strings.HasPrefix(name.Value, "tracetest.") || !strings.Contains(name.Value, ".") {
			continue
		}
		u := keyUse(name, "tracetest", source.AnySpan|translate.Resource, true)
		u.Within = from
		for _, i := range []int{4, 6} {
			if m[i] >= 0 && !strings.ContainsAny(t.Value[m[i]:m[i+1]], "${}") {
				at, literal := t.Slice(m[i], m[i+1]).Range()
				u.Type, u.Value = registry.String, &source.Text{At: at, Text: t.Value[m[i]:m[i+1]]}
				if literal {
					u.Value.Rewrite = source.Replace(at)
				}
			}
		}
		w.add(u)
	}
}
