package query

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// LogQL reads a query of Loki: the labels of its streams, those that it filters, keeps and groups
// by. Behind a parser of lines a label may come from the line.
func LogQL(q string) Query {
	if len(q) > maxBytes {
		return Query{}
	}
	f := fill(q)
	l := logQL{r: reader{tokens: tokens(f.text)}}
	l.read()
	l.query.Names = slices.DeleteFunc(l.query.Names, func(n Name) bool { return n.Role != source.PrometheusLabel })
	l.query.without(&f)
	return l.query
}

type logQL struct {
	r     reader
	query Query
	// parsed is whether the line was parsed in the pipeline that is read, of the stream.
	parsed bool
	stream int
}

func (l *logQL) read() {
	r := &l.r
	for t := r.next(); t != nil; t = r.next() {
		switch {
		case t.is("{"):
			l.parsed = false
			p := promQL{query: l.query}
			l.stream = p.query.newSelector()
			p.matchers(r, l.stream)
			l.query = p.query
		case len(l.query.Selectors) == 0 && !t.isWord("by", "without"):
		case t.is("|") && r.peek(0) != nil:
			l.stage()
		case t.isWord("by", "without", "on", "ignoring", "group_left", "group_right") && r.peek(0).is("("):
			p := promQL{query: l.query}
			from := len(p.query.Names)
			p.list(r, nil)
			l.query = p.query
			for i := from; i < len(l.query.Names); i++ {
				l.query.Names[i].Made = l.parsed
			}
		}
	}
	if len(l.query.Selectors) > 0 {
		for i := range l.query.Names { // lists may stand before the stream
			if n := &l.query.Names[i]; n.In == nil {
				n.In, n.Made = []int{l.stream}, l.parsed
			}
		}
		for i := range l.query.Names { // what a stream has is not made of its lines
			n := &l.query.Names[i]
			n.Made = n.Made && !slices.ContainsFunc(l.query.Names, func(of Name) bool {
				return !of.Made && of.Key == n.Key && slices.ContainsFunc(of.In, func(s int) bool { return slices.Contains(n.In, s) })
			})
		}
	}
}

// stage reads what follows a bar.
func (l *logQL) stage() {
	r := &l.r
	switch t := r.peek(0); {
	case t.isWord("json", "logfmt", "regexp", "pattern", "unpack"):
		l.parsed = true
		r.at++
	case t.isWord("line_format", "label_format", "decolorize"):
		r.at++
		for t := r.peek(0); t != nil && !t.is("|") && !t.is(")"); t = r.peek(0) {
			r.at++
		}
	case t.isWord("unwrap"):
		r.at++
		if t := r.next(); t != nil && t.kind == word && !r.peek(0).is("(") {
			l.label(t)
		}
	case t.isWord("keep", "drop"):
		for r.at++; r.peek(0) != nil && (r.peek(0).kind == word || r.peek(0).is(",")); r.at++ {
			if t := r.peek(0); t.kind == word {
				l.label(t)
			}
		}
	default:
		l.filters()
	}
}

// filters reads conditions on labels.
func (l *logQL) filters() {
	r := &l.r
	for t := r.peek(0); t != nil; t = r.peek(0) {
		operator, value := r.peek(1), r.peek(2)
		switch {
		case t.is("("), t.is(","), t.isWord("and", "or"):
			r.at++
		case t.kind == word && operator != nil && operator.kind == sign && strings.ContainsAny(operator.text, "=~<>"):
			name := l.label(t)
			if value != nil && value.kind == literal && !value.escaped && (operator.is("=") || operator.is("==")) {
				name.Value = &source.Text{At: source.Range{Start: value.start, End: value.end}, Text: value.text}
			}
			r.at += 3
		default:
			return
		}
	}
}

func (l *logQL) label(t *token) *Name {
	n := l.query.add(source.PrometheusLabel, t, l.stream)
	n.Made = l.parsed
	return n
}
