//go:build cgo

package treesitter

import (
	"bytes"
	"path"
	"strings"
	"unsafe"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	bindings "github.com/tree-sitter/tree-sitter-rust/bindings/go"
)

var rust = language{
	name:     "rust",
	grammars: map[string]func() unsafe.Pointer{"rs": bindings.Language},
	syntax: syntax{
		"string_literal":           {form: literal},
		"raw_string_literal":       {form: literal},
		"binary_expression":        {form: infix, a: "left", b: "right"},
		"reference_expression":     {form: wrapper, a: "value"},
		"parenthesized_expression": {form: wrapper},
		"try_expression":           {form: wrapper},
		"await_expression":         {form: wrapper},
		"unary_expression":         {form: wrapper},
		"type_cast_expression":     {form: wrapper, a: "value"},
		"generic_function":         {form: wrapper, a: "function"},
		"else_clause":              {form: wrapper},
		"block":                    {form: wrapper},
		"if_expression":            {form: choice, a: "consequence", b: "alternative"},
		"identifier":               {form: name},
		"type_identifier":          {form: name},
		"self":                     {form: name},
		"scoped_identifier":        {form: member, a: "path", b: "name"},
		"field_expression":         {form: member, a: "value", b: "field"},
		"call_expression":          {form: call, a: "function", b: "arguments"},
		"arguments":                {form: arguments},
		"array_expression":         {form: sequence},
		"tuple_expression":         {form: sequence},
		"index_expression":         {form: index, a: "0", b: "1"},
		"const_item":               {form: binding, a: "name", b: "value"},
		"static_item":              {form: binding, a: "name", b: "value"},
		"let_declaration":          {form: binding, a: "pattern", b: "value"},
		"assignment_expression":    {form: binding, a: "left", b: "right"},
		"function_item":            {form: function, a: "name"},
		"closure_expression":       {form: function},
		"impl_item":                {form: class, a: "type"},
		"trait_item":               {form: class, a: "name"},
		"mod_item":                 {form: class, a: "name"},
		"use_declaration":          {form: importing},
		"match_pattern":            {form: label},
		"line_comment":             {form: comment},
		"block_comment":            {form: comment},
		"expression_statement":     {form: statement},
	},
	numbers: map[string]registry.Type{
		"integer_literal": registry.Int, "float_literal": registry.Double, "boolean_literal": registry.Bool,
	},
	made: map[string]registry.Type{
		"to_string": registry.String, "to_owned": registry.String, "format": registry.String, "len": registry.Int,
	},
	conventions: []string{"opentelemetry_semantic_conventions"},
	constant:    scoped,
	metric:      func(pkg, _ string) bool { return strings.HasSuffix(pkg, "::metric") },
	masked:      rustMasked,
	reshaped:    rustReshaped,
	further:     rustFurther,
	imports:     rustUse,
	locate:      rustModule,
	self:        []string{"self", "Self"},
	raw:         func(prefix, _ string) bool { return strings.Contains(prefix, "r") },
	textual:     true, quote: `"`,
	formats: []string{"format"},
	braced:  true,
	inlined: true,
	texts:   []string{"to_string", "to_owned", "into", "as_str", "clone", "to_lowercase", "as_ref"},
	calls: []callee{
		{names: "new", on: "keyvalue", takes: with(first(key, ""))},
		{names: "set_attribute", takes: with(first(key, ""))},
		{names: "record", on: "span current", takes: with(first(key, ""))},
		{names: "start start_with_context in_span span_builder", on: "tracer", takes: with(first(spanName, ""))},
		{names: "from_name", on: "spanbuilder", takes: with(first(spanName, ""))},
		{names: "update_name", on: "span", takes: with(first(spanName, ""))},
		{names: "add_event", takes: with(first(event, "")), place: translate.Event},
		{names: "u64_counter f64_counter u64_observable_counter f64_observable_counter", takes: with(first(metric, "")), instrument: registry.Counter},
		{names: "i64_up_down_counter f64_up_down_counter i64_observable_up_down_counter f64_observable_up_down_counter",
			takes: with(first(metric, "")), instrument: registry.UpDownCounter},
		{names: "u64_histogram f64_histogram i64_histogram", takes: with(first(metric, "")), instrument: registry.Histogram},
		{names: "u64_gauge i64_gauge f64_gauge u64_observable_gauge i64_observable_gauge f64_observable_gauge",
			takes: with(first(metric, "")), instrument: registry.Gauge},
		// Macros: read by rustFurther, here for the prefilter.
		{names: "span trace_span debug_span info_span warn_span error_span instrument event trace debug info warn error"},
	},
	units: []string{"with_unit"},
}

// rustMasked writes vec![…] as &[…] and format!(…) as format (…): the grammar does not say what
// macros hold.
func rustMasked(src []byte) []byte {
	masked := bytes.ReplaceAll(src, []byte("vec!["), []byte("   &["))
	return bytes.ReplaceAll(masked, []byte("format!("), []byte("format ("))
}

// rustReshaped marks what macros of assertions hold as compared, and leaves String::from("…") out.
func rustReshaped(r *reading) {
	for n := node(1); int(n) < len(r.nodes); n++ {
		switch r.kind(n) {
		case "macro_invocation":
			if !strings.HasPrefix(last(r.text(r.field(n, "macro"))), "assert") {
				continue
			}
			if tokens := r.childOf(n, "token_tree"); tokens != none {
				r.nodes[tokens].form = compare
			}
		case "call_expression":
			if made := r.text(r.field(n, "function")); made == "String::from" || strings.HasPrefix(made, "Cow::") || made == "StringValue::from" {
				if args := r.arguments(n); len(args) == 1 && r.form(args[0].value) == literal {
					r.replace(n, args[0].value)
				}
			}
		}
	}
}

// rustFurther finds what macros have: spans and events of the crate tracing, and attributes; and
// keys that are made without a value.
func rustFurther(r *reading) {
	for n := node(1); int(n) < len(r.nodes); n++ {
		switch r.kind(n) {
		case "attribute_item":
			r.rustInstrument(n)
			r.skip(n) // the rest is no telemetry: #[serde(rename = "…")]
		case "macro_invocation":
			if printed[last(r.text(r.field(n, "macro")))] {
				r.skip(n)
				continue
			}
			r.rustMacro(last(r.text(r.field(n, "macro"))), r.childOf(n, "token_tree"))
		case "call_expression":
			r.rustKeyed(n)
			if id := r.called(n); (id == "new" || id == "from_static_str" || id == "from") && r.lastName(r.receiver(n)) == "Key" && r.telemetry {
				if args := r.arguments(n); len(args) == 1 {
					r.use(args[0].value, r.as(n, source.A, "Key."+id, 0))
				}
			}
		case "identifier":
			r.rustToken(n)
		}
	}
}

// printed are macros whose texts are for people.
var printed = map[string]bool{"println": true, "print": true, "eprintln": true, "eprint": true, "panic": true, "unreachable": true, "todo": true}

// rustKeyed finds HTTP_METHOD.string("GET"): a constant of older packages is a Key, in the place of which
// no text may stand.
func (r *reading) rustKeyed(n node) {
	switch r.called(n) {
	case "string", "i64", "f64", "bool", "array":
	default:
		return
	}
	key, args := r.receiver(n), r.arguments(n)
	if _, ok := r.constant(key); !ok || len(args) != 1 {
		return
	}
	a := r.as(n, source.A, "Key."+r.called(n), 0)
	a.value = args[0].value
	r.use(key, a)
	if i, ok := r.at[source.Range{Start: r.start(key), End: r.end(key)}]; ok {
		r.uses[i].Rewrite = nil
	}
}

// rustToken finds KeyValue::new("…" and other macros in the tokens of a macro.
func (r *reading) rustToken(n node) {
	if r.kind(r.parent(n)) != "token_tree" {
		return
	}
	if next := r.nodes[n].next; r.kind(next) == "token_tree" && string(r.src[r.end(n):r.start(next)]) == "!" {
		r.rustMacro(r.text(n), next)
		return
	}
	if r.text(n) != "KeyValue" {
		return
	}
	method := r.nodes[n].next
	if method == none || r.text(method) != "new" {
		return
	}
	if tokens := r.nodes[method].next; r.kind(tokens) == "token_tree" {
		if first := r.find(tokens, part{at: 0}); r.form(first) == literal {
			a := r.as(n, source.A, "KeyValue.new", 0)
			if second := r.find(tokens, part{at: 1}); second != none && r.nodes[second].next == none {
				a.value = second
			}
			r.use(first, a)
		}
	}
}

// rustUse declares use a::b, use a::b as c, use a::{b, c::D}, and use a::*.
func rustUse(r *reading, n node) {
	if tree := r.field(n, "argument"); tree != none {
		r.rustUseTree(tree, "", 0)
	}
}

func (r *reading) rustUseTree(n node, prefix string, depth int) {
	if depth > maxNesting {
		return
	}
	switch r.kind(n) {
	case "scoped_use_list":
		inner := prefix
		if of := r.field(n, "path"); of != none {
			inner = rustPath(prefix, r.text(of))
		}
		if list := r.field(n, "list"); list != none {
			r.rustUseTree(list, inner, depth+1)
		}
	case "use_list":
		for c := range r.children(n) {
			r.rustUseTree(c, prefix, depth+1)
		}
	case "use_wildcard":
		if of := r.find(n, part{at: 0}); of != none {
			module := r.rustModulePath(rustPath(prefix, r.text(of)))
			r.bind("*", module, "")
			r.brings(of, module)
		}
	case "use_as_clause":
		of, alias := r.field(n, "path"), r.field(n, "alias")
		if of != none && alias != none {
			full := r.rustModulePath(rustPath(prefix, r.text(of)))
			r.bind(r.text(alias), full, "")
			if isModule(full) {
				r.brings(of, full)
			}
		}
	default:
		full := r.rustModulePath(rustPath(prefix, r.text(n)))
		if r.text(n) == "self" {
			full = r.rustModulePath(prefix)
		}
		r.bind(full[strings.LastIndexByte(full, ':')+1:], full, "")
		if isModule(full) {
			r.brings(n, full)
		}
	}
}

// isModule is whether a path is one of a module, and none of a constant or type in it.
func isModule(full string) bool { return strings.ToLower(full) == full }

func rustPath(prefix, name string) string {
	if prefix == "" {
		return strings.TrimPrefix(name, "::")
	}
	return prefix + "::" + name
}

// rustModulePath puts a module in place of a name that was given to it before.
func (r *reading) rustModulePath(full string) string {
	first, rest, more := strings.Cut(full, "::")
	if i, ok := r.imports[first]; ok && more && i.path == "" {
		return i.module + "::" + rest
	}
	return full
}

// rustModule gives the files that a module may be in.
func rustModule(from, module, members string) []place {
	mods := strings.Split(strings.ReplaceAll(joinPath(module, members), "::", "."), ".")
	constant := mods[len(mods)-1]
	mods = mods[:len(mods)-1]
	if len(mods) == 0 {
		return nil
	}
	base := path.Dir(from) + "/"
	switch mods[0] {
	case "std", "core", "alloc":
		return nil
	case "crate":
		if at := strings.LastIndex("/"+base, "/src/"); at >= 0 {
			base = base[:at+len("src/")]
		}
		mods = mods[1:]
	case "super":
		mods = mods[1:]
	default:
		if len(mods) > 1 { // another crate of the repository
			crate := strings.ReplaceAll(mods[0], "_", "-")
			other := "*/" + crate + "/src/" + path.Join(mods[1:]...)
			return []place{{other + ".rs", constant}, {other + "/mod.rs", constant}}
		}
	}
	if len(mods) == 0 {
		return []place{{path.Clean(base) + ".rs", constant}, {path.Clean(base + "mod.rs"), constant},
			{path.Clean(base + "lib.rs"), constant}, {path.Clean(base + "main.rs"), constant}}
	}
	at := path.Clean(base + path.Join(mods...))
	outer := path.Clean(base + path.Join(mods[:len(mods)-1]...))
	inner := mods[len(mods)-1] + "." + constant
	return []place{{at + ".rs", constant}, {at + "/mod.rs", constant},
		{outer + ".rs", inner}, {outer + "/mod.rs", inner}, {outer + "/lib.rs", inner}}
}
