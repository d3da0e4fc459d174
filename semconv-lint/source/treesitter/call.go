//go:build cgo

package treesitter

import (
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// arg is an argument of a call.
type arg struct {
	name  string
	value node
}

// maxArguments bounds a call's.
const maxArguments = 256

// arguments are a call's.
func (r *reading) arguments(n node) []arg {
	list := r.b(n)
	if list == none {
		return nil
	}
	if r.form(list) != arguments { // f"…", f{…}
		return []arg{{value: list}}
	}
	var args []arg
	for c := range r.children(list) {
		if len(args) == maxArguments {
			break
		}
		a := arg{value: c}
		if r.form(c) == argument || r.form(c) == pair && r.form(r.a(c)) == name {
			if a.value = r.b(c); a.value == none {
				a.value = r.unwrapped(c)
			}
			if id := r.argumentName(c); id != none {
				a.name = strings.TrimSuffix(r.text(id), ":")
			}
		}
		args = append(args, a)
	}
	return args
}

// argumentName is the name of an argument or entry, none where it has none.
func (r *reading) argumentName(n node) node {
	if a := r.a(n); a != r.b(n) {
		return a
	}
	return none
}

// called is the last name of what a call calls: setAttribute.
func (r *reading) called(n node) string {
	if id := r.c(n); id != none {
		return last(r.text(id))
	}
	switch callee := r.unwrapped(r.a(n)); r.form(callee) {
	case name:
		return r.text(callee)
	case member:
		return r.text(r.b(callee))
	case other:
		if callee != none && r.end(callee)-r.start(callee) < 200 {
			return last(r.text(callee)) // a type, with its package and arguments
		}
	}
	return ""
}

// last is the last name of a written path, without type arguments.
func last(path string) string {
	if at := strings.IndexAny(path, "<("); at >= 0 {
		path = path[:at]
	}
	path = path[strings.LastIndexAny(path, ".:\\")+1:]
	return strings.TrimSpace(path)
}

// receiver is what a called method is looked up in.
func (r *reading) receiver(n node) node {
	if r.c(n) != none {
		return r.a(n)
	}
	if callee := r.unwrapped(r.a(n)); r.form(callee) == member {
		return r.a(callee)
	}
	return none
}

// written is what is called, as findings say it: span.setAttribute.
func (r *reading) written(n node) string {
	method := r.called(n)
	receiver := r.receiver(n)
	for range maxNesting { // of a chain of the same calls what it begins with
		if inner := r.unwrapped(receiver); r.form(inner) == call && r.called(inner) == method {
			receiver = r.receiver(inner)
		}
	}
	if on := r.lastName(receiver); on != "" && len(on) < 40 {
		return on + "." + method
	}
	return method
}

// metricOf is the name of the metric that an instrument makes, "" where that is not known.
func (r *reading) metricOf(n node) string {
	if n == none {
		return ""
	}
	if made, ok := r.instruments[r.lastName(n)]; ok {
		if t, ok := r.evaluate(made, 0); ok && !t.varies {
			return t.text
		}
	}
	return ""
}

// makes is the name of the metric that a call, or a chain of them, makes an instrument of.
func (r *reading) makes(n node) node {
	for range maxNesting {
		if n = r.unwrapped(n); n == none || r.form(n) != call {
			return none
		}
		for _, c := range r.language.byName[r.called(n)] {
			if c.instrument != registry.NoInstrument {
				for _, s := range c.takes {
					if s.takes == metric {
						return argumentOf(r.arguments(n), s)
					}
				}
			}
		}
		n = r.receiver(n)
	}
	return none
}

// isOn is whether a call's receiver has one of the words in the name, or in that of the call that
// gave it.
func (r *reading) isOn(n node, words string) bool {
	if words == "" {
		return true
	}
	receiver := r.receiver(n)
	if receiver == none {
		return false
	}
	if _, is := r.instruments[r.lastName(receiver)]; is && strings.Contains(words, "counter") {
		return true
	}
	for range maxNesting {
		on := strings.ToLower(r.lastName(receiver))
		for word := range strings.FieldsSeq(words) {
			if strings.Contains(on, word) {
				return true
			}
		}
		// Attributes.builder().put(): builder says nothing, Attributes does.
		inner := r.unwrapped(receiver)
		switch r.form(inner) {
		case call:
			receiver = r.receiver(inner)
		case member:
			receiver = r.a(inner)
		default:
			return false
		}
		if receiver == none {
			return false
		}
	}
	return false
}
