package extract

import (
	"go/ast"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// The variables that hold names.
const (
	resourceAttributes = "OTEL_RESOURCE_ATTRIBUTES"
	optIn              = "OTEL_SEMCONV_STABILITY_OPT_IN"
)

// environment yields what variables of the environment are set to.
func (x *extractor) environment(function string, call *ast.CallExpr, s spot) {
	switch function {
	case "os.Setenv", "(testing.T).Setenv", "(testing.common).Setenv", "(testing.TB).Setenv":
	default:
		return
	}
	variable, value := argument(call, 0), argument(call, 1)
	if variable == nil || value == nil {
		return
	}
	name, _ := x.constant(variable)
	l, ok := ast.Unparen(value).(*ast.BasicLit)
	if !ok {
		return
	}
	n, ok := x.literal(l)
	if !ok || n.rewrite == nil {
		return
	}
	x.taken[l] = x.environmentVariable(name, n, s)
}

// assignment yields what NAME=value sets, in the environment of another program.
func (x *extractor) assignment(n writing, s spot) bool {
	name, value, ok := strings.Cut(n.text, "=")
	if !ok || n.rewrite == nil {
		return false
	}
	n.at.Start += len(name) + 1
	n.text = value
	return x.environmentVariable(name, n, s)
}

// environmentVariable yields what a variable's value names.
func (x *extractor) environmentVariable(name string, n writing, s spot) bool {
	switch name {
	case resourceAttributes:
		x.listed(n, s)
	case optIn:
		x.words(n, s)
	default:
		return false
	}
	return true
}

// listed are the keys of key=value, separated by commas.
func (x *extractor) listed(n writing, s spot) {
	start := n.at.Start
	for part := range strings.SplitSeq(n.text, ",") {
		key, value, ok := strings.Cut(part, "=")
		if name := strings.TrimSpace(key); ok && name != "" {
			from := start + strings.Index(part, name)
			at := source.Range{Start: from, End: from + len(name)}
			from = start + len(key) + 1
			x.emit(s.file, source.Use{
				Role: source.Attribute, Tier: source.A, At: at, Key: name, Rewrite: source.Replace(at),
				Place: translate.Resource, Type: registry.String, Within: x.within(s),
				Value: &source.Text{At: source.Range{Start: from, End: from + len(value)}, Text: value, Rewrite: source.Replace(source.Range{Start: from, End: from + len(value)})},
			})
		}
		start += len(part) + 1
	}
}

// words are those of the opt-in, separated by commas.
func (x *extractor) words(n writing, s spot) {
	start := n.at.Start
	for part := range strings.SplitSeq(n.text, ",") {
		if word := strings.TrimSpace(part); word != "" {
			from := start + strings.Index(part, word)
			at := source.Range{Start: from, End: from + len(word)}
			x.emit(s.file, source.Use{Role: source.OptIn, Tier: source.A, At: at, Key: word, Rewrite: source.Replace(at), Within: x.within(s)})
		}
		start += len(part) + 1
	}
}
