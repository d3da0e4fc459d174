//go:build cgo

package treesitter

import (
	"bytes"
	"strings"
	"unsafe"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	bindings "github.com/tree-sitter/tree-sitter-ruby/bindings/go"
)

var ruby = language{
	name:     "ruby",
	grammars: map[string]func() unsafe.Pointer{"rb": bindings.Language, "rake": bindings.Language, "ru": bindings.Language},
	syntax: syntax{
		"string":                   {form: literal},
		"bare_string":              {form: literal},
		"delimited_symbol":         {form: literal},
		"chained_string":           {form: joined},
		"interpolation":            {form: interpolation},
		"binary":                   {form: infix, a: "left", b: "right"},
		"conditional":              {form: choice, a: "consequence", b: "alternative"},
		"parenthesized_statements": {form: wrapper},
		"identifier":               {form: name},
		"constant":                 {form: name},
		"instance_variable":        {form: name},
		"class_variable":           {form: name},
		"global_variable":          {form: name},
		"hash_key_symbol":          {form: name},
		"self":                     {form: name},
		"scope_resolution":         {form: member, a: "scope", b: "name"},
		"call":                     {form: call, a: "receiver", b: "arguments", c: "method"},
		"argument_list":            {form: arguments},
		"hash":                     {form: mapping},
		"pair":                     {form: pair, a: "key", b: "value"},
		"array":                    {form: sequence},
		"string_array":             {form: sequence},
		"element_reference":        {form: index, a: "object", b: "1"},
		"assignment":               {form: binding, a: "left", b: "right"},
		"operator_assignment":      {form: binding, a: "left", b: "right"},
		"method":                   {form: function, a: "name"},
		"singleton_method":         {form: function, a: "name"},
		"block":                    {form: function},
		"do_block":                 {form: function},
		"lambda":                   {form: function},
		"class":                    {form: class, a: "name"},
		"module":                   {form: class, a: "name"},
		"pattern":                  {form: label},
		"comment":                  {form: comment},
	},
	numbers: map[string]registry.Type{
		"integer": registry.Int, "float": registry.Double, "true": registry.Bool, "false": registry.Bool,
	},
	made: map[string]registry.Type{
		"to_s": registry.String, "inspect": registry.String, "upcase": registry.String, "downcase": registry.String,
		"to_i": registry.Int, "length": registry.Int, "size": registry.Int, "to_f": registry.Double,
	},
	conventions: []string{"OpenTelemetry::SemanticConventions", "OpenTelemetry::SemConv"},
	constant:    scoped,
	reshaped:    rubyReshaped,
	further:     rubyNamed,
	imports:     rubyRequires,
	self:        []string{"self"},
	raw:         func(_, quotes string) bool { return quotes == "'" },
	plus:        []string{"+"},
	textual:     true, quote: "'",
	formats: []string{"format", "sprintf"},
	texts:   []string{"to_s", "to_sym"},
	calls: []callee{
		{names: "set_attribute", takes: with(first(key, "key"))},
		{names: "set_tag", on: "span scope", takes: with(first(key, "key"))},
		{names: "add_attributes", takes: with(nth(pairs, 0, ""), first(attributes, ""))},
		{names: "in_span start_span start_root_span", takes: with(first(spanName, "name"), named(attributes, "attributes"))},
		{names: "start_active_span", on: "tracer", takes: with(first(spanName, "operation_name"), named(attributes, "tags"))},
		{names: "trace", on: "tracing tracer", takes: with(first(spanName, "name"), named(attributes, "tags"))},
		{names: "add_event", takes: with(first(event, "name"), named(attributes, "attributes")), place: translate.Event},
		{names: "record_exception", takes: with(named(attributes, "attributes")), place: translate.Event},
		{names: "create", on: "resource", takes: with(nth(pairs, 0, ""), first(attributes, "")), place: translate.Resource},
		{names: "create_counter create_observable_counter", takes: rubyInstrument, instrument: registry.Counter},
		{names: "create_up_down_counter create_observable_up_down_counter", takes: rubyInstrument, instrument: registry.UpDownCounter},
		{names: "create_histogram", takes: rubyInstrument, instrument: registry.Histogram},
		{names: "create_gauge create_observable_gauge", takes: rubyInstrument, instrument: registry.Gauge},
		{names: "add record", on: "counter histogram gauge duration metric instrument", takes: with(named(attributes, "attributes")), place: translate.Point},
		{names: "merge! update", on: maps, takes: with(nth(pairs, 0, ""), first(attributes, ""))},
		{names: "store", on: maps, takes: with(first(key, ""))},
		{names: "key? has_key? include? fetch delete dig", on: maps, takes: with(first(key, "")), read: true},
	},
}

var rubyInstrument = with(first(metric, "name"), named(unit, "unit"))

// rubyReshaped leaves the top-level :: and .freeze out, and what is merged into a hash, makes imports of require, and knows that
// OpenTelemetry and what is called after it are there: Bundler requires what a file does not.
func rubyReshaped(r *reading) {
	for n := node(1); int(n) < len(r.nodes); n++ {
		switch r.kind(n) {
		case "scope_resolution":
			if id := r.field(n, "name"); r.field(n, "scope") == none && id != none {
				r.replace(n, id)
			}
		case "call":
			receiver := r.field(n, "receiver")
			switch method := r.text(r.field(n, "method")); {
			case method == "freeze" && receiver != none,
				(method == "merge" || method == "merge!" || method == "compact") && r.kind(receiver) == "hash":
				r.replace(n, receiver)
			case receiver == none && (method == "require" || method == "require_relative"):
				r.nodes[n].form = importing
			}
		case "pair": // KEY => x, which is no named argument
			if k := r.field(n, "key"); r.kind(k) == "constant" && r.kind(r.parent(n)) == "argument_list" {
				r.wrap(k, "parenthesized_statements")
			}
		case "assignment":
			alias, module := r.field(n, "left"), r.text(r.field(n, "right"))
			if r.kind(alias) == "constant" && strings.HasPrefix(strings.TrimPrefix(module, "::"), "OpenTelemetry::") && r.kind(r.field(n, "right")) == "scope_resolution" {
				r.bind(r.text(alias), strings.TrimPrefix(module, "::"), "")
			}
		}
	}
	if bytes.Contains(r.src, []byte("OpenTelemetry")) {
		r.bind("OpenTelemetry", "OpenTelemetry", "")
		r.bind("*", "OpenTelemetry", "")
	}
}

// rubyNamed finds spans' names that are set: span.name = "…".
func rubyNamed(r *reading) {
	for n := node(1); int(n) < len(r.nodes); n++ {
		if r.kind(n) != "assignment" || !r.telemetry {
			continue
		}
		target := r.a(n)
		if r.kind(target) != "call" || r.called(target) != "name" {
			continue
		}
		if on := r.lastName(r.receiver(target)); strings.HasSuffix(strings.ToLower(on), "span") {
			a := r.as(n, source.A, on+".name", 0)
			a.role = source.SpanName
			r.use(r.b(n), a)
		}
	}
}

func rubyRequires(r *reading, n node) {
	for _, a := range r.arguments(n) {
		if r.form(a.value) == literal {
			required := r.literal(a.value).text
			r.bind("require "+required, required, "")
		}
	}
}

// scoped splits A::B.C.D into A::B::C and D.
func scoped(module, path string) (pkg, name string) {
	path = strings.ReplaceAll(joinPath(module, path), ".", "::")
	if at := strings.LastIndex(path, "::"); at > 0 {
		return path[:at], path[at+2:]
	}
	return "", path
}
