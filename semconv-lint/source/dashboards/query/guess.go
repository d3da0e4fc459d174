package query

import "github.com/koine-otel/koine/semconv-lint/source"

// guess finds the names of a query that does not parse, by what stands beside them.
func (p *promQL) guess() {
	r := reader{tokens: p.tokens}
	var lists []int // the labels of lists, which may speak of all selectors
	brackets := 0
	for t := r.next(); t != nil; t = r.next() {
		after := r.peek(0)
		switch {
		case t.is("["):
			brackets++
		case t.is("]"):
			brackets = max(0, brackets-1)
		case brackets > 0:
		case t.is("{"):
			r.at--
			p.selector(&r)
		case t.kind != word:
		case t.isWord("by", "without", "on", "ignoring", "group_left", "group_right") && after.is("("):
			from := len(p.query.Names)
			p.list(&r, nil)
			for i := from; i < len(p.query.Names); i++ {
				lists = append(lists, i)
			}
		case after.is("("), after.isWord("by", "without"), t.isWord(keywords...):
		default:
			r.at--
			p.selector(&r)
		}
	}
	all := make([]int, len(p.query.Selectors))
	for i := range all {
		all[i] = i
	}
	for _, i := range lists {
		p.query.Names[i].In = all
	}
}

// keywords stand where a metric might.
var keywords = []string{"and", "or", "unless", "bool", "offset", "inf", "nan", "atan2", "default", "if", "ifnot", "limit", "keep_metric_names", "by", "without", "on", "ignoring", "group_left", "group_right"}

// Variable reads a query of a Grafana variable over Prometheus: label_values(metric, label) and its
// like, or else nothing. Ok is false where it is none of these.
func Variable(text string) (q Query, ok bool) {
	if len(text) > maxBytes {
		return q, false
	}
	f := fill(text)
	all := tokens(f.text)
	if len(all) < 3 || all[0].kind != word || !all[1].is("(") || !all[len(all)-1].is(")") {
		return q, false
	}
	inner := all[2 : len(all)-1]
	switch all[0].text {
	case "label_values":
		p := promQL{tokens: inner}
		label := len(inner) - 1
		if label < 0 || inner[label].kind != word && inner[label].kind != literal || label > 0 && !inner[label-1].is(",") {
			return q, true
		}
		if label > 0 {
			p.tokens = inner[:label-1]
			p.guess()
		}
		in := make([]int, len(p.query.Selectors))
		for i := range in {
			in[i] = i
		}
		p.query.add(source.PrometheusLabel, &inner[label], in...)
		q = p.query
	case "query_result":
		from, to := all[1].end, all[len(all)-1].start
		q = PromQL(text[from:to])
		for i := range q.Names {
			q.Names[i].shift(from)
		}
		return q, true
	case "metrics":
		p := promQL{}
		s := p.query.newSelector()
		for i := range inner {
			if len(inner) == 1 && inner[i].kind == word {
				p.query.metric(&inner[i], s)
			}
		}
		q = p.query
	default:
		return q, all[0].text == "label_names"
	}
	q.without(&f)
	return q, true
}

// shift moves a name by bytes.
func (n *Name) shift(by int) {
	n.At.Start += by
	n.At.End += by
	if n.Value != nil {
		n.Value.At.Start += by
		n.Value.At.End += by
	}
}
