// Package ottl reads statements and conditions of the OpenTelemetry Transformation Language and
// keeps where each part of them stands. It knows the grammar and no function or path: what a
// collector of another version or of somebody's own would accept is read as well.
package ottl

import (
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// Kind is what an expression is.
type Kind uint8

// The kinds.
const (
	Path Kind = iota + 1
	Call
	String
	Number
	// Word is true, false, nil, an enum or a function that is given by its name.
	Word
	List
	Map
	// Binary has an operator, such as and, == and +, Unary not or -.
	Binary
	Unary
)

// Expression is a part of a statement.
type Expression struct {
	Kind Kind
	// At is its place in the statement's text.
	At source.Range
	// Name is a call's function, an operator, a word or a number.
	Name string
	// Fields are a path's.
	Fields []Field
	// Keys index what a call gives.
	Keys []*Expression
	// Text is a string's, with its place in the file.
	Text yamltext.Text
	// Arguments are a call's, the items of a list, the values of a map.
	Arguments []Argument
	// Left and Right are operands; a unary operator has the right one.
	Left, Right *Expression
}

// Field is one of a path: attributes["http.method"] has a key.
type Field struct {
	Name string
	Keys []*Expression
}

// Argument is one of a call, with its name where that is given, or a map's with its key.
type Argument struct {
	Name  string
	Key   *Expression
	Value *Expression
}

// Statement is an editor or a value, with the condition under which it is run.
type Statement struct {
	Does  *Expression
	Where *Expression
}

// Argument is a call's by its name or else by its position, nil where it is not given.
func (e *Expression) Argument(name string, position int) *Expression {
	for i, a := range e.Arguments {
		if a.Name == "" && i == position || a.Name != "" && a.Name == name {
			return a.Value
		}
	}
	return nil
}

// Walk calls visit for an expression and, where that says so, for all parts of it.
func (e *Expression) Walk(visit func(*Expression) bool) {
	if e == nil || !visit(e) {
		return
	}
	for _, f := range e.Fields {
		for _, k := range f.Keys {
			k.Walk(visit)
		}
	}
	for _, k := range e.Keys {
		k.Walk(visit)
	}
	for _, a := range e.Arguments {
		a.Key.Walk(visit)
		a.Value.Walk(visit)
	}
	e.Left.Walk(visit)
	e.Right.Walk(visit)
}
