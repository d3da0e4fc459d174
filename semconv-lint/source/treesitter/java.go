//go:build cgo

package treesitter

import (
	"strings"
	"unsafe"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	bindings "github.com/tree-sitter/tree-sitter-java/bindings/go"
)

var java = language{
	name:     "java",
	grammars: map[string]func() unsafe.Pointer{"java": bindings.Language},
	syntax: syntax{
		"string_literal":                  {form: literal},
		"binary_expression":               {form: infix, a: "left", b: "right"},
		"ternary_expression":              {form: choice, a: "consequence", b: "alternative"},
		"parenthesized_expression":        {form: wrapper},
		"cast_expression":                 {form: wrapper, a: "value"},
		"identifier":                      {form: name},
		"field_access":                    {form: member, a: "object", b: "field"},
		"method_invocation":               {form: call, a: "object", b: "arguments", c: "name"},
		"object_creation_expression":      {form: call, b: "arguments", c: "type"},
		"annotation":                      {form: call, b: "arguments", c: "name"},
		"argument_list":                   {form: arguments},
		"annotation_argument_list":        {form: arguments},
		"element_value_pair":              {form: argument, a: "key", b: "value"},
		"array_initializer":               {form: sequence},
		"element_value_array_initializer": {form: sequence},
		"array_creation_expression":       {form: wrapper, a: "value"},
		"array_access":                    {form: index, a: "array", b: "index"},
		"variable_declarator":             {form: binding, a: "name", b: "value"},
		"assignment_expression":           {form: binding, a: "left", b: "right"},
		"enum_constant":                   {form: binding, a: "name", b: "arguments"},
		"method_declaration":              {form: function, a: "name"},
		"constructor_declaration":         {form: function, a: "name"},
		"static_initializer":              {form: function},
		"class_declaration":               {form: class, a: "name"},
		"interface_declaration":           {form: class, a: "name"},
		"enum_declaration":                {form: class, a: "name"},
		"record_declaration":              {form: class, a: "name"},
		"annotation_type_declaration":     {form: class, a: "name"},
		"import_declaration":              {form: importing},
		"package_declaration":             {form: importing},
		"switch_label":                    {form: label},
		"expression_statement":            {form: statement},
		"line_comment":                    {form: comment},
		"block_comment":                   {form: comment},
	},
	numbers: map[string]registry.Type{
		"decimal_integer_literal": registry.Int, "hex_integer_literal": registry.Int, "decimal_floating_point_literal": registry.Double,
		"true": registry.Bool, "false": registry.Bool,
	},
	made:        javaMade,
	conventions: javaConventions,
	metric:      func(pkg, _ string) bool { return strings.Contains(pkg, "Metrics") },
	telemetry:   javaTelemetry,
	imports:     javaImports,
	locate:      javaClass,
	imported:    func(class string) string { return "\nimport " + class + ";" },
	self:        []string{"this"},
	plus:        []string{"+"},
	formats:     []string{"format", "formatted"},
	keys:        javaKeys,
	texts:       javaTexts,
	maps:        []string{"of", "ofEntries", "entry"},
	units:       javaUnits,
	calls:       javaCalls,
}

// What the languages of the Java platform share.
var (
	javaConventions = []string{"io.opentelemetry.semconv", "io.opentelemetry.api.trace.attributes", "io.opentracing.tag"}
	javaTelemetry   = []string{"brave", "springframework.cloud.sleuth", "skywalking", "co.elastic.apm", "otel4s"}
	javaTexts       = []string{"getKey", "key", "asString", "toString", "getValue", "value", "intern"}
	javaUnits       = []string{"setUnit", "baseUnit", "withUnit"}
	javaKeys        = map[string]registry.Type{
		"stringKey": registry.String, "longKey": registry.Int, "doubleKey": registry.Double, "booleanKey": registry.Bool,
		"stringArrayKey": registry.Strings, "longArrayKey": registry.Ints, "doubleArrayKey": registry.Doubles, "booleanArrayKey": registry.Bools,
		"StringTag": registry.String, "IntTag": registry.Int, "BooleanTag": registry.Bool,
	}
	javaMade = map[string]registry.Type{
		"toString": registry.String, "String.valueOf": registry.String, "name": registry.String, "format": registry.String, "parseInt": registry.Int, "parseLong": registry.Int,
		"longValue": registry.Int, "intValue": registry.Int, "length": registry.Int, "size": registry.Int, "doubleValue": registry.Double,
		"toLowerCase": registry.String, "toUpperCase": registry.String, "booleanValue": registry.Bool, "isEmpty": registry.Bool,
	}
)

// javaMaker are the arguments of what makes an instrument.
var javaMaker = with(first(metric, "name"))

// javaCalls are the APIs of OpenTelemetry, OpenTracing, Brave and Micrometer.
var javaCalls = []callee{
	{names: "setAttribute setTag withTag setBaggage", takes: with(first(key, "key"))},
	{names: "addSpanAttribute", takes: with(first(key, "")), bare: true},
	{names: "setAllAttributes addAttributes putAll", takes: with(first(attributes, ""))},
	{names: "tag", takes: with(first(key, ""))},
	{names: "put", on: "attribute attrs attr resource", takes: with(first(key, ""))},
	{names: "set", on: "attribute", takes: with(nth(key, 1, ""), nth(value, 2, ""))},
	{names: "internalSet internalSetAttribute", takes: with(nth(key, 1, ""), nth(value, 2, ""))},
	{names: "of", on: "attributes", takes: with(nth(pairs, 0, ""))},
	{names: "of", on: "tag keyvalue", takes: with(nth(pairs, 0, ""))},
	{names: "and tags", on: "tag keyvalue builder counter timer gauge summary", takes: with(nth(pairs, 0, ""))},
	{names: "lowCardinalityKeyValue highCardinalityKeyValue", takes: with(first(key, ""))},
	{names: "add record set", on: "counter histogram gauge", takes: with(nth(attributes, 1, "")), place: translate.Point},
	{names: "create", on: "resource", takes: with(first(attributes, "")), place: translate.Resource},
	{names: "spanBuilder buildSpan updateName setOperationName", takes: with(first(spanName, "spanName"))},
	{names: "name", on: "span", takes: with(first(spanName, ""))},
	{names: "startScopedSpan startSpan", takes: with(first(spanName, ""))},
	{names: "createNotStarted start", on: "observation", takes: with(first(spanName, ""))},
	{names: "addEvent", takes: with(first(event, "name"), nth(attributes, 1, "attributes")), place: translate.Event},
	{names: "recordException", takes: with(nth(attributes, 1, "")), place: translate.Event},
	{names: "counterBuilder", takes: javaMaker, instrument: registry.Counter},
	{names: "upDownCounterBuilder", takes: javaMaker, instrument: registry.UpDownCounter},
	{names: "histogramBuilder", takes: javaMaker, instrument: registry.Histogram},
	{names: "gaugeBuilder", takes: javaMaker, instrument: registry.Gauge},
	{names: "builder", on: "counter timer gauge distributionsummary longtasktimer functioncounter functiontimer timegauge", takes: javaMaker},
	{names: "counter timer gauge summary", on: "registry metrics", takes: with(first(metric, ""), nth(pairs, 1, ""))},
	{names: "getAttribute getTag", takes: with(first(key, "")), read: true},
	{names: "get remove containsKey hasAttribute", on: "attributes tags", takes: with(first(key, "")), read: true},
	{names: "containsEntry hasAttribute containsTag", takes: with(first(key, "")), read: true},
	{names: "WithSpan NewSpan ContinueSpan", takes: with(first(spanName, "value"), named(spanName, "name")), bare: true},
	{names: "Observed", takes: with(first(spanName, "contextualName"), named(metric, "name"))},
	{names: "SpanAttribute SpanTag", takes: with(first(key, "value"), named(key, "key")), bare: true},
	{names: "Timed Counted", takes: with(first(metric, "value"))},
}

// javaImports declares `import a.b.C`, `import static a.b.C.D`, wildcards, and the package.
func javaImports(r *reading, n node) {
	path := r.childOf(n, "scoped_identifier")
	if path == none {
		path = r.childOf(n, "identifier")
	}
	if path == none {
		return
	}
	written := r.text(path)
	if r.kind(n) == "package_declaration" {
		r.home = written
		r.telemetry = r.telemetry || r.isTelemetry(written)
		return
	}
	if r.childOf(n, "asterisk") != none {
		r.bind("*", written, "")
		r.brings(path, written)
		return
	}
	javaImport(r, path, written, "")
}

// javaImport declares the import of a class or one of its members.
func javaImport(r *reading, n node, written, local string) {
	pkg, id := splitLast("", written)
	if local == "" {
		local = id
	}
	r.bind(local, pkg, id)
	r.brings(n, written)
}

// javaClass gives the files that a class may be in; a member is found in its class.
func javaClass(_, module, members string) []place {
	parts := strings.Split(joinPath(module, members), ".")
	var all []place
	for i := len(parts) - 1; i > 0 && i > len(parts)-4; i-- {
		file := "*/" + strings.Join(parts[:i], "/")
		inside := strings.Join(parts[i-1:], ".")
		all = append(all, place{file + ".java", inside}, place{file + ".kt", inside})
	}
	if len(parts) > 2 { // Kotlin's folders need not follow the packages
		all = append(all, place{"*/" + parts[len(parts)-2] + ".kt", strings.Join(parts[len(parts)-2:], ".")})
	}
	return all
}
