package source

import (
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// ambiguous are retired names that are as often words of something else: an event's title, a
// field of a form. They are told only where telemetry is proven.
var ambiguous = map[string]bool{"event.name": true, "event.domain": true, "error.message": true, "message.id": true, "message.type": true}

// older are words of OpenCensus and OpenTracing that the translation knows and that were never
// names of the conventions: who uses those libraries writes them rightly.
var older = map[string]bool{"http.path": true, "db.type": true}

// attribute judges a key, its value's type and its value.
func (j *Judge) attribute(u *Use) []problem {
	if u.Tier > A && (ambiguous[u.Key] || !strings.Contains(u.Key, ".")) {
		return nil
	}
	var found []problem
	verdict := j.verdict(u, translate.Value{})
	for i := range verdict {
		if p, ok := j.named(u, &verdict[i]); ok {
			found = append(found, p)
		}
	}
	if u.Tier > A || len(found) > 0 {
		return found
	}
	if u.Key == "service.name" && u.Place != 0 && u.Place&^AnySpan == 0 && !u.Read {
		// As the Instrumentation Score has it of telemetry: the conventions let spans repeat the rest.
		return []problem{u.said(WrongLevel, "", "service.name belongs on the resource, not on a span", true)}
	}
	return append(j.valued(u), j.secret(u)...)
}

// verdict asks for every place that may carry the attribute. What is wrong on some of them alone
// is not wrong; what to write on any of them is.
func (j *Judge) verdict(u *Use, v translate.Value) []semconv.Problem {
	a := semconv.Attribute{Key: u.Key, Value: v, Place: u.Place}
	switch {
	case u.Of != "":
		a.Metric = &semconv.Metric{Name: u.Of}
		return j.conventions.Attribute(a)
	case !strings.Contains(u.Key, "."):
		return nil // state, type: each means something in some metrics, and nothing elsewhere
	case u.Place == 0:
		return j.conventions.Attribute(a)
	}
	var common []semconv.Problem
	for i, place := range members(u.Place) {
		a.Place = place
		here := j.conventions.Attribute(a)
		if i == 0 {
			common = here
			continue
		}
		common = slices.DeleteFunc(common, func(p semconv.Problem) bool { return len(ofCode(here, p.Code)) == 0 })
		for k := range common {
			for _, p := range ofCode(here, common[k].Code) {
				for _, to := range p.Instead {
					if !slices.Contains(common[k].Instead, to) {
						common[k].Instead = append(slices.Clip(common[k].Instead), to)
					}
				}
			}
		}
	}
	return common
}

// members are the places of a set.
func members(set translate.Place) []translate.Place {
	var all []translate.Place
	for p := translate.Resource; p <= translate.Record; p <<= 1 {
		if set&p != 0 {
			all = append(all, p)
		}
	}
	return all
}

// named is what there is to say of a name.
func (j *Judge) named(u *Use, p *semconv.Problem) (problem, bool) {
	switch p.Code {
	case semconv.Retired:
		return j.retired(u, p), verdicts.Foreign(j.context(), u.Key) == "" && !older[u.Key]
	case semconv.TooNew:
		to := verdicts.Written(p.Instead)
		return u.said(TooNew, to, u.Key+" was introduced in "+p.Since+"; the target is "+p.Want, true), u.Tier == A
	case semconv.Unknown:
		to := ""
		message := u.Key + " is no name of the conventions, but stands in their namespace: put it in one of your own"
		if len(p.Instead) > 0 {
			to = p.Instead[0]
			message = u.Key + " is no name of the conventions: did you mean " + to + "?"
		}
		return u.said(UnknownAttribute, to, message, true), u.Tier == A && !j.mentioned(u.Key) && (to != "" || !shared(u.Key))
	case semconv.Format:
		if len(p.Instead) == 0 || j.conventions.Registry.Resolve(p.Instead[0]) == nil {
			return problem{}, false // a name of the user's own, in the user's own form
		}
		return u.said(NameFormat, p.Instead[0], u.Key+" is not how the conventions write it: "+p.Instead[0], true).fixed(u.Rewrite), u.Tier == A
	case semconv.Misplaced:
		to := verdicts.Written(p.Instead)
		message := u.Key + " does not belong on a " + on(u.Place)
		if to != "" {
			message += ": " + verdicts.Set(p.Instead)
		}
		return u.said(WrongLevel, to, message, true), u.Tier == A && u.Place != 0 && !u.Read
	}
	return problem{}, false
}

// ofOthers are namespaces of the conventions in which others have names of their own, and rightly:
// vendors and products, the words of tests and of applications and their users, what tracing-opentelemetry reads of
// a span (otel.name), and those that another registry keeps by now,
// https://github.com/open-telemetry/semantic-conventions-genai.
var ofOthers = map[string]bool{
	"gen_ai": true, "mcp": true, "openai": true, "aws": true, "azure": true, "gcp": true, "elasticsearch": true, "graphql": true,
	"dns": true, "test": true, "app": true, "log": true, "otel": true, "user": true, "session": true, "device": true, "event": true,
}

func shared(key string) bool {
	namespace, _, _ := strings.Cut(key, ".")
	return ofOthers[namespace]
}

// mentioned is a name that other rules know: of a vocabulary that is no OpenTelemetry's.
func (j *Judge) mentioned(key string) bool { return verdicts.ForeignWord(j.context(), key) }

func on(p translate.Place) string {
	switch {
	case p == translate.Resource:
		return "resource"
	case p == translate.Point:
		return "metric's point"
	case p == translate.Record:
		return "log record"
	}
	return "span"
}

// retired says what to write for a retired name: what the value as a whole becomes, and not what
// else can be read from it.
func (j *Judge) retired(u *Use, p *semconv.Problem) problem {
	all := j.replacements()
	told := *p
	told.Instead = j.whole(u.Key, p.Instead)
	settled := len(told.Instead) > 0
	for _, to := range told.Instead {
		settled = settled && (strings.HasPrefix(to, "@") || verdicts.StableAttribute(j.context(), to))
	}
	said := u.said(RetiredAttribute, verdicts.Written(told.Instead), all.Message(&told), settled)
	said.since = p.Since
	if len(told.Instead) != 1 || strings.HasPrefix(told.Instead[0], "@") || u.Rewrite == nil {
		return said
	}
	to := told.Instead[0]
	switch how := all.How(u.Key, to); {
	case u.Value != nil && how != "" && !sameForRight[how]:
		said.edits = j.rewritten(u, to)
	case how == "" || sameForRight[how] || u.Read && how == "as a number":
		if known := j.conventions.Registry.Resolve(to); u.Type == registry.Any || known == nil || (translate.Value{Type: u.Type}).Is(known.Type) {
			said.edits = u.Rewrite(to)
		}
	}
	return said
}

// sameForRight are conversions that leave the values alone that code writes: a method is in upper
// case there, a scheme in lower case.
var sameForRight = map[string]bool{
	"in upper case, _OTHER if it is none of the known": true, "in lower case": true, "without a password": true, "unless empty": true, "as a number": true,
}

// general are retired names that have a successor on elements of one kind alone, which a source
// does not show: error.message on the evaluation of a feature flag.
var general = map[string]bool{"error.message": true}

// whole are the names that take the whole value, in place of those for a part of it or for some
// values.
func (j *Judge) whole(key string, names []string) []string {
	if general[key] {
		return nil
	}
	if known := j.conventions.Registry.Resolve(key); known != nil && slices.Contains(names, known.RenamedTo) {
		return []string{known.RenamedTo}
	}
	all := j.replacements()
	if kept := slices.DeleteFunc(slices.Clone(names), func(to string) bool { return strings.HasPrefix(all.How(key, to), "if ") }); len(kept) > 0 {
		return kept
	}
	return names
}

// rewritten writes name and constant value as the translation has them, if they become one
// attribute.
func (j *Judge) rewritten(u *Use, to string) []Edit {
	place := u.Place
	if place == 0 || len(members(place)) > 1 {
		place = translate.Internal
	}
	var r translate.Result
	j.conventions.Table.Translate(&translate.Input{Keys: []string{u.Key}, Values: []translate.Value{translate.StringValue(u.Value.Text)}, Place: place}, &r)
	edits := u.Rewrite(to)
	switch {
	case len(edits) == 0:
		return nil
	case len(r.Edits) == 0 && len(r.Renames) == 1 && r.Renames[0].Key == to:
		return edits
	case len(r.Edits) == 1 && r.Edits[0].Index == 0 && r.Edits[0].Key == to && r.Edits[0].Value.Type == registry.String:
		value := r.Edits[0].Value.Str()
		if value == u.Value.Text {
			return edits
		}
		if u.Value.Rewrite != nil {
			if second := u.Value.Rewrite(value); len(second) > 0 {
				return append(edits, second...)
			}
		}
	}
	return nil
}

// valued judges the type of a live attribute's value, and the value.
func (j *Judge) valued(u *Use) []problem {
	if u.Type == registry.Any && u.Value == nil {
		return nil
	}
	var found []problem
	v := translate.Value{Type: u.Type}
	if u.Value != nil {
		v = translate.StringValue(u.Value.Text)
	}
	verdict := j.verdict(u, v)
	for _, p := range ofCode(verdict, semconv.Type) {
		if u.Read && u.Value != nil {
			continue // what compares writes every value as text
		}
		settled := verdicts.StableAttribute(j.context(), u.Key)
		found = append(found, u.said(WrongType, "", u.Key+" is "+p.Want+" by the conventions, and set to "+p.Have+" here", settled))
	}
	for _, p := range ofCode(verdict, semconv.RetiredValue) {
		if u.Value == nil || p.Have != u.Value.Text || slices.Contains(p.Instead, p.Have) {
			continue // or it was a member that another one of the same value replaced
		}
		to := strings.Join(p.Instead, ", ")
		message := "the value " + p.Have + " of " + u.Key + " is retired"
		if to != "" {
			message += ": write " + to
		}
		said := u.said(RetiredValue, to, message, true)
		said.at = u.Value.At
		found = append(found, said.fixed(u.Value.Rewrite))
	}
	return found
}
