package pipelines

import (
	"slices"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/configs/collector"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// state is what is known of telemetry at a point of a pipeline: the semconv processors of which
// each of it has passed one, none where some has passed none, and the names that were set since.
type state struct {
	behind []normalizer
	set    []string
}

type normalizer struct {
	id    string
	table *translate.Table
}

// merged is what is known of telemetry from several pipelines.
func merged(all []state) state {
	var m state
	for _, s := range all {
		if len(s.behind) == 0 {
			return state{}
		}
		for _, n := range s.behind {
			if !slices.Contains(m.behind, n) {
				m.behind = append(m.behind, n)
			}
		}
		m.set = append(m.set, s.set...)
	}
	return m
}

// gone says that a name or its value is not there any more, nil where it may be.
func (s *state) gone(f *collector.Found) *Warning {
	var w *Warning
	for _, n := range s.behind {
		here := goneBehind(n.table, &f.Use)
		if here == nil {
			return nil
		}
		if w == nil {
			w = here
		}
		w.By = append(w.By, n.id)
	}
	if w != nil {
		w.Path, w.At, w.Key = f.Path, f.At, f.Key
	}
	return w
}

func goneBehind(t *translate.Table, u *source.Use) *Warning {
	switch u.Role {
	case source.Attribute:
		return attribute(t, u)
	case source.Metric:
		return metric(t, u.Key)
	}
	return nil
}

// units are those in which metrics come whose unit nobody says.
var units = []string{"", "1", "ms", "s", "By"}

// metric asks what becomes of a metric in the unit that the conventions had for it.
func metric(t *translate.Table, name string) *Warning {
	in := units
	if known := registry.Default().LookupMetric(name); known != nil {
		in = []string{known.Unit}
	}
	w := &Warning{}
	for _, unit := range in {
		if to := t.Metric(name, unit).Name; to != name && !slices.Contains(w.Instead, to) {
			w.Instead = append(w.Instead, to)
		}
	}
	if len(w.Instead) == 0 {
		return nil
	}
	return w
}

// kinds are the spans' kinds as messages have them.
var kinds = []struct {
	place translate.Place
	name  string
}{
	{translate.Internal, "internal"}, {translate.Server, "server"}, {translate.Client, "client"}, {translate.Producer, "producer"}, {translate.Consumer, "consumer"},
}

// others are the places that are no spans.
var others = []translate.Place{translate.Resource, translate.Scope, translate.Event, translate.Point, translate.Record}

// attribute asks at every place where the component looks.
func attribute(t *translate.Table, u *source.Use) *Warning {
	at := u.Place
	if at == 0 {
		at = source.AnySpan | translate.Resource
	}
	known := registry.Default().Resolve(u.Key)
	live := known != nil && !t.Retired(&known.Retirement)
	w, gone, kept, asked := &Warning{}, []string(nil), 0, 0
	for _, k := range kinds {
		if at&k.place == 0 {
			continue
		}
		asked++
		if to, is := translated(t, u, k.place, live); is {
			gone = append(gone, k.name)
			w.add(to)
		} else {
			kept++
		}
	}
	if kept > 0 {
		w.On = gone
	}
	anywhere := len(gone) > 0
	for _, place := range others {
		if at&place == 0 {
			continue
		}
		asked++
		to, is := translated(t, u, place, live)
		if is {
			w.add(to)
			anywhere = true
		} else {
			kept++
		}
	}
	switch {
	case anywhere && (kept == 0 || !live):
		if known != nil && slices.Contains(w.Instead, known.RenamedTo) {
			w.Instead = []string{known.RenamedTo} // and not what can be read from its value besides
		}
		return w
	case kept == asked && u.Value != nil:
		return value(t, u, at)
	}
	return nil
}

func (w *Warning) add(names []string) {
	for _, name := range names {
		if !slices.Contains(w.Instead, name) {
			w.Instead = append(w.Instead, name)
		}
	}
}

// probes are values of the forms that conversions read.
var probes = []translate.Value{
	translate.StringValue("x"), translate.StringValue("GET"), translate.StringValue("https://192.0.2.1:8443/a?b=c"), translate.StringValue("192.0.2.1:80"),
	translate.StringValue("/a?b=c"), translate.StringValue("a.B/C"), translate.StringValue("true"), translate.IntValue(200),
}

// translated is what an attribute becomes at a place, and whether its own name goes: with a value
// of any form, or of every form if the name is in use.
func translated(t *translate.Table, u *source.Use, place translate.Place, live bool) (names []string, gone bool) {
	t, place = pointsOf(t, u, place)
	values := probes
	if u.Value != nil {
		values = []translate.Value{translate.StringValue(u.Value.Text)}
		if !live {
			values = append(values, probes...)
		}
	}
	w, went := Warning{}, 0
	for _, v := range values {
		to, is := once(t, u.Key, v, place)
		if !is {
			continue
		}
		went++
		w.add(to)
	}
	if went == 0 || live && went < len(values) {
		return nil, false
	}
	if len(w.Instead) == 0 {
		return t.Targets(u.Key, place), true
	}
	return w.Instead, true
}

// pointsOf is the table for a metric's points, and the place that stands for them.
func pointsOf(t *translate.Table, u *source.Use, place translate.Place) (*translate.Table, translate.Place) {
	if place != translate.Point || u.Of == "" {
		return t, place
	}
	unit := ""
	if known := registry.Default().LookupMetric(u.Of); known != nil {
		unit = known.Unit
	}
	m := t.Metric(u.Of, unit)
	return m.Points, m.Place
}

// once translates one value.
func once(t *translate.Table, key string, v translate.Value, place translate.Place) (names []string, gone bool) {
	var r translate.Result
	t.Translate(&translate.Input{Keys: []string{key}, Values: []translate.Value{v}, Place: place}, &r)
	gone = slices.Contains(r.Remove, 0)
	for _, n := range r.Renames {
		names, gone = append(names, n.Key), true
	}
	for _, e := range r.Edits {
		switch {
		case e.Index == 0 && e.Key != key:
			names, gone = append(names, e.Key), true
		case e.Index < 0 && e.Copy == 0:
			names = append(names, e.Key)
		}
	}
	return names, gone
}

// value asks what becomes of a value under a name that stays.
func value(t *translate.Table, u *source.Use, at translate.Place) *Warning {
	for _, place := range slices.Concat([]translate.Place{translate.Client, translate.Server, translate.Internal, translate.Producer, translate.Consumer}, others) {
		if at&place == 0 {
			continue
		}
		table, place := pointsOf(t, u, place)
		var r translate.Result
		table.Translate(&translate.Input{Keys: []string{u.Key}, Values: []translate.Value{translate.StringValue(u.Value.Text)}, Place: place}, &r)
		for _, e := range r.Edits {
			if e.Index == 0 && e.Key == u.Key && e.Value.Type == registry.String && e.Value.Str() != u.Value.Text {
				return &Warning{Value: u.Value.Text, Instead: []string{e.Value.Str()}}
			}
		}
	}
	return nil
}
