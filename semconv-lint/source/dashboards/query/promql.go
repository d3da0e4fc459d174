package query

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// maxBytes bounds a query: nobody writes a longer one, and a parser takes many times its memory.
const maxBytes = 64 << 10

// maxDepth bounds how deep brackets are in each other for the parser.
const maxDepth = 200

// PromQL reads a query of Prometheus' language, with variables of Grafana in it.
func PromQL(text string) Query {
	if len(text) > maxBytes {
		return Query{}
	}
	f := fill(text)
	p := promQL{tokens: tokens(f.text)}
	if expr, ok := parse(f.text, p.tokens); ok {
		p.query.Whole = true
		p.node(expr)
	} else {
		p.guess()
	}
	p.query.without(&f)
	slices.SortStableFunc(p.query.Names, func(a, b Name) int { return a.At.Start - b.At.Start })
	return p.query
}

var promQLParser = parser.NewParser(parser.Options{
	EnableExperimentalFunctions: true, ExperimentalDurationExpr: true, EnableExtendedRangeSelectors: true, EnableBinopFillModifiers: true,
})

// parse parses a query that is not too deep.
func parse(text string, all []token) (parser.Expr, bool) {
	depth := 0
	for i := range all {
		switch t := &all[i]; {
		case t.is("("), t.is("-"), t.is("+"):
			if depth++; depth > maxDepth {
				return nil, false
			}
		case t.is(")"):
			depth--
		}
	}
	expr, err := promQLParser.ParseExpr(text)
	return expr, err == nil
}

// promQL finds the names of a query. What belongs to what is the parser's word, where it stands
// is the tokens'.
type promQL struct {
	tokens []token
	query  Query
}

// node finds those of an expression, and gives the selectors in it.
func (p *promQL) node(n parser.Node) []int {
	switch e := n.(type) {
	case *parser.VectorSelector:
		r := reader{tokens: p.tokens}
		r.seek(int(e.PosRange.Start))
		return []int{p.selector(&r)}
	case *parser.AggregateExpr:
		if e.Param != nil {
			p.node(e.Param)
		}
		in := p.node(e.Expr)
		p.aggregate(e, in)
		return in
	case *parser.BinaryExpr:
		in := append(p.node(e.LHS), p.node(e.RHS)...)
		p.matching(e.LHS.PositionRange().End, e.RHS.PositionRange().Start, in)
		return in
	case *parser.Call:
		in := p.children(n)
		p.call(e, in)
		return in
	}
	return p.children(n)
}

func (p *promQL) children(n parser.Node) []int {
	var in []int
	for c := range parser.ChildrenIter(n) {
		in = append(in, p.node(c)...)
	}
	return in
}

// selector reads a selector at its beginning.
func (p *promQL) selector(r *reader) int {
	s := p.query.newSelector()
	if t := r.peek(0); t != nil && t.kind == word {
		r.at++
		p.query.metric(t, s)
	}
	if r.peek(0).is("{") {
		r.at++
		p.matchers(r, s)
	}
	return s
}

// matchers reads those of a selector behind its brace.
func (p *promQL) matchers(r *reader, s int) {
	for t := r.next(); t != nil && !t.is("}"); t = r.next() {
		if t.kind != word && t.kind != literal || t.escaped {
			continue
		}
		operator, value := r.peek(0), r.peek(1)
		switch {
		case operator == nil:
			return
		case operator.kind != sign || value == nil || value.kind != literal || !strings.ContainsAny(operator.text, "=~"):
			if t.kind == literal && (operator.is(",") || operator.is("}")) {
				p.query.metric(t, s) // {"http.server.duration"}
			}
			continue
		case t.text == "__name__":
			p.named(operator, value, s)
		default:
			name := p.query.add(source.PrometheusLabel, t, s)
			if operator.is("=") && !value.escaped {
				name.Value = &source.Text{At: source.Range{Start: value.start, End: value.end}, Text: value.text}
			}
		}
		r.at += 2
	}
}

// named reads the metrics that a matcher of __name__ asks for, each alternative that is a name.
func (p *promQL) named(operator, value *token, s int) {
	switch {
	case value.escaped:
	case operator.is("="):
		p.query.metric(value, s)
	case operator.is("=~"):
		for _, t := range alternatives(value) {
			p.query.metric(&t, s)
		}
	}
}

// alternatives are those of a regular expression that are plain names: all but what has signs
// in it.
func alternatives(value *token) []token {
	var names []token
	at := value.start
	for part := range strings.SplitSeq(value.text, "|") {
		name := strings.TrimLeft(part, "^(?:")
		start := at + len(part) - len(name)
		name = strings.TrimRight(name, ")$")
		if plain(name) {
			names = append(names, token{kind: word, start: start, end: start + len(name), text: name})
		}
		at += len(part) + 1
	}
	return names
}

func plain(name string) bool {
	for i := range len(name) {
		if !letter(name[i]) && (i == 0 || !digit(name[i])) {
			return false
		}
	}
	return name != ""
}

// aggregate reads the labels of an aggregation, before its arguments or behind them.
func (p *promQL) aggregate(e *parser.AggregateExpr, in []int) {
	r := reader{tokens: p.tokens}
	r.seek(int(e.PosRange.Start))
	r.at++
	if r.peek(0).isWord("by", "without") {
		r.at++
		p.list(&r, in)
		return
	}
	r.skip()
	if r.peek(0).isWord("by", "without") {
		r.at++
		p.list(&r, in)
	}
}

// skip goes past brackets with all in them.
func (r *reader) skip() {
	depth := 0
	for t := r.next(); t != nil; t = r.next() {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		}
		if depth <= 0 {
			return
		}
	}
}

// list reads labels in brackets.
func (p *promQL) list(r *reader, in []int) {
	if !r.peek(0).is("(") {
		return
	}
	r.at++
	for t := r.next(); t != nil && !t.is(")"); t = r.next() {
		if t.kind == word || t.kind == literal && !t.escaped {
			p.query.add(source.PrometheusLabel, t, in...)
		}
	}
}

// matching reads the labels by which the sides of an operator are matched, which stand between
// them.
func (p *promQL) matching(from, to posrange.Pos, in []int) {
	r := reader{tokens: p.tokens}
	r.seek(int(from))
	for t := r.next(); t != nil && t.end <= int(to); t = r.next() {
		if t.isWord("on", "ignoring", "group_left", "group_right") {
			p.list(&r, in)
		}
	}
}

// call reads the labels that are arguments.
func (p *promQL) call(e *parser.Call, in []int) {
	sources := 0 // the first argument that names a label to read
	switch e.Func.Name {
	case "label_replace", "label_join":
		sources = 3
	case "sort_by_label", "sort_by_label_desc":
		sources = 1
	default:
		return
	}
	for i, arg := range e.Args {
		argument, ok := arg.(*parser.StringLiteral)
		if !ok || e.Func.Name == "label_replace" && i > 3 || i != 1 && i < sources {
			continue
		}
		r := reader{tokens: p.tokens}
		r.seek(int(argument.PosRange.Start))
		// The text's token begins behind its quote.
		if t := r.peek(0); t != nil && t.kind == literal && !t.escaped && t.text != "" {
			p.query.add(source.PrometheusLabel, t, in...).Made = i < sources
		}
	}
}

// Alternatives reads a regular expression for the names of metrics: those that it names in full.
func Alternatives(expression string) Query {
	p := promQL{}
	s := p.query.newSelector()
	for _, t := range alternatives(&token{text: expression, end: len(expression)}) {
		p.query.metric(&t, s)
	}
	return p.query
}

// Label is what a label alone says.
func Label(label string) Query {
	var q Query
	q.add(source.PrometheusLabel, &token{text: label, end: len(label)}, q.newSelector())
	return q
}
