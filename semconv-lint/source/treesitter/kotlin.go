//go:build cgo

package treesitter

import (
	"strings"
	"unsafe"

	"github.com/koine-otel/koine/semconv/registry"
	bindings "github.com/tree-sitter-grammars/tree-sitter-kotlin/bindings/go"
)

var kotlin = language{
	name:     "kotlin",
	grammars: map[string]func() unsafe.Pointer{"kt": bindings.Language, "kts": bindings.Language},
	syntax: syntax{
		"string_literal":           {form: literal},
		"multiline_string_literal": {form: literal},
		"interpolation":            {form: interpolation},
		"binary_expression":        {form: infix, a: "left", b: "right"},
		"if_expression":            {form: choice, a: "1", b: "2"},
		"parenthesized_expression": {form: wrapper},
		"as_expression":            {form: wrapper, a: "left"},
		"unary_expression":         {form: wrapper, a: "argument"},
		"identifier":               {form: name},
		"navigation_expression":    {form: member, a: "0", b: "-1"},
		"call_expression":          {form: call, a: "0", b: "@value_arguments"},
		"constructor_invocation":   {form: call, b: "@value_arguments", c: "@user_type"},
		"value_arguments":          {form: arguments},
		"value_argument":           {form: argument, a: "0", b: "-1"},
		"infix_expression":         {form: pair, a: "0", b: "-1"},
		"collection_literal":       {form: sequence},
		"index_expression":         {form: index, a: "0", b: "-1"},
		"property_declaration":     {form: binding, a: "@variable_declaration", b: "-1"},
		"variable_declaration":     {form: wrapper, a: "@identifier"},
		"assignment":               {form: binding, a: "left", b: "right"},
		"function_declaration":     {form: function, a: "name"},
		"secondary_constructor":    {form: function},
		"anonymous_initializer":    {form: function},
		"class_declaration":        {form: class, a: "name"},
		"object_declaration":       {form: class, a: "name"},
		"enum_entry":               {form: binding, a: "@identifier", b: "@value_arguments"},
		"import":                   {form: importing},
		"package_header":           {form: importing},
		"when_entry":               {form: label, a: "condition"},
		"line_comment":             {form: comment},
		"block_comment":            {form: comment},
		"multiline_comment":        {form: comment},
	},
	numbers: map[string]registry.Type{
		"number_literal": registry.Int, "float_literal": registry.Double, "boolean_literal": registry.Bool,
	},
	made:        javaMade,
	conventions: javaConventions,
	metric:      java.metric,
	telemetry:   javaTelemetry,
	imports:     kotlinImports,
	locate:      javaClass,
	imported:    func(class string) string { return "\nimport " + class },
	self:        java.self,
	plus:        java.plus,
	raw:         func(_, quotes string) bool { return quotes == `"""` },
	dollar:      true,
	formats:     java.formats,
	keys:        javaKeys,
	texts:       javaTexts,
	maps:        []string{"mapOf", "mutableMapOf", "hashMapOf", "linkedMapOf", "of", "buildMap"},
	units:       javaUnits,
	calls: append([]callee{
		{names: "setStringAttribute setLongAttribute setBooleanAttribute setDoubleAttribute", takes: with(first(key, "key"))},
	}, javaCalls...),
}

// kotlinImports declares `import a.b.C as D`, wildcards, and the package.
func kotlinImports(r *reading, n node) {
	path := r.childOf(n, "qualified_identifier")
	if path == none {
		return
	}
	written := r.text(path)
	switch {
	case r.kind(n) == "package_header":
		r.home = written
		r.telemetry = r.telemetry || r.isTelemetry(written)
	case strings.HasSuffix(strings.TrimSpace(r.text(n)), "*"):
		r.bind("*", written, "")
		r.brings(path, written)
	default:
		alias := ""
		if id := r.childOf(n, "identifier"); id != none {
			alias = r.text(id)
		}
		javaImport(r, path, written, alias)
	}
}
