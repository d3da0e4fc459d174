package translate

import (
	"slices"
	"strings"
)

// SpanName is what a span's name of an older form says.
type SpanName struct {
	// Name is the new name; the text of the attribute Append follows it, where there is one.
	Name, Append string
	// Kind is the span's kind as a place, 0 where the name does not say it.
	Kind Place
	// Attributes are for spans that have none of their keys, nor those of Unless.
	Attributes []NamedAttribute
}

// NamedAttribute is an attribute that a span's name says.
type NamedAttribute struct {
	Key    string
	Value  Value
	Unless []string
}

// spanName is a compiled SpanRule.
type spanName struct {
	*SpanRule
	attributes []namedRule
}

type namedRule struct {
	key    string
	source *Source
	run    conversion
}

// addNames compiles the rules for names of spans and events.
func (t *Table) addNames(vocabularies []*Vocabulary) {
	t.events = map[string]string{}
	for _, v := range vocabularies {
		for i := range v.Spans {
			r := &v.Spans[i]
			if len(r.Was) > 0 {
				if t.options.holds(r.Since, "") && (t.options.Skip == nil || !t.options.Skip("@name", r.Was.String())) {
					t.forms = append(t.forms, r)
				}
				continue
			}
			if t.options.Skip == nil || !t.options.Skip("@name", r.Prefix) {
				t.spans = append(t.spans, spanName{r, t.namedRules(r)})
			}
		}
		for i := range v.Events {
			r := &v.Events[i]
			if t.options.newer(r.Since) {
				t.newEvents = append(t.newEvents, r)
			}
			for _, from := range r.From {
				if t.options.holds(r.Since, r.Until) && (t.options.Skip == nil || !t.options.Skip(r.To, from)) {
					t.events[from] = r.To
				}
			}
		}
	}
}

func (t *Table) namedRules(r *SpanRule) []namedRule {
	var rules []namedRule
	for i := range r.Attributes {
		for j := range r.Attributes[i].From {
			to, s := t.atTarget(&r.Attributes[i], &r.Attributes[i].From[j])
			if s != nil && !t.options.skips(to, s.Keys) {
				rules = append(rules, namedRule{to, s, s.conversion()})
			}
		}
	}
	return rules
}

// SpanName reads a span's name at a place, which is the span's kind. It says false of a
// name that is right or the user's own.
func (t *Table) SpanName(name string, place Place) (*SpanName, bool) {
	for i := range t.spans {
		r := &t.spans[i]
		if rest, ok := strings.CutPrefix(name, r.Prefix); ok && r.places&place != 0 {
			if n := r.read(rest, place); n != nil {
				return n, true
			}
		}
	}
	return nil, false
}

// read reads what follows the prefix; nil: it is another's name.
func (r *spanName) read(rest string, place Place) *SpanName {
	v, o := conversions[r.As](StringValue(rest))
	if o != converted {
		return nil
	}
	n := &SpanName{Name: v.Str(), Append: r.Append}
	if place == Internal {
		n.Kind = placesByName[r.Kind]
	}
	for _, a := range r.attributes {
		if v, ok := a.value(rest); ok {
			n.Attributes = append(n.Attributes, NamedAttribute{a.key, v, a.source.Lacks})
		}
	}
	return n
}

func (a *namedRule) value(rest string) (Value, bool) {
	if a.source.Set != "" {
		return StringValue(a.source.Set), true
	}
	if a.run == nil {
		return StringValue(rest), true
	}
	v, o := a.run(StringValue(rest))
	return v, o == converted
}

// EventName is what an event's or a log record's name became, empty if it is right or the
// user's own.
func (t *Table) EventName(name string) string { return t.events[name] }

// NewEvent is the version that gave an event its name and what it was called before, where that
// version is newer than the target; empty of any other.
func (t *Table) NewEvent(name string) (since string, was []string) {
	for _, r := range t.newEvents {
		if r.To == name {
			return r.Since, r.From
		}
	}
	return "", nil
}

// OldEvent says whether an event's name gives way to another one, in a version that is newer than
// the target: until then it is right.
func (t *Table) OldEvent(name string) bool {
	return slices.ContainsFunc(t.newEvents, func(r *EventRule) bool { return slices.Contains(r.From, name) })
}
