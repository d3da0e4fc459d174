package semconv

import (
	"slices"

	"github.com/koine-otel/koine/semconv/translate"
)

// Translate says in r what the table makes of an element, as the verdicts have it; on a
// metric's points the metric must be given.
func (j *Judge) Translate(in *translate.Input, m *Metric, r *translate.Result) {
	table, there := j.reading(in, m)
	table.Translate(&there, r)
}

// Element judges all attributes of an element, each as Attribute would among the others, by
// what Translate made of it in r. The verdicts stand in the attributes' order. They depend on
// nothing but the place, the keys, the values' types, the metric, which live values are members
// of enums, and r with the values that it changes: who judges much may remember them by these.
func (j *Judge) Element(in *translate.Input, m *Metric, r *translate.Result) [][]Problem {
	table, there := j.reading(in, m)
	all := make([][]Problem, len(in.Keys))
	first := firsts(in.Keys)
	for i, key := range in.Keys {
		a := Attribute{Key: key, Value: in.Values[i], Metric: m, Among: in}
		known, live := j.known(key)
		var now outcome
		now.add(read(table, &there, r, first(i), live))
		all[i] = j.judged(&a, known, live, &now)
	}
	return all
}

// reading is the table that reads an element, and the element as it reads it.
func (j *Judge) reading(in *translate.Input, m *Metric) (*translate.Table, translate.Input) {
	if m == nil {
		return j.table, *in
	}
	of, there := j.metric(m), *in
	there.Place = of.Place
	return of.Points, there
}

// few is how many keys are looked through one by one.
const few = 64

// firsts gives of an index the first one of the same key: what came twice counts as it came
// first.
func firsts(keys []string) func(i int) int {
	if len(keys) <= few {
		return func(i int) int { return slices.Index(keys, keys[i]) }
	}
	at := make(map[string]int, len(keys))
	for i := len(keys) - 1; i >= 0; i-- {
		at[keys[i]] = i
	}
	return func(i int) int { return at[keys[i]] }
}
