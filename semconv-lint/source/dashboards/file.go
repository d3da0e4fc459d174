package dashboards

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/dashboards/query"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// file is what was found in one.
type file struct {
	names    *source.Mangled
	found    []found
	mentions []mention
	series   []*series
	recorded recorded
	guessed  bool // by its lines: the file is no YAML
}

// found is a name in a query.
type found struct {
	name query.Name
	text yamltext.Text // of the query
	of   []*series
	// with are the names of the query: an old one beside the new is there on purpose.
	with map[string]bool
}

// series are what a query asks for: the metrics of a selector, with all labels that are said to
// be on it.
type series struct {
	metrics []string
	labels  []string
	proof   int
}

// owner is a panel or a rule: what is said beside its queries is said of their series.
type owner struct {
	series []*series
	labels map[string]bool
}

// mention is a label that is named outside a query.
type mention struct {
	text yamltext.Text
	of   *owner
}

// query adds what a query in a text names.
func (f *file) query(text yamltext.Text, q query.Query, o *owner) {
	all := make([]*series, len(q.Selectors))
	for i, s := range q.Selectors {
		all[i] = &series{metrics: s.Metrics}
	}
	with := map[string]bool{}
	for _, n := range q.Names {
		with[n.Key] = true
		if n.Role == source.PrometheusLabel && len(n.In) == 0 {
			all = append(all, &series{})
			n.In = []int{len(all) - 1}
		}
		one := found{name: n, text: text, with: with}
		for _, i := range n.In {
			one.of = append(one.of, all[i])
			if n.Role == source.PrometheusLabel && !n.Made {
				all[i].labels = append(all[i].labels, n.Key)
			}
		}
		if n.Role == source.PrometheusLabel {
			o.name(n.Key)
		}
		if f.ours(&n) {
			f.found = append(f.found, one)
		}
	}
	f.series = append(f.series, all...)
	o.series = append(o.series, all...)
}

// ours says whether a name may be one of the conventions at all: all others are forgotten at once.
func (f *file) ours(n *query.Name) bool {
	switch n.Role {
	case source.PrometheusLabel:
		return f.names.Words(n.Key) > 0
	case source.PrometheusMetric:
		return f.names.Known(n.Key)
	}
	return n.Key != ""
}

func (o *owner) name(label string) {
	if o.labels == nil {
		o.labels = map[string]bool{}
	}
	o.labels[label] = true
}

// with are those of the series that a query says to have a label, all if none does.
func (o *owner) with(label string) []*series {
	have := slices.DeleteFunc(slices.Clone(o.series), func(s *series) bool { return !slices.Contains(s.labels, label) })
	if len(have) == 0 {
		return o.series
	}
	return have
}

// mention adds a label, which is a text or a part of one.
func (f *file) mention(text yamltext.Text, o *owner) {
	if f.names.Words(text.Value) > 0 {
		f.mentions = append(f.mentions, mention{text, o})
	}
}

// uses are those of what was found, when all of it is known.
func (f *file) uses(r recorded) []source.Use {
	proof := f.prove(r)
	var uses []source.Use
	for i := range f.found {
		if u, ok := f.use(&f.found[i], proof); ok {
			uses = append(uses, u)
		}
	}
	for i := range f.mentions {
		m := &f.mentions[i]
		if f.names.Words(m.text.Value) < 2 && !m.of.labels[m.text.Value] {
			continue // a word is a label if a query says so
		}
		one := found{name: query.Name{Role: source.PrometheusLabel, At: source.Range{End: len(m.text.Value)}, Key: m.text.Value}, text: m.text, of: m.of.with(m.text.Value)}
		if u, ok := f.use(&one, proof); ok {
			uses = append(uses, u)
		}
	}
	return uses
}

// use is that of a name, false where it says nothing.
func (f *file) use(n *found, proof bool) (source.Use, bool) {
	name := &n.name
	text := n.text.Slice(name.At.Start, name.At.End)
	if !text.Placed() {
		return source.Use{}, false
	}
	at, literal := text.Range()
	u := source.Use{Role: name.Role, Tier: source.A, At: at, Key: name.Key, Callee: "query", Place: name.Place, Read: true, Within: -1}
	if literal && f.safe(n) {
		u.Rewrite = f.rewrite(n, at)
	}
	if v := name.Value; v != nil {
		value := n.text.Slice(v.At.Start, v.At.End)
		at, literal := value.Range()
		u.Value = &source.Text{At: at, Text: v.Text}
		if literal {
			u.Value.Rewrite = source.Replace(at)
		}
	}
	switch name.Role {
	case source.PrometheusLabel:
		u.Of = f.owning(n)
		u.Tier = f.labelTier(n, u.Of, proof)
	case source.PrometheusMetric:
		u.Tier = f.metricTier(n, proof)
	}
	return u, true
}

// rewrite writes another name in place of one. One with dots needs quotes, of which nobody knows
// how the file writes them.
func (f *file) rewrite(n *found, at source.Range) source.Rewrite {
	dotless := n.name.Role == source.PrometheusLabel && !strings.Contains(n.name.Key, ".")
	return func(name string) []source.Edit {
		if dotless && strings.Contains(name, ".") {
			return nil
		}
		return []source.Edit{{Range: at, Text: name}}
	}
}

// owning is the metric whose label it is: of several one of which the conventions say something.
func (f *file) owning(n *found) string {
	first := ""
	for _, s := range n.of {
		for _, metric := range s.metrics {
			if _, ok := f.names.Label(n.name.Key, metric); ok && f.names.Known(metric) {
				return metric
			}
			if first == "" {
				first = metric
			}
		}
	}
	return first
}

// safe says whether a name may be written anew by itself. A label may not where its metric has to
// be replaced by hand: half of a query would ask for the old series and half for the new.
func (f *file) safe(n *found) bool {
	if n.name.Role != source.PrometheusLabel {
		return true
	}
	return !slices.ContainsFunc(n.of, func(s *series) bool {
		return slices.ContainsFunc(s.metrics, func(metric string) bool {
			m, ok := f.names.Metric(metric)
			return ok && (m.UnitChanged || len(m.New) != 1)
		})
	})
}
