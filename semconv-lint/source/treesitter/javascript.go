//go:build cgo

package treesitter

import (
	"path"
	"slices"
	"strings"
	"unsafe"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	js "github.com/tree-sitter/tree-sitter-javascript/bindings/go"
	ts "github.com/tree-sitter/tree-sitter-typescript/bindings/go"
)

// javascript is JavaScript and, with grammars that know more, TypeScript.
var javascript = language{
	name: "javascript", constants: "js",
	grammars: map[string]func() unsafe.Pointer{
		"js": js.Language, "mjs": js.Language, "cjs": js.Language, "jsx": js.Language,
	},
	syntax:      javascriptSyntax,
	numbers:     javascriptNumbers,
	made:        javascriptMade,
	conventions: []string{conventionsOfJavascript},
	constant:    javascriptConstant,
	metric:      func(_, name string) bool { return strings.HasPrefix(name, "METRIC_") },
	telemetry:   []string{"hypertrace", "sentry", "langfuse", "elastic-apm"},
	imports:     javascriptImports,
	requires:    "require",
	locate:      javascriptModule,
	words:       true,
	textual:     true, quote: "'",
	self:    []string{"this"},
	plus:    []string{"+"},
	maps:    []string{"assign", "freeze"},
	further: javascriptAssigned,
	calls:   javascriptCalls,
}

var typescript = language{
	name: "typescript", constants: "js",
	grammars: map[string]func() unsafe.Pointer{
		"ts": ts.LanguageTypescript, "mts": ts.LanguageTypescript, "cts": ts.LanguageTypescript, "tsx": ts.LanguageTSX,
	},
	syntax:      javascript.syntax,
	numbers:     javascript.numbers,
	made:        javascript.made,
	conventions: javascript.conventions,
	constant:    javascriptConstant,
	metric:      javascript.metric,
	telemetry:   javascript.telemetry,
	imports:     javascriptImports,
	requires:    javascript.requires,
	locate:      javascriptModule,
	words:       true,
	textual:     true, quote: "'",
	self:    javascript.self,
	plus:    javascript.plus,
	maps:    javascript.maps,
	further: javascriptAssigned,
	calls:   javascriptCalls,
}

const conventionsOfJavascript = "@opentelemetry/semantic-conventions"

var javascriptSyntax = syntax{
	"string":                         {form: literal},
	"template_string":                {form: literal},
	"template_substitution":          {form: interpolation},
	"binary_expression":              {form: infix, a: "left", b: "right"},
	"ternary_expression":             {form: choice, a: "consequence", b: "alternative"},
	"parenthesized_expression":       {form: wrapper},
	"await_expression":               {form: wrapper},
	"as_expression":                  {form: wrapper, a: "0"},
	"satisfies_expression":           {form: wrapper, a: "0"},
	"non_null_expression":            {form: wrapper},
	"type_assertion":                 {form: wrapper, a: "-1"},
	"computed_property_name":         {form: wrapper},
	"identifier":                     {form: name},
	"property_identifier":            {form: name},
	"private_property_identifier":    {form: name},
	"type_identifier":                {form: name},
	"member_expression":              {form: member, a: "object", b: "property"},
	"call_expression":                {form: call, a: "function", b: "arguments"},
	"new_expression":                 {form: call, a: "constructor", b: "arguments"},
	"arguments":                      {form: arguments},
	"object":                         {form: mapping},
	"pair":                           {form: pair, a: "key", b: "value"},
	"array":                          {form: sequence},
	"subscript_expression":           {form: index, a: "object", b: "index"},
	"variable_declarator":            {form: binding, a: "name", b: "value"},
	"assignment_expression":          {form: binding, a: "left", b: "right"},
	"public_field_definition":        {form: binding, a: "name", b: "value"},
	"field_definition":               {form: binding, a: "property", b: "value"},
	"enum_assignment":                {form: binding, a: "name", b: "value"},
	"function_declaration":           {form: function, a: "name"},
	"generator_function_declaration": {form: function, a: "name"},
	"function_expression":            {form: function, a: "name"},
	"arrow_function":                 {form: function},
	"method_definition":              {form: function, a: "name"},
	"class_declaration":              {form: class, a: "name"},
	"abstract_class_declaration":     {form: class, a: "name"},
	"class":                          {form: class, a: "name"},
	"enum_declaration":               {form: class, a: "name"},
	"internal_module":                {form: class, a: "name"},
	"import_statement":               {form: importing},
	"export_statement":               {form: exporting},
	"export_specifier":               {form: other},
	"switch_case":                    {form: label, a: "value"},
	"expression_statement":           {form: statement},
	"comment":                        {form: comment},
}

var javascriptNumbers = map[string]registry.Type{"number": registry.Int, "true": registry.Bool, "false": registry.Bool}

var javascriptMade = map[string]registry.Type{
	"String": registry.String, "toString": registry.String, "parseInt": registry.Int, "parseFloat": registry.Double, "Boolean": registry.Bool,
	"stringify": registry.String, "join": registry.String, "toLowerCase": registry.String, "toUpperCase": registry.String, "toFixed": registry.String,
}

var javascriptCalls = []callee{
	{names: "recordBinary putTag BinaryAnnotation", takes: with(first(key, ""))},
	{names: "setAttribute setTag addTag", takes: with(first(key, ""))},
	{names: "setAttributes addTags setTags", takes: with(first(attributes, ""))},
	{names: "startSpan startActiveSpan startInactiveSpan", takes: with(first(spanName, ""), nth(options, 1, ""), nth(options, 0, ""))},
	{names: "trace wrap", on: "tracer", takes: with(first(spanName, ""), nth(options, 1, ""))},
	{names: "updateName setOperationName", takes: with(first(spanName, ""))},
	{names: "addEvent", takes: with(first(event, ""), nth(attributes, 1, "")), place: translate.Event},
	{names: "addLink", takes: with(first(options, "")), place: translate.Link},
	{names: "Resource resourceFromAttributes", takes: with(first(attributes, "")), place: translate.Resource},
	{names: "createCounter createObservableCounter", takes: javascriptInstrument, instrument: registry.Counter},
	{names: "createUpDownCounter createObservableUpDownCounter", takes: javascriptInstrument, instrument: registry.UpDownCounter},
	{names: "createHistogram", takes: javascriptInstrument, instrument: registry.Histogram},
	{names: "createGauge createObservableGauge", takes: javascriptInstrument, instrument: registry.Gauge},
	{names: "add record", on: "counter histogram gauge duration metric instrument size requests latency", takes: with(nth(attributes, 1, "")), place: translate.Point},
	{names: "observe", takes: with(nth(attributes, 1, ""), nth(attributes, 2, "")), place: translate.Point},
	{names: "get has delete", on: maps, takes: with(first(key, "")), read: true},
	{names: "set", on: maps, takes: with(first(key, ""))},
	{names: "getTag getAttribute", takes: with(first(key, "")), read: true},
}

// javascriptAssigned finds what is put into a map of attributes: Object.assign(attributes, {…}).
func javascriptAssigned(r *reading) {
	for n := node(1); int(n) < len(r.nodes); n++ {
		if r.form(n) != call || r.called(n) != "assign" || !r.telemetry {
			continue
		}
		args := r.arguments(n)
		if len(args) < 2 || !r.isMap(args[0].value) {
			continue
		}
		on := r.lastName(args[0].value)
		a := r.as(n, source.A, on, placeOf(on))
		if how, handed := r.maps[on]; handed {
			a.callee, a.place = how.callee, how.place
		}
		for _, more := range args[1:] {
			r.attributes(more.value, a, 0)
		}
	}
}

// javascriptInstrument are the arguments of a meter's methods.
var javascriptInstrument = with(first(metric, ""), nth(options, 1, ""))

// javascriptImports declares imports, and what require gives.
func javascriptImports(r *reading, n node) {
	if r.form(n) == binding {
		javascriptRequire(r, n)
		return
	}
	from := r.field(n, "source")
	if from == none {
		return
	}
	module := r.literal(from).text
	r.bind("\x00"+module, module, "")
	r.done[from] = true
	clause := r.childOf(n, "import_clause")
	if r.form(n) == exporting {
		if clause = r.childOf(n, "export_clause"); clause == none {
			r.bind("*", module, "") // export * from
		} else {
			javascriptNames(r, clause, module)
		}
		return
	}
	if clause == none {
		return
	}
	for c := range r.children(clause) {
		switch r.kind(c) {
		case "identifier":
			r.bind(r.text(c), module, "default")
		case "namespace_import":
			if id := r.childOf(c, "identifier"); id != none {
				r.bind(r.text(id), module, "")
			}
		case "named_imports":
			javascriptNames(r, c, module)
		}
	}
}

// javascriptNames declares {a, b as c}.
func javascriptNames(r *reading, n node, module string) {
	for s := range r.children(n) {
		id, alias := r.field(s, "name"), r.field(s, "alias")
		if id == none {
			continue
		}
		if alias == none {
			alias = id
		}
		r.bind(r.text(alias), module, r.text(id))
	}
	r.skip(n)
}

// javascriptRequire declares `const m = require('…')` and `const {a, b: c} = require('…')`.
func javascriptRequire(r *reading, n node) {
	args := r.arguments(r.unwrapped(r.b(n)))
	if len(args) != 1 || r.form(args[0].value) != literal {
		return
	}
	module := r.literal(args[0].value).text
	target := r.a(n)
	if r.form(target) == name {
		r.bind(r.text(target), module, "")
		return
	}
	defer r.skip(target)
	for c := range r.children(target) {
		switch r.kind(c) {
		case "shorthand_property_identifier_pattern":
			r.bind(r.text(c), module, r.text(c))
		case "pair_pattern":
			if id, local := r.field(c, "key"), r.field(c, "value"); id != none && local != none {
				r.bind(r.text(local), module, r.text(id))
			}
		}
	}
}

// javascriptConstant: the package of constants has its old namespaces as part of the names.
func javascriptConstant(module, path string) (pkg, name string) {
	if rest, is := strings.CutPrefix(module, conventionsOfJavascript); is && rest != "/incubating" {
		module = conventionsOfJavascript // a file inside of it
	}
	return module, strings.TrimPrefix(path, "default.")
}

// javascriptModule gives the files that a relative module may be in, or one under an alias of a
// folder.
func javascriptModule(from, module, members string) []place {
	at := path.Join(path.Dir(from), module)
	if !strings.HasPrefix(module, ".") {
		alias, rest, is := strings.Cut(module, "/")
		if !is || !slices.Contains([]string{"@", "~", "src", "#"}, alias) {
			return nil
		}
		at = "*/" + rest
	}
	at = strings.TrimSuffix(at, ".js")
	members = strings.TrimPrefix(members, "default.")
	var all []place
	for _, end := range []string{"", ".ts", ".js", ".tsx", ".jsx", ".mjs", ".mts", ".cjs", "/index.ts", "/index.js", "/index.tsx"} {
		all = append(all, place{at + end, members})
	}
	return all
}
