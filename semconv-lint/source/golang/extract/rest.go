package extract

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// rest yields the whole texts that look like a name and of which no call says what they are.
func (x *extractor) rest(file int) {
	f := x.Files[file]
	if f.Mute {
		return
	}
	tier := source.C
	if usesTelemetry(f.Syntax) {
		tier = source.B
	}
	ast.PreorderStack(f.Syntax, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			x.maybe(n, tier, spot{file, stack})
		}
		return true
	})
}

// maybe yields one text.
func (x *extractor) maybe(l *ast.BasicLit, tier source.Tier, s spot) {
	if l.Kind != token.STRING || x.taken[l] {
		return
	}
	if field, ok := s.parent().(*ast.Field); ok && field.Tag == l {
		return
	}
	n, ok := x.literal(l)
	if !ok || x.assignment(n, s) || !dotted(n.text) {
		return
	}
	u := source.Use{Role: source.Name, Tier: tier, At: n.at, Key: n.text, Rewrite: n.rewrite, Within: x.within(s), Read: x.reads(s)}
	if !u.Read && x.foreign(s) {
		u.Tier = source.C
	}
	x.emit(s.file, u)
}

// foreign is whether a text is handed to a function of which it is known that it wants no name of
// telemetry: one of another module, which is no wrapper.
func (x *extractor) foreign(s spot) bool {
	call, ok := s.parent().(*ast.CallExpr)
	if !ok {
		return false
	}
	name := x.called(call)
	words := wordsOf(call.Fun)
	switch {
	case x.conversion(call) != nil, len(words) > 0 && slices.ContainsFunc(words[len(words)-min(len(words), 2):], func(w string) bool { return takers[w] }):
		return false
	case name == "":
		_, method := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		return method
	case transparent(name):
		return false
	}
	name = strings.TrimLeft(name, "(")
	slash := strings.LastIndexByte(name, '/') + 1
	path, _, qualified := strings.Cut(name[slash:], ".")
	return qualified && !x.Local(name[:slash]+path)
}

// takers are words in the names of functions that take names of telemetry, whoever's they are:
// AddAttribute, WithTag.
var takers = set("attribute attributes attr attrs tag tags label labels dimension dimensions")

// dotted is whether a text has the form of the names of the conventions: lower-case words with
// dots between.
func dotted(text string) bool {
	dots, start := 0, true
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z':
			start = false
		case ('0' <= c && c <= '9' || c == '_') && !start:
		case '0' <= c && c <= '9' && dots > 0:
			start = false
		case c == '.' && !start:
			dots++
			start = true
		default:
			return false
		}
	}
	return dots > 0 && !start && len(text) <= maxName
}

// maxName is longer than any name of the conventions.
const maxName = 100
