package extract

import (
	"go/ast"
	"strings"
)

// guess knows methods whose receiver's type is not known, by names that only these APIs have, in a
// file that imports the API. Of a tracer's Start the receiver must be called one.
func (x *extractor) guess(call *ast.CallExpr) []Callee {
	s, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	if t := x.Info.TypeOf(s.X); t != nil && typeName(t) != "" {
		return nil // a type of the package's own, and not such a method
	}
	file, ok := x.fileOf(call)
	if !ok {
		return nil
	}
	for _, g := range guesses[s.Sel.Name] {
		if x.importsFrom(file, g.api) && (g.receiver == "" || strings.Contains(strings.ToLower(x.text(s.X)), g.receiver)) {
			return callees[g.callee]
		}
	}
	return nil
}

type guessed struct{ api, receiver, callee string }

// guesses are by methods.
var guesses = func() map[string][]guessed {
	all := map[string][]guessed{}
	for callee := range callees {
		method, ok := strings.CutPrefix(callee, "(")
		if !ok {
			continue
		}
		of, method, _ := strings.Cut(method, ").")
		g := guessed{callee: callee, api: of[:strings.LastIndexByte(of, '.')]}
		switch of {
		case pdata + "/pcommon.Map":
			if method == "Get" || method == "Remove" || method == "FromRaw" {
				g.receiver = "attr"
			}
			g.api = pdata
		case otel + "/metric.Meter":
		case otel + "/trace.Tracer":
			g.receiver, g.api = "tracer", otel
		case otel + "/trace.Span", tracing + ".Span", zipkin + ".Span":
			if method == "SetName" || method == "Tag" {
				g.receiver = "span"
			}
		default:
			continue
		}
		all[method] = append(all[method], g)
	}
	return all
}()

// importsFrom is whether a file imports a package of an API.
func (x *extractor) importsFrom(file int, api string) bool {
	for _, i := range x.Files[file].Syntax.Imports {
		if strings.HasPrefix(strings.Trim(i.Path.Value, "\"`"), api) {
			return true
		}
	}
	return false
}
