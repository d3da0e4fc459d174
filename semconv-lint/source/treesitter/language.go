//go:build cgo

package treesitter

import (
	"sync"
	"unsafe"

	"github.com/koine-otel/koine/semconv/registry"
)

// language is a programming language as data: its grammars, what their nodes are, what is called
// with names of telemetry, and how names of other packages are imported. See DESIGN.md.
type language struct {
	// name is what the findings call it; constants is its key in the tables of convention
	// packages, empty where that is the same.
	name, constants string
	// grammars are by the extension of files, without the dot.
	grammars map[string]func() unsafe.Pointer
	// syntax says of kinds of nodes what they are.
	syntax syntax
	// numbers are kinds of nodes that are constants of a type; made are what some functions
	// and conversions give: str, len.
	numbers, made map[string]registry.Type
	// casts are conversions by what is in the parentheses: (string).
	casts map[string]registry.Type

	// conventions begin the packages whose constants are names of the conventions. The file is
	// read if it has one of them.
	conventions []string
	// constant splits what an import and a path of members come to into the package and the
	// name that the tables of constants know; nil splits at the last dot.
	constant func(module, path string) (pkg, name string)
	// metric says by package and name whether a constant names a metric. nil: none does.
	metric func(pkg, name string) bool
	// telemetry are words in the names of imported packages that make a file one of telemetry,
	// besides those of all languages.
	telemetry []string
	// masked gives a file's content as it is parsed, of the same length: with what the grammar
	// takes for code blanked, or written as code. nil: as it is.
	masked func(src []byte) []byte
	// reshaped changes the tree's nodes to what the syntax cannot say of their kinds, before
	// anything is declared; further finds uses that no call or map is. Either may be nil.
	reshaped, further func(r *reading)
	// imports declares what a node of form importing brings in, with bind.
	imports func(r *reading, n node)
	// requires is a function that gives a package: imports is called with the bindings of what
	// it gives, too.
	requires string
	// locate gives the files of the repository that a module may be in: relative to the root,
	// with the path of members in each,
	// and exact, or, with a leading "*/", the end of a path.
	locate func(from, module, path string) []place
	// words is whether a name that is the key of a mapping's entry is a text, as in JavaScript.
	words bool
	// textual is whether constants of convention packages are texts, so that a literal, with
	// quote around it, may stand in their place.
	textual bool
	quote   string
	// imported writes the import of a class of constants behind the others. nil: constants of
	// convention packages are not rewritten, unless they are textual.
	imported func(class string) string
	// self are the words for the enclosing class: this, self.
	self []string
	// raw says by what stands before the quotes, and by these, whether backslashes are
	// themselves in a literal. nil: never.
	raw func(prefix, quotes string) bool
	// dollar is whether $name in a literal is a part that varies although the grammar does not say so.
	dollar bool
	// plus are the operators that join texts: +, and . in PHP.
	plus []string

	// calls are what is called with names; keys are the calls that give an attribute's key,
	// by name, with the type of its values: stringKey. texts are the calls and members that
	// leave a name what it is: getKey, value, toString. maps are the calls that make a map of
	// their arguments: pairs, or keys and values in turn.
	calls []callee
	keys  map[string]registry.Type
	texts []string
	maps  []string
	// formats are functions that put values into a text: String.format, "".format.
	formats []string
	// joins are functions that put their arguments one behind the other.
	joins []string
	// braced is whether formats have their values in braces and not behind percent signs, inlined
	// whether these may name a variable: {job_id:?}.
	braced, inlined bool
	// units are the builder methods that set an instrument's unit.
	units []string

	once     sync.Once
	compiled map[string]*grammar
	byName   map[string][]*callee
}

// syntax is what nodes are, by their kind in the grammar.
type syntax map[string]shape

// shape is what a node is, and where its parts are: a field's name, the position of a named child
// from 0, or from -1 for the last, or "@" and a child's kind; several with "|" between, the first
// that is there counts.
type shape struct {
	form    form
	a, b, c string
}

// form is what a node is to the reader.
type form uint8

// The forms, with their parts a, b and c.
const (
	other form = iota
	// literal is a text in quotes; joined are literals side by side.
	literal
	joined
	// interpolation is a part of a literal that varies.
	interpolation
	// infix is an operation: left, right. compare is one with any number of operands.
	infix
	compare
	// wrapper stands for a part of it, a, or its last child: parentheses, a cast.
	wrapper
	// choice has two or more possible values, a and b, or all its children: a ? b : c.
	choice
	// name is an identifier, member one of an object: object, name.
	name
	member
	// call is a call, a construction or an annotation: what is called, arguments; and, where what
	// is called has no node of its own, the name, with the object in a.
	call
	// arguments are a call's. argument is one of them that has a node of its own: name, value.
	arguments
	argument
	// mapping is a literal of a map, pair an entry: key, value. sequence is a list.
	mapping
	pair
	sequence
	// index is an element: object, key.
	index
	// binding gives a name a value: target, value.
	binding
	// function and class enclose: name.
	function
	class
	// importing brings in names of other packages.
	importing
	// exporting hands names of other packages on; what it declares itself is in it, too.
	exporting
	// label is what a branch of a switch is for.
	label
	// statement holds an expression that nothing is done with: a docstring.
	statement
	// comment is text for people, with all in it.
	comment
)
