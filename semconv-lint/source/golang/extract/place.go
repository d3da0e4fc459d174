package extract

import (
	"go/ast"
	"go/token"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/translate"
)

// places are by functions what they put attributes on.
var places = map[string]translate.Place{
	otel + "/sdk/resource.NewWithAttributes":       translate.Resource,
	otel + "/sdk/resource.NewSchemaless":           translate.Resource,
	otel + "/sdk/resource.WithAttributes":          translate.Resource,
	otel + "/sdk/resource.StringDetector":          translate.Resource,
	otel + "/trace.WithAttributes":                 source.AnySpan,
	"(" + otel + "/trace.Span).SetAttributes":      source.AnySpan,
	otel + "/trace.WithInstrumentationAttributes":  translate.Scope,
	otel + "/metric.WithInstrumentationAttributes": translate.Scope,
	otel + "/log.WithInstrumentationAttributes":    translate.Scope,
	otel + "/metric.WithAttributes":                translate.Point,
	otel + "/metric.WithAttributeSet":              translate.Point,
	otel + "/trace.LinkFromContext":                translate.Link,
	"(" + otel + "/log.Record).AddAttributes":      translate.Record,
	"(" + otel + "/log.Record).SetAttributes":      translate.Record,
}

// holders are by structs what attributes in them stand on.
var holders = map[string]translate.Place{
	otel + "/trace.Link":                                            translate.Link,
	otel + "/sdk/metric/metricdata.DataPoint":                       translate.Point,
	otel + "/sdk/metric/metricdata.HistogramDataPoint":              translate.Point,
	otel + "/sdk/trace.Event":                                       translate.Event,
	"go.opentelemetry.io/proto/otlp/resource/v1.Resource":           translate.Resource,
	"go.opentelemetry.io/proto/otlp/trace/v1.Span":                  source.AnySpan,
	"go.opentelemetry.io/proto/otlp/trace/v1.Span_Event":            translate.Event,
	"go.opentelemetry.io/proto/otlp/metrics/v1.NumberDataPoint":     translate.Point,
	"go.opentelemetry.io/proto/otlp/logs/v1.LogRecord":              translate.Record,
	"go.opentelemetry.io/proto/otlp/common/v1.InstrumentationScope": translate.Scope,
}

// kinds are the spans of constants of type trace.SpanKind.
var kinds = map[string]translate.Place{
	"SpanKindInternal": translate.Internal, "SpanKindServer": translate.Server, "SpanKindClient": translate.Client,
	"SpanKindProducer": translate.Producer, "SpanKindConsumer": translate.Consumer,
}

// put is what an attribute at a spot is put on, as far as the code around it tells, and the metric
// whose points it stands on.
func (x *extractor) put(s spot) (p translate.Place, of string) {
	for i := len(s.stack) - 1; i >= 0; i-- {
		switch n := s.stack[i].(type) {
		case *ast.CallExpr:
			name := x.called(n)
			if p, ok := places[name]; ok {
				if p == translate.Point {
					of = x.metricAround(s.stack[:i])
				}
				return x.around(p, s.stack[:i]), of
			}
			if !transparent(name) && x.conversion(n) == nil {
				return 0, ""
			}
		case *ast.CompositeLit:
			if p, ok := holders[x.structName(n, s.stack[:i])]; ok {
				return p, ""
			}
		case *ast.ValueSpec:
			if len(n.Names) == 1 {
				return x.putBy(n.Names[0]), ""
			}
			return 0, ""
		case *ast.AssignStmt:
			if len(n.Lhs) == 1 && (n.Tok == token.DEFINE || n.Tok == token.ASSIGN) {
				return x.putBy(n.Lhs[0]), ""
			}
			return 0, ""
		case ast.Stmt, *ast.FuncLit:
			return 0, ""
		}
	}
	return 0, ""
}

// putBy is what the attributes in a variable are put on.
func (x *extractor) putBy(left ast.Expr) translate.Place {
	o := x.object(left)
	if o == nil || x.mixed[o] {
		return 0
	}
	return x.places[o]
}

// transparent are functions that hand attributes on.
func transparent(name string) bool {
	switch name {
	case "append", attribute + ".NewSet", attribute + ".NewSetWithFiltered", "slices.Concat":
		return true
	}
	return false
}

// around makes a place narrower by the call around it: an event's, a span's kind.
func (x *extractor) around(p translate.Place, stack []ast.Node) translate.Place {
	if p != source.AnySpan || len(stack) == 0 {
		return p
	}
	call, ok := stack[len(stack)-1].(*ast.CallExpr)
	if !ok {
		return p
	}
	switch x.called(call) {
	case "(" + otel + "/trace.Span).AddEvent", "(" + otel + "/trace.Span).RecordError", otel + "/trace.NewEventConfig":
		return translate.Event
	case "(" + otel + "/trace.Tracer).Start":
		return x.kindOf(call)
	}
	return p
}

// kindOf is the kind of span that a call of Start asks for.
func (x *extractor) kindOf(start *ast.CallExpr) translate.Place {
	for _, arg := range start.Args {
		option, ok := ast.Unparen(arg).(*ast.CallExpr)
		if !ok || x.called(option) != otel+"/trace.WithSpanKind" || len(option.Args) != 1 {
			continue
		}
		if s, ok := ast.Unparen(option.Args[0]).(*ast.SelectorExpr); ok && kinds[s.Sel.Name] != 0 {
			return kinds[s.Sel.Name]
		}
	}
	return source.AnySpan
}

// metricAround is the metric of the instrument whose method is called with what stands in it.
func (x *extractor) metricAround(stack []ast.Node) string {
	if len(stack) == 0 {
		return ""
	}
	call, ok := stack[len(stack)-1].(*ast.CallExpr)
	if !ok {
		return ""
	}
	for _, arg := range call.Args {
		if name := x.instruments[x.object(arg)]; name != "" {
			return name // an observer's: ObserveInt64(instrument, …)
		}
	}
	if s, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return x.instruments[x.object(s.X)]
	}
	return ""
}

// carriers are by types of pdata what their attributes stand on.
var carriers = map[string]translate.Place{
	pdata + "/pcommon.Resource":                      translate.Resource,
	pdata + "/pcommon.InstrumentationScope":          translate.Scope,
	pdata + "/ptrace.Span":                           source.AnySpan,
	pdata + "/ptrace.SpanEvent":                      translate.Event,
	pdata + "/ptrace.SpanLink":                       translate.Link,
	pdata + "/plog.LogRecord":                        translate.Record,
	pdata + "/pmetric.NumberDataPoint":               translate.Point,
	pdata + "/pmetric.HistogramDataPoint":            translate.Point,
	pdata + "/pmetric.ExponentialHistogramDataPoint": translate.Point,
	pdata + "/pmetric.SummaryDataPoint":              translate.Point,
}

// carrier is what the map stands on that a method of pdata is called on.
func (x *extractor) carrier(m ast.Expr, depth int) translate.Place {
	switch m := ast.Unparen(m).(type) {
	case *ast.CallExpr:
		if s, ok := m.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Attributes" {
			return carriers[x.typeName(s.X)]
		}
	case *ast.Ident:
		if value := x.values[x.object(m)]; value != nil && depth < maxDepth {
			return x.carrier(value, depth+1)
		}
	}
	return 0
}
