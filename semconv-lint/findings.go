package semconvlint

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Finding is what was found of one cause.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Service  string   `json:"service"`
	// Scope is the instrumentation scope that emits it, as name@version.
	Scope       string  `json:"scope"`
	Signal      Signal  `json:"signal"`
	Key         string  `json:"key"`
	Replacement string  `json:"replacement"`
	Message     string  `json:"message"`
	Count       int64   `json:"count"`
	Example     Example `json:"example"`
	// Detail tells causes of one key apart.
	Detail string `json:"detail,omitempty"`
	// Title is the rule's.
	Title string `json:"-"`
}

// maxCauses bounds the findings of one goroutine: with more, what follows is counted alone. Names
// with ids in them would otherwise each be a cause.
const maxCauses = 20_000

// maxFailed bounds the pairs of rules and services that are noted as failed: all rules of the
// score for maxServices, and those beyond have no score.
const maxFailed = 20 * maxServices

type cause struct {
	rule, service, scope, key, detail string
	signal                            Signal
}

// findings gathers those of one goroutine.
type findings struct {
	all map[cause]*Finding
	// failed are the services that broke rules of the Instrumentation Score, whether there was
	// room for the finding or not.
	failed  map[failure]struct{}
	Dropped int64 // occurrences of causes for which there was no room
}

type failure struct{ rule, service string }

func newFindings() *findings {
	return &findings{all: map[cause]*Finding{}, failed: map[failure]struct{}{}}
}

// take gives what was gathered and begins anew.
func (f *findings) take() *findings {
	taken := *f
	*f = *newFindings()
	return &taken
}

// keep leaves only those of some services.
func (f *findings) keep(of *services) {
	maps.DeleteFunc(f.all, func(c cause, _ *Finding) bool { return !of.has(c.service) })
	maps.DeleteFunc(f.failed, func(x failure, _ struct{}) bool { return !of.has(x.service) })
}

// add counts an occurrence; e, where given, is where it is, for an example.
func (f *findings) add(c *Context, r *Report, e *Element) {
	key := cause{c.rule.Doc.ID, clip(r.Service), clip(r.Scope), clip(r.Key), clip(r.Detail), r.Signal}
	if found := f.all[key]; found != nil {
		found.Count++
		found.see(r, e)
		return
	}
	key.service = strings.Clone(key.service)
	if c.rule.Doc.Impact > 0 && len(f.failed) < maxFailed {
		f.failed[failure{key.rule, key.service}] = struct{}{}
	}
	if len(f.all) >= maxCauses {
		f.Dropped++
		return
	}
	key.scope, key.key, key.detail = strings.Clone(key.scope), strings.Clone(key.key), strings.Clone(key.detail)
	if e != nil {
		r.Example = e.Example(r.Example.Value)
	}
	f.all[key] = &Finding{
		Rule: key.rule, Severity: c.severity, Service: key.service, Scope: key.scope, Signal: r.Signal, Key: key.key, Detail: key.detail,
		Replacement: strings.Clone(clip(r.Replacement)), Message: strings.Clone(clip(r.Message)), Count: 1, Example: r.Example.clipped().cloned(), Title: c.rule.Doc.Title,
	}
}

// see keeps the first example by order, so that the result does not depend on which goroutine
// saw what. To make one costs two allocations: most are seen to be later without.
func (found *Finding) see(r *Report, e *Element) {
	if e != nil {
		x := Example{Name: e.Name, Source: e.Source}.clipped()
		if x.before(&found.Example) > 0 {
			return
		}
		r.Example = e.Example("")
	}
	if x := r.Example.clipped(); compareExamples(&x, &found.Example) < 0 {
		found.Example = x.cloned()
	}
}

// merge takes over what another goroutine found.
func (f *findings) merge(other *findings) {
	f.Dropped += other.Dropped
	maps.Copy(f.failed, other.failed)
	for key, o := range other.all {
		found := f.all[key]
		if found == nil {
			if len(f.all) < maxCauses {
				f.all[key] = o
			} else {
				f.Dropped += o.Count
			}
			continue
		}
		found.Count += o.Count
		if compareExamples(&o.Example, &found.Example) < 0 {
			found.Example = o.Example
		}
	}
}

// before compares what two examples have without ids. Of sources that end in a number the
// shorter is the lesser number.
func (x Example) before(y *Example) int {
	return cmp.Or(cmp.Compare(len(x.Source), len(y.Source)), cmp.Compare(x.Source, y.Source), cmp.Compare(x.Name, y.Name), cmp.Compare(x.Value, y.Value))
}

func compareExamples(a, b *Example) int {
	return cmp.Or(a.before(b), cmp.Compare(a.TraceID, b.TraceID), cmp.Compare(a.SpanID, b.SpanID))
}

// sorted gives all in an order that does not depend on chance: the worst first, of these by
// service, rule and key.
func (f *findings) sorted() []Finding {
	all := make([]Finding, 0, len(f.all))
	for _, found := range f.all {
		all = append(all, *found)
	}
	slices.SortFunc(all, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Key, b.Key),
			cmp.Compare(a.Signal, b.Signal), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Detail, b.Detail),
		)
	})
	return all
}
