//go:build cgo

package treesitter

import (
	"strings"
	"unsafe"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	bindings "github.com/tree-sitter/tree-sitter-php/bindings/go"
)

var php = language{
	name:     "php",
	grammars: map[string]func() unsafe.Pointer{"php": bindings.LanguagePHP, "phtml": bindings.LanguagePHP, "inc": bindings.LanguagePHP},
	syntax: syntax{
		"string":                            {form: literal},
		"encapsed_string":                   {form: literal},
		"binary_expression":                 {form: infix, a: "left", b: "right"},
		"parenthesized_expression":          {form: wrapper},
		"cast_expression":                   {form: wrapper, a: "value"},
		"error_suppression_expression":      {form: wrapper},
		"conditional_expression":            {form: choice, a: "body", b: "alternative"},
		"name":                              {form: name},
		"variable_name":                     {form: name},
		"qualified_name":                    {form: name},
		"relative_scope":                    {form: name},
		"class_constant_access_expression":  {form: member, a: "0", b: "1"},
		"member_access_expression":          {form: member, a: "object", b: "name"},
		"nullsafe_member_access_expression": {form: member, a: "object", b: "name"},
		"scoped_property_access_expression": {form: member, a: "scope", b: "name"},
		"member_call_expression":            {form: call, a: "object", b: "arguments", c: "name"},
		"nullsafe_member_call_expression":   {form: call, a: "object", b: "arguments", c: "name"},
		"scoped_call_expression":            {form: call, a: "scope", b: "arguments", c: "name"},
		"function_call_expression":          {form: call, a: "function", b: "arguments"},
		"object_creation_expression":        {form: call, a: "0", b: "@arguments"},
		"attribute":                         {form: call, a: "0", b: "parameters"},
		"arguments":                         {form: arguments},
		"argument":                          {form: argument, a: "name", b: "-1"},
		"array_creation_expression":         {form: mapping},
		"array_element_initializer":         {form: pair, a: "0", b: "1"},
		"variadic_unpacking":                {form: other},
		"subscript_expression":              {form: index, a: "0", b: "1"},
		"assignment_expression":             {form: binding, a: "left", b: "right"},
		"const_element":                     {form: binding, a: "0", b: "1"},
		"property_element":                  {form: binding, a: "name", b: "default_value"},
		"enum_case":                         {form: binding, a: "name", b: "value"},
		"method_declaration":                {form: function, a: "name"},
		"function_definition":               {form: function, a: "name"},
		"anonymous_function":                {form: function},
		"arrow_function":                    {form: function},
		"class_declaration":                 {form: class, a: "name"},
		"trait_declaration":                 {form: class, a: "name"},
		"interface_declaration":             {form: class, a: "name"},
		"enum_declaration":                  {form: class, a: "name"},
		"namespace_use_declaration":         {form: importing},
		"match_condition_list":              {form: label},
		"expression_statement":              {form: statement},
		"comment":                           {form: comment},
	},
	numbers: map[string]registry.Type{
		"integer": registry.Int, "float": registry.Double, "boolean": registry.Bool,
	},
	made: map[string]registry.Type{
		"strval": registry.String, "sprintf": registry.String, "strtolower": registry.String, "strtoupper": registry.String, "implode": registry.String,
		"get_class": registry.String, "json_encode": registry.String, "intval": registry.Int, "count": registry.Int, "strlen": registry.Int, "floatval": registry.Double,
	},
	casts: map[string]registry.Type{
		"string": registry.String, "int": registry.Int, "integer": registry.Int, "float": registry.Double, "double": registry.Double,
		"bool": registry.Bool, "boolean": registry.Bool,
	},
	conventions: []string{`OpenTelemetry\SemConv`},
	constant:    phpConstant,
	metric:      func(pkg, _ string) bool { return strings.Contains(pkg, `\Metrics\`) },
	reshaped:    phpReshaped,
	imports:     phpUses,
	locate:      phpClass,
	self:        []string{"$this", "self", "static"},
	raw:         func(_, quotes string) bool { return quotes == "'" },
	plus:        []string{"."},
	textual:     true, quote: "'",
	formats: []string{"sprintf"},
	texts:   []string{"value"},
	maps:    []string{"create", "array_merge", "array_filter", "builder"},
	calls: []callee{
		{names: "setAttribute", takes: with(first(key, "key"))},
		{names: "setTag", on: "span scope", takes: with(first(key, "key"))},
		{names: "setAttributes setTags", takes: with(first(attributes, "attributes"))},
		{names: "spanBuilder", takes: with(first(spanName, "spanName"))},
		{names: "startSpan startActiveSpan", on: "tracer", takes: with(first(spanName, "operationName"))},
		{names: "updateName", on: "span", takes: with(first(spanName, "name"))},
		{names: "WithSpan", takes: with(first(spanName, "span_name"), nth(attributes, 2, "attributes")), bare: true},
		{names: "SpanAttribute", takes: with(first(key, "name")), bare: true},
		{names: "addEvent", takes: with(first(event, "name"), nth(attributes, 1, "attributes")), place: translate.Event},
		{names: "recordException", takes: with(nth(attributes, 1, "attributes")), place: translate.Event},
		{names: "addLink", takes: with(nth(attributes, 1, "attributes")), place: translate.Link},
		{names: "create", on: "resource", takes: with(first(attributes, "attributes")), place: translate.Resource},
		{names: "create", on: "attributes", takes: with(first(attributes, "attributes"))},
		{names: "builder", on: "attributes factory", takes: with(first(attributes, "attributes"))},
		{names: "createCounter createObservableCounter", on: "meter", takes: phpInstrument, instrument: registry.Counter},
		{names: "createUpDownCounter createObservableUpDownCounter", on: "meter", takes: phpInstrument, instrument: registry.UpDownCounter},
		{names: "createHistogram", on: "meter", takes: phpInstrument, instrument: registry.Histogram},
		{names: "createGauge createObservableGauge", on: "meter", takes: phpInstrument, instrument: registry.Gauge},
		{names: "add record", on: "counter histogram gauge duration metric instrument", takes: with(nth(attributes, 1, "attributes")), place: translate.Point},
		{names: "observe", takes: with(nth(attributes, 1, "attributes")), place: translate.Point},
		{names: "getAttribute hasAttribute", on: "span", takes: with(first(key, "key")), read: true},
		{names: "get has", on: "attributes", takes: with(first(key, "name")), read: true},
	},
}

var phpInstrument = with(first(metric, "name"), nth(unit, 1, "unit"))

// phpReshaped tells lists from maps, finds what varies in texts, and knows names that are written
// with all of their namespace.
func phpReshaped(r *reading) {
	for n := node(1); int(n) < len(r.nodes); n++ {
		switch r.kind(n) {
		case "array_element_initializer":
			if r.count(n) == 1 {
				r.nodes[n].form = wrapper
			}
		case "encapsed_string":
			for part := range r.children(n) {
				r.phpPart(part)
			}
		case "property_element", "scoped_property_access_expression":
			// Elsewhere it is called without the dollar: $this->name.
			if variable := r.field(n, "name"); r.kind(variable) == "variable_name" {
				if id := r.childOf(variable, "name"); id != none {
					r.replace(variable, id)
				}
			}
		case "namespace_definition":
			if id := r.field(n, "name"); id != none {
				r.home = r.text(id)
			}
		case "qualified_name":
			if written := r.text(n); strings.HasPrefix(written, `\OpenTelemetry\`) {
				r.bind(written, written[1:], "")
			}
		case "namespace_use_clause":
			// use OpenTelemetry\SemConv; … SemConv\TraceAttributes::HTTP_METHOD
			if written := r.text(n); written == `OpenTelemetry\SemConv` {
				for _, class := range []string{"TraceAttributes", "ResourceAttributes", "TraceAttributeValues"} {
					r.bind(`SemConv\`+class, written+`\`+class, "")
				}
			}
		}
	}
	if r.home == "" {
		r.home = "."
	}
}

// phpPart makes a part that varies of $name, {$an->expression} and ${name} in a text.
func (r *reading) phpPart(n node) {
	switch r.kind(n) {
	case "string_content", "escape_sequence":
		return
	case "member_access_expression", "nullsafe_member_access_expression":
		if id := r.field(n, "name"); id != none {
			r.nodes[n].child, r.nodes[id].next = id, none // what is read, without what it is read of
		}
	}
	r.nodes[n].form = interpolation
	if c := &r.nodes[n]; c.start > 0 && r.src[c.start-1] == '{' && int(c.end) < len(r.src) && r.src[c.end] == '}' {
		c.start, c.end = c.start-1, c.end+1
	}
}

// phpUses declares use A\B, use A\B as C and use A\{B, C as D}.
func phpUses(r *reading, n node) {
	prefix := ""
	clauses := n
	for c := range r.children(n) {
		switch r.kind(c) {
		case "namespace_name":
			prefix = r.text(c) + `\`
		case "namespace_use_group":
			clauses = c
		}
	}
	for c := range r.children(clauses) {
		if r.kind(c) != "namespace_use_clause" {
			continue
		}
		var id node
		for part := range r.children(c) {
			if k := r.kind(part); id == none && (k == "qualified_name" || k == "name") {
				id = part
			}
		}
		if id == none {
			continue
		}
		full := strings.TrimPrefix(prefix+r.text(id), `\`)
		local := full[strings.LastIndexByte(full, '\\')+1:]
		if alias := r.field(c, "alias"); alias != none {
			local = r.text(alias)
		}
		r.bind(local, full, "")
		r.brings(id, full)
	}
}

func phpConstant(module, path string) (pkg, name string) {
	path = joinPath(module, path)
	at := strings.LastIndexByte(path, '.')
	if at < 0 {
		return "", path
	}
	return strings.TrimPrefix(strings.ReplaceAll(path[:at], ".", `\`), `\`), path[at+1:]
}

// phpClass gives the files that a class may be in: those called as it is.
func phpClass(_, module, members string) []place {
	class, constant, ok := lastTwo(joinPath(module, members))
	if !ok {
		return nil
	}
	return []place{{"*/" + class + ".php", class + "." + constant}}
}
