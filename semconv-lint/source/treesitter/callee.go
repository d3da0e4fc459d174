//go:build cgo

package treesitter

import (
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// callee is something that is called with names of telemetry.
type callee struct {
	// names are what it may be called, with spaces between; of a construction the type.
	names string
	// on are parts of names, in lower case with spaces between: what the name is looked up in,
	// or the call before it in a chain, must have one of them. Empty: anything.
	on string
	// takes are its arguments.
	takes []slot
	// place is what carries the attributes, typ the type of the value that is set, instrument
	// what is made.
	place      translate.Place
	typ        registry.Type
	instrument registry.Instrument
	// read is one that looks for attributes and sets none.
	read bool
	// bare is one that says by itself that it is telemetry, also in a file that imports no API:
	// an annotation with a name of its own, addSpanAttribute.
	bare bool
}

// slot is an argument.
type slot struct {
	takes takes
	// at is the position from 0, -1 where it goes by name only; name is the name.
	at   int
	name string
}

// takes is what an argument is.
type takes uint8

// The kinds of arguments.
const (
	// key is an attribute's key with its value in the next argument, if there is one.
	key takes = iota + 1
	// value is the value where it is not the next argument.
	value
	// attributes is a map of attributes; options an object with entries that are known by
	// name: attributes, unit.
	attributes
	options
	// pairs are keys and values in turn, from this argument on; keys are keys alone.
	pairs
	keys
	// spanName, event and metric are names; unit is a metric's.
	spanName
	event
	metric
	unit
)

// The tables' usual arguments.
func first(t takes, name string) slot       { return slot{t, 0, name} }
func nth(t takes, at int, name string) slot { return slot{t, at, name} }
func named(t takes, name string) slot       { return slot{t, -1, name} }
func with(slots ...slot) []slot             { return slots }
