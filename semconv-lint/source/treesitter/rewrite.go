//go:build cgo

package treesitter

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/constants"
)

// renamedConstant writes another name in a constant's place, nil where no edit is safe: where
// constants are texts a text may stand for them, where they are keys another key.
func (r *reading) renamedConstant(n node, c convention) source.Rewrite {
	at := source.Range{Start: r.start(n), End: r.end(n)}
	if quote := r.language.quote; r.language.textual {
		return func(name string) []source.Edit { return []source.Edit{{Range: at, Text: quote + name + quote}} }
	}
	if r.language.imported == nil || !r.sameArtifact(n) {
		return nil
	}
	insert := r.afterImports()
	if insert < 0 {
		return nil
	}
	// The tree must not be held by it: rewrites live until all files are read.
	registry, l, imports := r.names.conventions.Registry, r.language, r.imports
	was := registry.Resolve(c.value)
	return func(name string) []source.Edit {
		now := registry.Resolve(name)
		if was == nil || now == nil || was.Type.Base() != now.Type.Base() || now.Key != name {
			return nil // a key has the type of its values
		}
		for _, k := range constants.Of(l.name, name) {
			class := last(k.Package)
			there := imports[class]
			if full := joinPath(there.module, there.path); full != "" && full != k.Package {
				continue // another class of that name
			}
			edits := []source.Edit{{Range: at, Text: class + "." + k.Name}}
			if there == (imported{}) {
				edits = append(edits, source.Edit{Range: source.Range{Start: insert, End: insert}, Text: l.imported(k.Package)})
			}
			return edits
		}
		return nil
	}
}

// sameArtifact is whether a constant is of a package that comes with those of today: who has the
// retired constants of today's conventions has the others, too.
func (r *reading) sameArtifact(n node) bool {
	path := r.path(n)
	if len(path) == 0 {
		return false
	}
	i := r.imports[path[0]]
	return strings.Contains(i.module, ".incubating")
}

// afterImports is where another import may be written, -1 where there is none.
func (r *reading) afterImports() int {
	at := -1
	for n := node(1); int(n) < len(r.nodes); n++ {
		if r.form(n) == importing && r.parent(n) == node(1) && r.end(n) > at {
			at = r.end(n)
		}
	}
	return at
}
