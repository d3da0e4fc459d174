package semconv

import (
	"slices"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// outcome is what a translation makes of one attribute.
type outcome struct {
	// gone is an attribute that would not stay under its key.
	gone bool
	// names are what it becomes, best first.
	names []string
	// value is the text of the value that it gets under its own key, of its own type.
	value string
}

// place is what carries the attribute, 0 where that is not known.
func (a *Attribute) place() translate.Place {
	if a.Among != nil {
		return a.Among.Place
	}
	return a.Place
}

// places are those to ask for: every one of a resource's and a span's where nobody
// knows better.
func (a *Attribute) places() []translate.Place {
	if p := a.place(); p != 0 {
		return []translate.Place{p}
	}
	return []translate.Place{translate.Resource, translate.Internal, translate.Server, translate.Client, translate.Producer, translate.Consumer}
}

// outcome asks the translation, with the attribute alone or among the others.
func (j *Judge) outcome(a *Attribute, live bool) outcome {
	table, all := j.table, outcome{}
	places := a.places()
	if a.Metric != nil {
		m := j.metric(a.Metric)
		table, places = m.Points, []translate.Place{m.Place}
	}
	for _, place := range places {
		in, i := a.element(place)
		all.add(translated(table, in, i, live))
	}
	return all
}

// add adds what becomes of the attribute elsewhere.
func (all *outcome) add(o outcome) {
	all.gone = all.gone || o.gone
	for _, name := range o.names {
		if !slices.Contains(all.names, name) {
			all.names = append(all.names, name)
		}
	}
	if all.value == "" {
		all.value = o.value
	}
}

// element is the attribute as a translation's input, and its index there.
func (a *Attribute) element(place translate.Place) (*translate.Input, int) {
	if a.Among != nil {
		if i := slices.Index(a.Among.Keys, a.Key); i >= 0 {
			in := *a.Among
			in.Place = place
			return &in, i
		}
	}
	v := a.Value
	if v.Equal(translate.StringValue("")) {
		v = translate.Value{} // a type without a value
	}
	return &translate.Input{Keys: []string{a.Key}, Values: []translate.Value{v}, Place: place}, 0
}

// translated is what a table makes of an element's i-th attribute. Live says that its
// name is in use.
func translated(t *translate.Table, in *translate.Input, i int, live bool) outcome {
	var r translate.Result
	t.Translate(in, &r)
	return read(t, in, &r, i, live)
}

// read is translated where the table's result is known.
func read(t *translate.Table, in *translate.Input, r *translate.Result, i int, live bool) outcome {
	var o outcome
	key, kept := in.Keys[i], true
	for _, n := range r.Renames {
		if n.Index == i {
			o.names, kept = append(o.names, n.Key), false
		}
	}
	for _, e := range r.Edits {
		switch {
		case e.Index == i && e.Key == key:
			if e.Value.Type == in.Values[i].Type && !e.Value.Equal(in.Values[i]) {
				o.value = textOf(e.Value)
			}
		case e.Index == i:
			o.names, kept = append(o.names, e.Key), false
		case e.Index < 0 && e.Copy == i:
			o.names = append(o.names, e.Key)
		}
	}
	switch {
	case slices.Contains(r.Remove, i):
		kept = false
	case slices.Contains(r.Invalid, i) && in.Values[i].Type == registry.Any:
		// A rule that holds reads the value, which is not known: it might convert it.
		o.names = probed(t, in, i, live)
		kept = slices.Contains(o.names, key) || len(o.names) == 0
	}
	if o.gone = !kept; o.gone && len(o.names) == 0 {
		o.names = t.Targets(key, in.Place) // joined, in a field, or given way to another
	}
	if !o.gone {
		o.names = nil
	}
	return o
}

// probes are values of the forms that conversions read.
var probes = []translate.Value{
	translate.StringValue("x"), translate.StringValue("GET"), translate.StringValue("https://192.0.2.1:8443/a?b=c"), translate.StringValue("192.0.2.1:80"),
	translate.StringValue("192.0.2.1"), translate.StringValue("/a?b=c"), translate.StringValue("a.B/C"), translate.StringValue("true"), translate.IntValue(1),
}

// probed is what an attribute whose value is not known may become beside the others that
// there are: which of its targets hold there shows with values of all forms. It is all of
// them where none of those fits; a live name then stays.
func probed(t *translate.Table, in *translate.Input, i int, live bool) []string {
	all := t.Targets(in.Keys[i], in.Place)
	var found []string
	with := *in
	with.Values = slices.Clone(in.Values)
	for _, v := range probes {
		with.Values[i] = v
		found = append(found, translated(t, &with, i, live).names...)
	}
	holding := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !slices.Contains(found, name) })
	if len(holding) == 0 && !live {
		return all
	}
	return holding
}

// textOf is a scalar's text.
func textOf(v translate.Value) string {
	s, _ := v.Cast(registry.String)
	return s.Str()
}
