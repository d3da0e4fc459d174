//go:build cgo

package treesitter

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// reading is a file that is being read.
type reading struct {
	*tree
	language *language
	file     *source.File
	names    *vocabulary

	// imports are by their local names; wild are packages all of whose names are imported.
	imports map[string]imported
	wild    []imported
	// home is the package that the file says it is of, empty where the language has it say none.
	home string
	// definitions are by the last part of their names.
	definitions map[string][]definition
	// whole is the object that is all the file has for others, by its name: module.exports = tags.
	whole string
	// maps are variables that are handed over as maps of attributes, with how.
	maps map[string]as
	// instruments are variables that hold one, with the expression for the metric's name.
	instruments map[string]node
	// telemetry is whether a telemetry API is imported.
	telemetry bool

	// done are the nodes that a use was made of, or that are known to be none.
	done map[node]bool
	uses []source.Use
	at   map[source.Range]int // their places in uses
	// abroad are uses of constants that may be another file's.
	abroad []abroad
}

// imported is what a local name stands for: a module, and the path of members in it.
type imported struct{ module, path string }

// definition is a name's value.
type definition struct {
	// qualifier are the classes around it, with dots between: of what other files see.
	qualifier string
	// value is its value, in the scope of a function, a class, or none: the file.
	value, scope node
}

// abroad is a use of a name that another file defines.
type abroad struct {
	imported
	use source.Use
}

// read finds a parsed file's uses.
func read(l *language, f *source.File, t *tree, names *vocabulary) *reading {
	r := newReading(l, f, t, names)
	r.declare()
	r.proven()
	if l.further != nil {
		l.further(r)
	}
	r.likely()
	return r
}

func newReading(l *language, f *source.File, t *tree, names *vocabulary) *reading {
	return &reading{
		tree: t, language: l, file: f, names: names,
		imports: map[string]imported{}, definitions: map[string][]definition{}, maps: map[string]as{}, instruments: map[string]node{},
		done: map[node]bool{}, at: map[source.Range]int{},
	}
}

// bind says what a local name stands for; "*" is all of a module's names.
func (r *reading) bind(local, module, path string) {
	i := imported{module, path}
	if local == "*" {
		r.wild = append(r.wild, i)
	} else {
		r.imports[local] = i
	}
	r.telemetry = r.telemetry || r.isTelemetry(module) || r.isTelemetry(path)
}

// telemetryWords are in the names of packages that make telemetry, or of a repository's own
// modules that wrap one.
var telemetryWords = []string{
	"opentelemetry", "opentracing", "opencensus", "zipkin", "micrometer", "ddtrace", "dd-trace", "datadog",
	"jaeger", "openinference", "openllmetry", "traceloop", "honeycomb", "otel", "tracing", "telemetry", "tracer",
}

func (r *reading) isTelemetry(module string) bool {
	for _, words := range [][]string{telemetryWords, r.language.telemetry} {
		for _, word := range words {
			if hasWord(module, word) {
				return true
			}
		}
	}
	return false
}

// hasWord is whether a name has a word, in any case, that begins there: otel is none in hotel.
func hasWord(name, word string) bool {
	lower := strings.ToLower(name)
	if len(lower) != len(name) {
		return false
	}
	for from := 0; ; {
		at := strings.Index(lower[from:], word)
		if at < 0 {
			return false
		}
		at += from
		if at == 0 || !letter(name[at-1]) || name[at-1] == '_' || name[at] != lower[at] {
			return true
		}
		from = at + 1
	}
}

// declare finds imports and definitions.
func (r *reading) declare() {
	if r.language.reshaped != nil {
		r.language.reshaped(r)
	}
	for n := node(1); int(n) < len(r.nodes); n++ {
		switch r.form(n) {
		case importing:
			r.language.imports(r, n)
			r.skip(n)
		case call:
			r.required(n)
		case exporting:
			r.language.imports(r, n)
		case binding:
			if requires := r.language.requires; requires != "" && r.called(r.unwrapped(r.b(n))) == requires {
				r.language.imports(r, n)
				continue
			}
			r.define(r.unwrapped(r.a(n)), r.b(n))
		}
	}
}

// required notes a package that is brought in by a call, whatever becomes of it.
func (r *reading) required(n node) {
	if requires := r.language.requires; requires == "" || r.called(n) != requires {
		return
	}
	if args := r.arguments(n); len(args) == 1 && r.form(args[0].value) == literal {
		module := r.literal(args[0].value).text
		r.bind("\x00"+module, module, "")
		r.done[args[0].value] = true
	}
}

// brings notes the import of a package, written at a node.
func (r *reading) brings(n node, pkg string) {
	for _, prefix := range r.language.conventions {
		if strings.HasPrefix(pkg, prefix) {
			r.add(source.Use{Role: source.Package, Tier: source.A, At: source.Range{Start: r.start(n), End: r.end(n)}, Key: pkg, Within: -1})
			return
		}
	}
}

// skip marks all in a node as no use.
func (r *reading) skip(n node) {
	for m := n; int(m) < len(r.nodes) && r.start(m) < r.end(n); m++ {
		r.done[m] = true
	}
}

// define notes a name's value. An object's or enum's entries are names, too.
func (r *reading) define(target, value node) {
	if target == none || value == none || r.unwrapped(value) == target {
		return
	}
	qualifier := r.qualifier(target)
	switch r.form(target) {
	case name:
	case member:
		// this.x = …, exports.X = …
		path := r.path(target)
		if len(path) != 2 || !r.isSelf(path[0]) && path[0] != "exports" {
			if len(path) == 2 && path[0] == "module" && path[1] == "exports" {
				r.whole = r.lastName(value)
				r.defineEntries("", r.unwrapped(value), 0)
			}
			return
		}
	default:
		return
	}
	local := r.lastName(target)
	if id := r.makes(value); id != none {
		r.instruments[local] = id
	}
	r.definitions[local] = append(r.definitions[local], definition{qualifier, value, r.nodes[target].scope})
	r.defineEntries(local, r.unwrapped(value), 0)
}

// maxNesting bounds how deep what people nest is followed.
const maxNesting = 32

// defineEntries defines the entries of an object by their paths.
func (r *reading) defineEntries(qualifier string, object node, depth int) {
	if r.form(object) != mapping || depth > 4 {
		return
	}
	for entry := range r.children(object) {
		if r.form(entry) != pair {
			continue
		}
		key, v := r.a(entry), r.b(entry)
		if key == none || v == none {
			continue
		}
		text := r.entryName(key)
		if text == "" {
			continue
		}
		r.definitions[text] = append(r.definitions[text], definition{qualifier, v, r.nodes[object].scope})
		r.defineEntries(joinPath(qualifier, text), r.unwrapped(v), depth+1)
	}
}

// entryName is what an entry of an object is called in code.
func (r *reading) entryName(key node) string {
	if r.form(key) == literal {
		return r.literal(key).text
	}
	if r.form(key) == name {
		return r.text(key)
	}
	return ""
}

// qualifier are the names of the classes around a node, outermost first.
func (r *reading) qualifier(n node) string {
	var names []string
	for scope := r.nodes[n].scope; scope != none && len(names) < maxNesting; scope = r.nodes[scope].scope {
		if r.form(scope) == class {
			if id := r.a(scope); id != none {
				names = append([]string{r.text(id)}, names...)
			}
		}
	}
	return strings.Join(names, ".")
}

func (r *reading) isSelf(word string) bool {
	for _, self := range r.language.self {
		if word == self {
			return true
		}
	}
	return false
}

// path are the names of a member of a member of a name: a.b.C. It is nil of anything else.
func (r *reading) path(n node) []string {
	var path []string
	for range maxNesting {
		switch n = r.unwrapped(n); r.form(n) {
		case name:
			return append([]string{r.text(n)}, path...)
		case member:
			property := r.b(n)
			if property == none {
				return nil
			}
			path = append([]string{r.text(property)}, path...)
			n = r.a(n)
		default:
			if self := r.text(n); n != none && len(self) < 8 && r.isSelf(self) {
				return append([]string{self}, path...)
			}
			return nil
		}
	}
	return nil
}

// lastName is the last name of what is called or looked into, "" where it has none: c of a.b.c,
// of a.b().c(…), and of a.b.c[0].
func (r *reading) lastName(n node) string {
	for range maxNesting {
		switch n = r.unwrapped(n); r.form(n) {
		case name:
			return r.text(n)
		case member:
			return r.text(r.b(n))
		case call:
			if id := r.c(n); id != none {
				return r.text(id)
			}
			n = r.a(n)
		case index:
			n = r.a(n)
		default:
			if n != none && r.end(n)-r.start(n) < 64 {
				return r.text(n) // this, super, a type
			}
			return ""
		}
	}
	return ""
}

// unwrapped is what parentheses, casts and the like hold.
func (r *reading) unwrapped(n node) node {
	for range maxNesting {
		if r.form(n) != wrapper && r.form(n) != argument {
			return n
		}
		inner := r.a(n)
		if r.form(n) == argument {
			inner = r.b(n)
		}
		if inner == none {
			for c := range r.children(n) {
				inner = c
			}
		}
		if inner == none {
			return n
		}
		n = inner
	}
	return n
}
