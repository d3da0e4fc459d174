// Package query finds names in queries: PromQL, LogQL, TraceQL, SQL and Lucene, as dashboards
// and alerts hold them, with the bytes where they stand.
package query

import (
	"slices"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/translate"
)

// Query is what a query names.
type Query struct {
	Names []Name
	// Selectors are what series it asks for.
	Selectors []Selector
	// Whole is whether it was parsed; of others the names are what looks like them.
	Whole bool
}

// Selector asks for series, by the names of metrics: none where only labels say which, several
// where alternatives do.
type Selector struct{ Metrics []string }

// Name is one name in a query.
type Name struct {
	// Role is one of Prometheus' for PromQL and LogQL, else Attribute or Metric.
	Role source.Role
	// At are the bytes of the query where it stands, without quotes, and Key is it.
	At  source.Range
	Key string
	// In are the indices of the selectors of whose series it speaks.
	In []int
	// Place is what carries an attribute, 0 where the query does not say.
	Place translate.Place
	// Value is a constant text that it is compared with for equality, nil where there is none.
	Value *source.Text
	// Made is a label that the query makes itself, or that a log's line is read for: it says
	// nothing of the telemetry.
	Made bool
}

// add adds a name that a token is.
func (q *Query) add(role source.Role, t *token, in ...int) *Name {
	q.Names = append(q.Names, Name{Role: role, At: source.Range{Start: t.start, End: t.end}, Key: t.text, In: in})
	return &q.Names[len(q.Names)-1]
}

// newSelector adds a selector, and gives its index.
func (q *Query) newSelector() int {
	q.Selectors = append(q.Selectors, Selector{})
	return len(q.Selectors) - 1
}

// metric adds a metric that a selector asks for.
func (q *Query) metric(t *token, selector int) {
	q.add(source.PrometheusMetric, t, selector)
	s := &q.Selectors[selector]
	s.Metrics = append(s.Metrics, t.text)
}

// without leaves out the names that variables are, or are a part of: nobody knows them.
func (q *Query) without(f *filled) {
	if len(f.variables) == 0 {
		return
	}
	q.Names = slices.DeleteFunc(q.Names, func(n Name) bool { return f.partly(n.At) })
	for i := range q.Selectors {
		q.Selectors[i].Metrics = nil
	}
	for _, n := range q.Names {
		if n.Role == source.PrometheusMetric {
			for _, i := range n.In {
				q.Selectors[i].Metrics = append(q.Selectors[i].Metrics, n.Key)
			}
		}
	}
}
