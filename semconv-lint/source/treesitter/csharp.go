//go:build cgo

package treesitter

import (
	"bytes"
	"slices"
	"strings"
	"unsafe"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	bindings "github.com/tree-sitter/tree-sitter-c-sharp/bindings/go"
)

var csharp = language{
	name:     "csharp",
	grammars: map[string]func() unsafe.Pointer{"cs": bindings.Language, "csx": bindings.Language},
	syntax: syntax{
		"string_literal":                      {form: literal},
		"verbatim_string_literal":             {form: literal},
		"raw_string_literal":                  {form: literal},
		"interpolated_string_expression":      {form: literal},
		"interpolation":                       {form: interpolation},
		"binary_expression":                   {form: infix, a: "left", b: "right"},
		"is_pattern_expression":               {form: compare},
		"constant_pattern":                    {form: label},
		"parenthesized_expression":            {form: wrapper},
		"cast_expression":                     {form: wrapper, a: "value"},
		"postfix_unary_expression":            {form: wrapper, a: "0"},
		"await_expression":                    {form: wrapper},
		"arrow_expression_clause":             {form: wrapper},
		"as_expression":                       {form: wrapper, a: "left"},
		"conditional_expression":              {form: choice, a: "consequence", b: "alternative"},
		"identifier":                          {form: name},
		"'this'":                              {form: name},
		"member_access_expression":            {form: member, a: "expression", b: "name"},
		"conditional_access_expression":       {form: member, a: "condition", b: "-1"},
		"invocation_expression":               {form: call, a: "function", b: "arguments"},
		"object_creation_expression":          {form: call, a: "type", b: "arguments|initializer"},
		"implicit_object_creation_expression": {form: call, b: "@argument_list|initializer"},
		"attribute":                           {form: call, a: "name", b: "@attribute_argument_list"},
		"argument_list":                       {form: arguments},
		"attribute_argument_list":             {form: arguments},
		"argument":                            {form: argument, a: "name", b: "-1"},
		"attribute_argument":                  {form: argument, a: "name", b: "-1"},
		"initializer_expression":              {form: sequence, a: "0", b: "1"},
		"collection_expression":               {form: sequence},
		"array_creation_expression":           {form: wrapper, a: "@initializer_expression"},
		"implicit_array_creation_expression":  {form: wrapper, a: "@initializer_expression"},
		"tuple_expression":                    {form: pair, a: "0", b: "1"},
		"element_access_expression":           {form: index, a: "expression", b: "subscript"},
		"bracketed_argument_list":             {form: wrapper},
		"element_binding_expression":          {form: wrapper},
		"variable_declarator":                 {form: binding, a: "name", b: "-1"},
		"assignment_expression":               {form: binding, a: "left", b: "right"},
		"property_declaration":                {form: binding, a: "name", b: "value"},
		"method_declaration":                  {form: function, a: "name"},
		"constructor_declaration":             {form: function, a: "name"},
		"local_function_statement":            {form: function, a: "name"},
		"lambda_expression":                   {form: function},
		"anonymous_method_expression":         {form: function},
		"accessor_declaration":                {form: function},
		"class_declaration":                   {form: class, a: "name"},
		"struct_declaration":                  {form: class, a: "name"},
		"record_declaration":                  {form: class, a: "name"},
		"interface_declaration":               {form: class, a: "name"},
		"using_directive":                     {form: importing},
		"expression_statement":                {form: statement},
		"comment":                             {form: comment},
	},
	numbers: map[string]registry.Type{
		"integer_literal": registry.Int, "real_literal": registry.Double, "boolean_literal": registry.Bool,
	},
	made: map[string]registry.Type{
		"ToString": registry.String, "ToLowerInvariant": registry.String, "ToUpperInvariant": registry.String,
	},
	conventions: []string{"OpenTelemetry.SemanticConventions", "SemanticConventions."},
	// The first as packages are compared, the others as files have them.
	telemetry: []string{"system.diagnostics.metrics", "System.Diagnostics.Metrics", "Activity", "TagList"},
	reshaped:  csharpReshaped,
	further:   csharpFurther,
	imports:   csharpImports,
	locate:    csharpClass,
	self:      []string{"this"},
	raw:       func(prefix, quotes string) bool { return strings.Contains(prefix, "@") || quotes == `"""` },
	plus:      []string{"+"},
	textual:   true, quote: `"`,
	formats: []string{"Format"},
	braced:  true,
	texts:   []string{"ToString", "ToLowerInvariant"},
	maps:    csharpMaps,
	calls: []callee{
		{names: "SetTag AddTag", on: "activity", takes: with(first(key, "key")), bare: true},
		{names: "SetTag AddTag SetAttribute", takes: with(first(key, "key"))},
		{names: "GetTagItem GetTagValue", takes: with(first(key, "key")), read: true},
		{names: "StartActivity CreateActivity", on: "source tracer activity", takes: csharpActivity, bare: true},
		{names: "StartActivity CreateActivity", takes: csharpActivity},
		{names: "StartSpan StartActiveSpan StartRootSpan", takes: with(first(spanName, "name"), nth(attributes, 3, "initialAttributes"))},
		{names: "BuildSpan StartActive", on: "tracer", takes: with(first(spanName, "operationName"))},
		{names: "SetOperationName UpdateName", on: "span", takes: with(first(spanName, "name"))},
		{names: "Activity", takes: with(first(spanName, "operationName"))},
		{names: "ActivityEvent", takes: with(first(event, "name"), nth(attributes, 2, "tags")), place: translate.Event},
		{names: "AddEvent", on: "span", takes: with(first(event, "name"), nth(attributes, 2, "attributes")), place: translate.Event},
		{names: "ActivityLink", takes: with(nth(attributes, 1, "tags")), place: translate.Link},
		{names: "AddException RecordException", takes: with(nth(attributes, 1, "tags")), place: translate.Event},
		{names: "BeginScope", takes: with(first(attributes, ""))},
		{names: "AddAttributes", takes: with(first(attributes, "attributes")), place: translate.Resource},
		{names: "Resource", takes: with(first(attributes, "attributes")), place: translate.Resource},
		{names: "CreateCounter CreateObservableCounter", on: "meter", takes: csharpInstrument, instrument: registry.Counter},
		{names: "CreateUpDownCounter CreateObservableUpDownCounter", on: "meter", takes: csharpInstrument, instrument: registry.UpDownCounter},
		{names: "CreateHistogram", on: "meter", takes: csharpInstrument, instrument: registry.Histogram},
		{names: "CreateGauge CreateObservableGauge", on: "meter", takes: csharpInstrument, instrument: registry.Gauge},
		{names: "Add", on: maps, takes: with(nth(pairs, 0, ""))},
		{names: "ContainsKey TryGetValue Remove", on: maps, takes: with(first(key, "key")), read: true},
		{names: "Add Record", takes: with(nth(pairs, 1, ""), nth(attributes, 1, "tagList")), place: translate.Point},
		{names: "Measurement", takes: with(nth(pairs, 1, ""), nth(attributes, 1, "tags")), place: translate.Point},
	},
}

// csharpMaps are the types that hold attributes when they are handed over as such, csharpTags those
// that hold nothing else.
var (
	csharpTags = []string{"TagList", "ActivityTagsCollection", "SpanAttributes"}
	csharpMaps = append([]string{"Dictionary", "List", "SortedDictionary"}, csharpTags...)
)

// csharpWords are names of types that only telemetry has.
var csharpWords = []string{"ActivitySource", "Activity.Current", "ActivityKind.", "TagList", "TelemetrySpan"}

var (
	csharpActivity   = with(first(spanName, "name"), nth(attributes, 3, "tags"))
	csharpInstrument = with(first(metric, "name"), named(unit, "unit"), nth(unit, 1, ""))
)

// csharpReshaped takes the dots from `?.Name`, the type arguments from `Name<T>` that is called,
// and makes entries of what a collection is made with.
func csharpReshaped(r *reading) {
	for n := node(1); int(n) < len(r.nodes); n++ {
		switch r.kind(n) {
		case "member_binding_expression":
			if id := r.field(n, "name"); id != none {
				r.replace(n, id)
			}
		case "generic_name":
			if r.kind(r.parent(n)) != "object_creation_expression" {
				if id := r.childOf(n, "identifier"); id != none {
					r.replace(n, id)
				}
			}
		case "collection_element":
			if inner := r.find(n, part{at: -1}); inner != none {
				if deeper := r.find(inner, part{at: -1}); r.kind(inner) == "expression_element" && deeper != none {
					inner = deeper
				}
				r.replace(n, inner)
			}
		case "object_creation_expression", "implicit_object_creation_expression":
			r.csharpCreation(n)
		case "invocation_expression":
			if f := r.field(n, "function"); r.kind(f) == "member_access_expression" && r.text(f) == "KeyValuePair.Create" {
				r.csharpEntry(n, r.field(n, "arguments"))
			}
		case "file_scoped_namespace_declaration", "namespace_declaration":
			r.home = r.text(r.field(n, "name"))
			r.bind("*", r.home, "")
		}
	}
	if r.home == "" {
		r.home = "."
	}
	for _, word := range csharpWords { // what a project imports for all of its files, these do not
		r.telemetry = r.telemetry || bytes.Contains(r.src, []byte(word))
	}
	for n := node(1); int(n) < len(r.nodes); n++ {
		if r.kind(n) == "initializer_expression" {
			r.csharpInitializer(n)
		}
	}
}

// csharpCreation makes an entry of new KeyValuePair("k", v) and new("k", v), and hides the empty
// arguments of a collection with an initializer.
func (r *reading) csharpCreation(n node) {
	list := r.childOf(n, "argument_list")
	created := last(r.text(r.field(n, "type")))
	with := r.childOf(n, "initializer_expression")
	switch {
	case with != none:
		if list != none && slices.Contains(csharpMaps, created) {
			r.nodes[list].form = comment // as if it were not there
		}
	case list == none || r.count(list) != 2:
	case created == "KeyValuePair", r.kind(n) == "implicit_object_creation_expression" && r.kind(r.parent(n)) != "variable_declarator":
		r.csharpEntry(n, list)
	}
}

// csharpEntry makes a node an entry with two arguments as key and value.
func (r *reading) csharpEntry(n, list node) {
	if list != none && r.count(list) == 2 {
		r.adopt(n, list)
		r.become(n, "tuple_expression")
	}
}

// csharpInitializer makes a map of { { "k", v } }, { ["k"] = v } and { new("k", v) }.
func (r *reading) csharpInitializer(n node) {
	if r.form(n) == pair {
		return
	}
	for c := range r.children(n) {
		switch {
		case r.kind(c) == "initializer_expression" && r.count(c) == 2,
			r.kind(c) == "assignment_expression" && r.kind(r.field(c, "left")) == "element_binding_expression":
			r.nodes[c].form = pair
			fallthrough
		case r.form(c) == pair:
			r.nodes[n].form = mapping
		}
	}
}

// csharpFurther finds collections of tags that no call has, and spans' names that are set as a
// property.
func csharpFurther(r *reading) {
	for n := node(1); int(n) < len(r.nodes); n++ {
		if created := r.called(n); r.kind(n) == "object_creation_expression" && r.telemetry && slices.Contains(csharpTags, created) {
			r.attributes(n, r.as(n, source.A, created, 0), 0)
		}
		if r.form(n) != binding {
			continue
		}
		target := r.a(n)
		if r.form(target) != member || r.lastName(target) != "DisplayName" {
			continue
		}
		on := strings.ToLower(r.text(r.a(target)))
		if strings.Contains(on, "activity") || strings.Contains(on, "span") {
			a := r.as(n, source.A, r.lastName(r.a(target))+".DisplayName", 0)
			a.role = source.SpanName
			r.use(r.b(n), a)
		}
	}
}

// csharpImports declares using A.B, using static A.B, and using X = A.B.
func csharpImports(r *reading, n node) {
	var alias, named node
	for c := range r.children(n) {
		if r.nodes[c].field != 0 {
			alias = c
		} else {
			named = c
		}
	}
	if named == none {
		return
	}
	module := strings.TrimPrefix(r.text(named), "global::")
	if alias != none {
		r.bind(r.text(alias), module, "")
	} else {
		r.bind("*", module, "")
	}
	r.brings(named, module)
	// Activities are in a package with much else.
	if module == "System.Diagnostics" && bytes.Contains(r.src, []byte("Activity")) {
		r.telemetry = true
	}
}

// csharpClass gives the files that a class may be in: those called as it is.
func csharpClass(_, module, members string) []place {
	class, constant, ok := lastTwo(joinPath(module, members))
	if !ok {
		return nil
	}
	return []place{{"*/" + class + ".cs", class + "." + constant}}
}

// lastTwo are the last two parts of a path with dots.
func lastTwo(path string) (class, member string, ok bool) {
	at := strings.LastIndexByte(path, '.')
	if at <= 0 {
		return "", "", false
	}
	class, member = path[:at], path[at+1:]
	class = class[strings.LastIndexAny(class, `.\:`)+1:]
	return class, member, class != ""
}
