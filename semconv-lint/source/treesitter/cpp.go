//go:build cgo

package treesitter

import (
	"bytes"
	"regexp"
	"strings"
	"unsafe"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	bindings "github.com/tree-sitter/tree-sitter-cpp/bindings/go"
)

var cpp = language{
	name: "cpp",
	grammars: map[string]func() unsafe.Pointer{
		"cpp": bindings.Language, "cc": bindings.Language, "cxx": bindings.Language, "h": bindings.Language, "hpp": bindings.Language, "hxx": bindings.Language,
	},
	syntax: syntax{
		"string_literal":             {form: literal},
		"raw_string_literal":         {form: literal},
		"concatenated_string":        {form: joined},
		"user_defined_literal":       {form: wrapper, a: "0"},
		"binary_expression":          {form: infix, a: "left", b: "right"},
		"conditional_expression":     {form: choice, a: "consequence", b: "alternative"},
		"parenthesized_expression":   {form: wrapper},
		"cast_expression":            {form: wrapper, a: "value"},
		"pointer_expression":         {form: wrapper},
		"identifier":                 {form: name},
		"field_identifier":           {form: name},
		"type_identifier":            {form: name},
		"namespace_identifier":       {form: name},
		"this":                       {form: name},
		"qualified_identifier":       {form: member, a: "scope", b: "name"},
		"field_expression":           {form: member, a: "argument", b: "field"},
		"call_expression":            {form: call, a: "function", b: "arguments"},
		"new_expression":             {form: call, a: "type", b: "arguments"},
		"argument_list":              {form: arguments},
		"initializer_list":           {form: sequence, a: "0", b: "1"},
		"subscript_expression":       {form: index, a: "argument", b: "indices"},
		"subscript_argument_list":    {form: wrapper},
		"init_declarator":            {form: binding, a: "declarator", b: "value"},
		"field_declaration":          {form: binding, a: "declarator", b: "default_value"},
		"assignment_expression":      {form: binding, a: "left", b: "right"},
		"preproc_def":                {form: binding, a: "name", b: "value"},
		"preproc_include":            {form: importing},
		"namespace_alias_definition": {form: importing},
		"using_declaration":          {form: importing},
		"alias_declaration":          {form: importing},
		"function_definition":        {form: function},
		"lambda_expression":          {form: function},
		"class_specifier":            {form: class, a: "name"},
		"struct_specifier":           {form: class, a: "name"},
		"namespace_definition":       {form: class, a: "name"},
		"expression_statement":       {form: statement},
		"comment":                    {form: comment},
	},
	numbers: map[string]registry.Type{"number_literal": registry.Int, "true": registry.Bool, "false": registry.Bool},
	made: map[string]registry.Type{
		"to_string": registry.String, "string": registry.String, "str": registry.String, "c_str": registry.String, "size": registry.Int, "length": registry.Int,
		"StrCat": registry.String,
	},
	conventions: []string{"opentelemetry::semconv", "opentelemetry/semconv", "semantic_conventions.h", "SemanticConventions::"},
	constant:    scoped,
	metric:      func(_, name string) bool { return strings.HasPrefix(name, "kMetric") },
	masked:      cppMasked,
	reshaped:    cppReshaped,
	imports:     cppImports,
	self:        []string{"this"},
	raw:         func(prefix, _ string) bool { return strings.HasSuffix(prefix, "R") },
	plus:        []string{"+"},
	textual:     true, quote: `"`,
	texts:   []string{"c_str", "data"},
	joins:   []string{"StrCat"},
	formats: []string{"StrFormat", "format"},
	braced:  true,
	maps:    []string{"MakeAttributes"},
	calls: []callee{
		{names: "SetAttribute", takes: with(first(key, ""))},
		{names: "setAttribute", on: "span", takes: with(first(key, ""))},
		{names: "SetTag", on: "span", takes: with(first(key, ""))},
		{names: "StartSpan", takes: with(first(spanName, ""), nth(attributes, 1, ""))},
		{names: "UpdateName SetOperationName", on: "span", takes: with(first(spanName, ""))},
		{names: "AddEvent", takes: with(first(event, ""), nth(attributes, 1, ""), nth(attributes, 2, "")), place: translate.Event},
		{names: "MakeAttributes", takes: with(first(attributes, ""))},
		{names: "Create", on: "resource", takes: with(first(attributes, "")), place: translate.Resource},
		{names: "CreateUInt64Counter CreateDoubleCounter CreateInt64ObservableCounter CreateDoubleObservableCounter",
			takes: cppInstrument, instrument: registry.Counter},
		{names: "CreateInt64UpDownCounter CreateDoubleUpDownCounter CreateInt64ObservableUpDownCounter CreateDoubleObservableUpDownCounter",
			takes: cppInstrument, instrument: registry.UpDownCounter},
		{names: "CreateUInt64Histogram CreateDoubleHistogram", takes: cppInstrument, instrument: registry.Histogram},
		{names: "CreateInt64Gauge CreateDoubleGauge CreateInt64ObservableGauge CreateDoubleObservableGauge",
			takes: cppInstrument, instrument: registry.Gauge},
		{names: "Add Record", on: "counter histogram gauge duration metric instrument", takes: with(nth(attributes, 1, "")), place: translate.Point},
		{names: "Observe", takes: with(nth(attributes, 1, "")), place: translate.Point},
		{names: "insert emplace", on: maps, takes: with(first(key, ""), first(attributes, ""))},
		{names: "find count at contains erase", on: maps, takes: with(first(key, "")), read: true},
	},
}

// cppInstrument are the arguments of a meter's methods: name, description, unit.
var cppInstrument = with(first(metric, ""), nth(unit, 2, ""))

// conditional is a line that begins, parts or ends what is compiled on a condition.
var conditional = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b([^\n]*)`)

// cppMasked blanks what is behind #if 0.
func cppMasked(src []byte) []byte {
	if !bytes.Contains(src, []byte("if 0")) {
		return src
	}
	masked := bytes.Clone(src)
	from, depth := -1, 0
	for _, at := range conditional.FindAllSubmatchIndex(src, -1) {
		word, condition := string(src[at[2]:at[3]]), strings.TrimSpace(string(src[at[4]:at[5]]))
		switch {
		case from < 0:
			if word == "if" && condition == "0" {
				from, depth = at[1], 0
			}
		case strings.HasPrefix(word, "if"):
			depth++
		case word == "endif" && depth > 0:
			depth--
		case depth == 0:
			for i := from; i < at[0]; i++ {
				if masked[i] != '\n' {
					masked[i] = ' '
				}
			}
			from = -1
		}
	}
	return masked
}

// cppReshaped has names with several colons lean to the left, finds the names in declarators,
// and makes maps of { { "k", v } }.
func cppReshaped(r *reading) {
	for n := node(1); int(n) < len(r.nodes); n++ {
		switch r.kind(n) {
		case "qualified_identifier":
			if r.kind(r.parent(n)) != "qualified_identifier" {
				r.cppLean(n)
			}
		case "template_function", "template_method":
			if id := r.field(n, "name"); id != none {
				r.replace(n, id)
			}
		case "init_declarator", "field_declaration":
			r.cppDeclarator(n)
		case "initializer_list":
			for c := range r.children(n) {
				if r.kind(c) == "initializer_list" && r.count(c) == 2 {
					r.nodes[c].form, r.nodes[n].form = pair, mapping
				}
			}
		case "preproc_arg":
			r.cppMacro(n)
		case "compound_literal_expression": // std::string{"…"}
			v := r.field(n, "value")
			if inner := r.find(v, part{at: 0}); r.count(v) == 1 && r.form(inner) == literal {
				r.replace(n, inner)
			} else {
				r.nodes[n].form = other
			}
		case "call_expression":
			if made := last(r.text(r.field(n, "function"))); made == "string" || made == "string_view" {
				if list := r.field(n, "arguments"); r.count(list) == 1 && r.form(r.find(list, part{at: 0})) == literal {
					r.replace(n, r.find(list, part{at: 0}))
				}
			}
		case "raw_string_literal":
			if content := r.childOf(n, "raw_string_content"); content != none {
				r.nodes[n].start, r.nodes[n].end = r.nodes[content].start, r.nodes[content].end
			}
		case "namespace_definition":
			if strings.HasPrefix(r.text(r.field(n, "name")), "opentelemetry") {
				r.bind("*", "opentelemetry", "")
				r.bind("*", "opentelemetry::trace", "")
			}
		}
	}
}

// cppLean turns a::(b::(c::d)) into ((a::b)::c)::d.
func (r *reading) cppLean(n node) {
	scopes, ids := []node{}, []node{n}
	id := none
	for at := n; len(ids) <= maxNesting; {
		scope := r.field(at, "scope")
		id = r.field(at, "name")
		if id == none {
			return
		}
		if scope == none { // ::a
			return
		}
		scopes = append(scopes, scope)
		if r.kind(id) != "qualified_identifier" {
			break
		}
		ids = append(ids, id)
		at = id
	}
	if len(ids) < 2 || len(ids) != len(scopes) {
		return
	}
	scopeField, nameField := r.nodes[scopes[0]].field, r.nodes[id].field
	// The inner nodes become the left sides: ids[1] that of n, ids[2] that of ids[1].
	right := id
	for i, at := range ids {
		left := scopes[0]
		if i+1 < len(ids) {
			left = ids[i+1]
		}
		r.nodes[at].child, r.nodes[left].next, r.nodes[right].next = left, right, none
		r.nodes[left].parent, r.nodes[right].parent = at, at
		r.nodes[left].field, r.nodes[right].field = scopeField, nameField
		if i > 0 {
			r.nodes[at].start, r.nodes[at].end = r.nodes[n].start, r.nodes[right].end
		}
		if i+1 < len(ids) {
			right = scopes[len(scopes)-1-i]
		}
	}
}

// cppDeclarator has the name stand for its pointer or array, and the text for {"…"} and ("…").
func (r *reading) cppDeclarator(n node) {
	declarator := r.field(n, "declarator")
	for id := declarator; id != none; id = r.field(id, "declarator") {
		if r.form(id) == name {
			if id != declarator {
				r.replace(declarator, id)
			}
			break
		}
	}
	v := r.field(n, "value")
	if v == none {
		v = r.field(n, "default_value")
	}
	if k := r.kind(v); (k == "initializer_list" || k == "argument_list") && r.count(v) == 1 {
		if inner := r.find(v, part{at: 0}); r.form(inner) == literal {
			r.replace(v, inner)
		}
	}
}

// cppMacro makes a literal of a macro that is nothing but one.
func (r *reading) cppMacro(n node) {
	text := strings.TrimSpace(r.text(n))
	if len(text) > 2 && text[0] == '"' && strings.IndexByte(text[1:], '"') == len(text)-2 {
		at := strings.IndexByte(r.text(n), '"')
		r.nodes[n].start += uint32(at)
		r.nodes[n].end = r.nodes[n].start + uint32(len(text))
		r.nodes[n].form = literal
	}
}

// cppImports declares includes, aliases of namespaces, and using.
func cppImports(r *reading, n node) {
	switch r.kind(n) {
	case "preproc_include":
		if path := r.field(n, "path"); path != none {
			header := strings.Trim(r.text(path), `"<>`)
			r.bind("#include "+header, header, "")
			switch {
			case strings.HasSuffix(header, "resource/semantic_conventions.h"):
				r.bind("*", "opentelemetry::sdk::resource", "")
				r.bind("*", "opentelemetry::sdk", "")
			case strings.HasSuffix(header, "semantic_conventions.h"):
				r.bind("*", "opentelemetry::trace", "")
				r.bind("*", "opentelemetry", "")
			case strings.Contains(header, "opentelemetry/semconv/"):
				r.bind("*", "", "")
				r.bind("*", "opentelemetry", "")
			}
		}
	case "namespace_alias_definition":
		if alias := r.field(n, "name"); alias != none {
			if module := r.find(n, part{at: -1}); module != alias {
				r.bind(r.text(alias), r.cppModule(r.text(module)), "")
			}
		}
	case "using_declaration":
		module := r.find(n, part{at: -1})
		if module == none {
			return
		}
		full := r.cppModule(r.text(module))
		if bytes.Contains(r.src[r.start(n):r.start(module)], []byte("namespace")) {
			r.bind("*", full, "")
		} else {
			r.bind(full[strings.LastIndexByte(full, ':')+1:], full, "")
		}
	case "alias_declaration":
		if alias, module := r.field(n, "name"), r.field(n, "type"); alias != none && module != none {
			r.bind(r.text(alias), r.cppModule(r.text(module)), "")
		}
	}
}

// cppModule puts a namespace in place of a name that was given to it before.
func (r *reading) cppModule(path string) string {
	first, rest, more := strings.Cut(strings.TrimPrefix(path, "::"), "::")
	if i, ok := r.imports[first]; ok && i.path == "" {
		if more {
			return i.module + "::" + rest
		}
		return i.module
	}
	return strings.TrimPrefix(path, "::")
}
