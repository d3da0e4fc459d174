//go:build cgo

package treesitter

import (
	"path"
	"strings"
	"unsafe"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	bindings "github.com/tree-sitter/tree-sitter-python/bindings/go"
)

var python = language{
	name:     "python",
	grammars: map[string]func() unsafe.Pointer{"py": bindings.Language, "pyi": bindings.Language},
	syntax: syntax{
		"string":                   {form: literal},
		"concatenated_string":      {form: joined},
		"interpolation":            {form: interpolation},
		"binary_operator":          {form: infix, a: "left", b: "right"},
		"comparison_operator":      {form: compare},
		"boolean_operator":         {form: choice, a: "left", b: "right"},
		"conditional_expression":   {form: choice, a: "0", b: "2"},
		"parenthesized_expression": {form: wrapper},
		"await":                    {form: wrapper},
		"identifier":               {form: name},
		"attribute":                {form: member, a: "object", b: "attribute"},
		"call":                     {form: call, a: "function", b: "arguments"},
		"argument_list":            {form: arguments},
		"keyword_argument":         {form: argument, a: "name", b: "value"},
		"dictionary":               {form: mapping},
		"pair":                     {form: pair, a: "key", b: "value"},
		"list":                     {form: sequence},
		"tuple":                    {form: sequence},
		"set":                      {form: sequence},
		"subscript":                {form: index, a: "value", b: "subscript"},
		"assignment":               {form: binding, a: "left", b: "right"},
		"named_expression":         {form: binding, a: "name", b: "value"},
		"function_definition":      {form: function, a: "name"},
		"class_definition":         {form: class, a: "name"},
		"import_statement":         {form: importing},
		"import_from_statement":    {form: importing},
		"case_pattern":             {form: label},
		"expression_statement":     {form: statement},
		"comment":                  {form: comment},
	},
	numbers: map[string]registry.Type{
		"integer": registry.Int, "float": registry.Double, "true": registry.Bool, "false": registry.Bool,
	},
	made: map[string]registry.Type{
		"str": registry.String, "repr": registry.String, "int": registry.Int, "len": registry.Int, "float": registry.Double,
		"bool": registry.Bool, "isinstance": registry.Bool, "lower": registry.String, "upper": registry.String, "format": registry.String, "join": registry.String,
	},
	conventions: []string{"opentelemetry.semconv"},
	metric: func(pkg, name string) bool {
		return strings.Contains(pkg, ".metrics") || strings.HasSuffix(pkg, "MetricInstruments") || strings.HasSuffix(pkg, ".Meters")
	},
	telemetry: []string{"logfire", "sentry_sdk", "langfuse", "openlit", "phoenix"},
	imports:   pythonImports,
	locate:    pythonModule,
	self:      []string{"self", "cls"},
	raw:       func(prefix, _ string) bool { return strings.ContainsAny(prefix, "rR") },
	plus:      []string{"+"},
	textual:   true, quote: `"`,
	formats: []string{"format"},
	texts:   []string{"value"},
	maps:    []string{"dict", "OrderedDict", "MappingProxyType", "BoundedAttributes"},
	calls: []callee{
		{names: "set_attribute set_tag set_tag_str _set_tag_str set_metric tag", takes: with(first(key, "key"))},
		{names: "set_attributes set_tags add_attributes", takes: with(first(attributes, "attributes"))},
		{names: "start_span start_as_current_span", takes: with(first(spanName, "name"), named(spanName, "operation_name"), nth(attributes, 3, "attributes"), named(attributes, "tags"))},
		{names: "start_active_span", takes: with(first(spanName, "operation_name"), named(attributes, "tags"))},
		{names: "update_name set_operation_name", takes: with(first(spanName, "name"))},
		{names: "trace", on: "tracer", takes: with(first(spanName, "name"))},
		{names: "add_event", takes: with(first(event, "name"), nth(attributes, 1, "attributes")), place: translate.Event},
		{names: "record_exception", takes: with(nth(attributes, 1, "attributes")), place: translate.Event},
		{names: "add_link Link", takes: with(nth(attributes, 1, "attributes")), place: translate.Link},
		{names: "create", on: "resource", takes: with(first(attributes, "attributes")), place: translate.Resource},
		{names: "Resource", takes: with(first(attributes, "attributes")), place: translate.Resource},
		{names: "create_counter create_observable_counter", takes: pythonInstrument, instrument: registry.Counter},
		{names: "create_up_down_counter create_observable_up_down_counter", takes: pythonInstrument, instrument: registry.UpDownCounter},
		{names: "create_histogram", takes: pythonInstrument, instrument: registry.Histogram},
		{names: "create_gauge create_observable_gauge", takes: pythonInstrument, instrument: registry.Gauge},
		{names: "add record", on: "counter histogram gauge duration metric instrument size requests latency", takes: with(nth(attributes, 1, "attributes")), place: translate.Point},
		{names: "set", on: "gauge", takes: with(nth(attributes, 1, "attributes")), place: translate.Point},
		{names: "Observation", takes: with(nth(attributes, 1, "attributes")), place: translate.Point},
		{names: "update", on: maps, takes: with(first(attributes, "")), place: 0},
		{names: "setdefault", on: maps, takes: with(first(key, ""))},
		{names: "get pop", on: maps, takes: with(first(key, "")), read: true},
		{names: "get_tag get_attribute", takes: with(first(key, "")), read: true},
		{names: "ReadableSpan", takes: with(first(spanName, "name"), named(attributes, "attributes"))},
	},
}

// pythonInstrument are the arguments of a meter's methods.
var pythonInstrument = with(first(metric, "name"), nth(unit, 1, "unit"))

// pythonImports declares `import a.b as c` and `from a.b import C as d`.
func pythonImports(r *reading, n node) {
	if r.kind(n) == "import_statement" {
		for c := range r.children(n) {
			module, local := r.text(c), ""
			if r.kind(c) == "aliased_import" {
				module, local = r.text(r.field(c, "name")), r.text(r.field(c, "alias"))
			}
			if local == "" {
				head, _, _ := strings.Cut(module, ".")
				r.bind(head, "", head)
				r.bind("\x00"+module, module, "") // for the file's being one of telemetry
				continue
			}
			r.bind(local, module, "")
		}
		return
	}
	from := r.field(n, "module_name")
	if from == none {
		return
	}
	module := strings.ReplaceAll(r.text(from), " ", "")
	r.brings(from, module)
	for c := range r.children(n) {
		switch r.kind(c) {
		case "aliased_import":
			r.bind(r.text(r.field(c, "alias")), module, r.text(r.field(c, "name")))
		case "dotted_name":
			if c != from {
				r.bind(r.text(c), module, r.text(c))
			}
		case "wildcard_import":
			r.bind("*", module, "")
		}
	}
}

// pythonModule gives the files that a module may be in: from a.b import C may be C of a/b.py, or
// the module a/b/C.py.
func pythonModule(from, module, members string) []place {
	up := len(module) - len(strings.TrimLeft(module, "."))
	dotted := strings.ReplaceAll(module[up:], ".", "/")
	base := "*/"
	if up > 0 {
		base = path.Dir(from) + "/"
		for range up - 1 {
			base = path.Dir(path.Clean(base)) + "/"
		}
	}
	join := func(parts string) string {
		if up > 0 {
			return path.Clean(base + parts)
		}
		return base + strings.TrimPrefix(parts, "/")
	}
	var all []place
	for head, rest := "", members; ; {
		at := dotted
		if head != "" {
			at = strings.TrimPrefix(dotted+"/"+head, "/")
		}
		if at != "" {
			all = append(all, place{join(at + ".py"), rest})
		}
		all = append(all, place{join(at + "/__init__.py"), rest})
		next, after, more := strings.Cut(rest, ".")
		if !more {
			return all
		}
		head, rest = strings.TrimPrefix(head+"/"+next, "/"), after
	}
}
