//go:build cgo

package treesitter

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source/constants"
)

// convention is a constant of a convention package.
type convention struct {
	// value is what it holds; member is whether that is an attribute's value and no name.
	value  string
	member bool
	metric bool
}

// constant is the constant of a convention package that a name or a member is.
func (r *reading) constant(n node) (convention, bool) {
	path := r.path(n)
	if len(path) == 0 || len(path) > maxNesting {
		return convention{}, false
	}
	if i, ok := r.imports[path[0]]; ok {
		return r.convention(i.module, joinPath(i.path, path[1:]...))
	}
	if len(r.definitions[path[0]]) > 0 && len(path) == 1 {
		return convention{}, false
	}
	for _, i := range r.wild {
		if c, ok := r.convention(i.module, joinPath(i.path, path...)); ok {
			return c, true
		}
	}
	if len(path) > 3 { // written out
		return r.convention("", strings.Join(path, "."))
	}
	return convention{}, false
}

func joinPath(path string, more ...string) string {
	all := strings.Join(more, ".")
	if path == "" || all == "" {
		return path + all
	}
	return path + "." + all
}

// convention looks a constant up by what is imported and the path in it.
func (r *reading) convention(module, path string) (convention, bool) {
	l := r.language
	split := l.constant
	if split == nil {
		split = splitLast
	}
	pkg, name := split(module, path)
	key := l.constants
	if key == "" {
		key = l.name
	}
	m, ok := constants.Find(key, pkg, name)
	switch {
	case !ok:
		return convention{}, false
	case m.Member != "" || m.Name == "":
		return convention{value: m.Member, member: true}, true
	}
	return convention{value: m.Name, metric: l.metric != nil && l.metric(pkg, name) || r.names.onlyMetric(m.Name)}, true
}

// splitLast takes a dotted path apart at the last dot.
func splitLast(module, path string) (pkg, name string) {
	path = joinPath(module, path)
	if at := strings.LastIndexByte(path, '.'); at > 0 {
		return path[:at], path[at+1:]
	}
	return "", path
}

// values are what a name of the file may have been given, nil where that is not known.
func (r *reading) values(n node) []node {
	path := r.path(n)
	if len(path) == 0 {
		return nil
	}
	defined := r.definitions[path[len(path)-1]]
	if len(defined) == 0 {
		return nil
	}
	if len(path) > 1 {
		qualifier := strings.Join(path[:len(path)-1], ".")
		if r.isSelf(qualifier) {
			qualifier = r.qualifier(n)
		}
		return valuesOf(defined, func(d *definition) bool {
			return d.qualifier == qualifier || strings.HasSuffix(d.qualifier, "."+qualifier)
		})
	}
	// The innermost scope that defines it counts.
	for scope := r.nodes[n].scope; ; scope = r.nodes[scope].scope {
		if found := valuesOf(defined, func(d *definition) bool { return d.scope == scope }); len(found) > 0 {
			return found
		}
		if scope == none {
			break
		}
	}
	return nil
}

// maxValues bounds how many values of a name are followed.
const maxValues = 8

func valuesOf(defined []definition, is func(*definition) bool) []node {
	var all []node
	for i := range defined {
		if is(&defined[i]) && len(all) < maxValues {
			all = append(all, defined[i].value)
		}
	}
	return all
}

// foreign is what an imported name may stand for, if it is another file's of the repository.
func (r *reading) foreign(n node) []imported {
	path := r.path(n)
	if len(path) == 0 || r.language.locate == nil || r.isSelf(path[0]) {
		return nil
	}
	if i, ok := r.imports[path[0]]; ok {
		return []imported{{i.module, joinPath(i.path, path[1:]...)}}
	}
	var all []imported
	for _, i := range r.wild[:min(len(r.wild), maxValues)] {
		all = append(all, imported{i.module, joinPath(i.path, path...)})
	}
	if len(path) == 2 && r.home != "" {
		all = append(all, imported{r.home, strings.Join(path, ".")}) // a class of the same package
	}
	return all
}
