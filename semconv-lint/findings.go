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

// maxTold bounds the causes of a rule and service that are told apart: those that come first in
// order. The others are one finding, so that names with ids in them crowd out nothing else.
const maxTold = 500

// maxCauses bounds those of all rules of a severity, for one goroutine: notes, however many, take
// no place from errors. Beyond it every rule and service has one finding.
const maxCauses = 20_000

// maxFailed bounds the pairs of rules and services that are noted as failed: all rules of the
// score for maxServices, and those beyond have no score.
const maxFailed = 20 * maxServices

// cause tells findings of one rule and service apart.
type cause struct {
	scope, key, detail string
	signal             Signal
}

func compareCauses(a, b cause) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.detail, b.detail), cmp.Compare(a.scope, b.scope), cmp.Compare(a.signal, b.signal))
}

// pair is a rule and a service.
type pair struct{ rule, service string }

// findings gathers those of one goroutine. None is lost: what is not told apart is counted with
// others of its rule.
type findings struct {
	groups map[pair]*group
	// told are the causes that are told apart, begun the groups, by severity.
	told, begun [Error + 1]int
	// failed are the services that broke rules of the Instrumentation Score, whether there was
	// room for the finding or not.
	failed map[pair]struct{}
}

func newFindings() *findings {
	return &findings{groups: map[pair]*group{}, failed: map[pair]struct{}{}}
}

// take gives what was gathered and begins anew.
func (f *findings) take() *findings {
	taken := *f
	*f = *newFindings()
	return &taken
}

// keep leaves only those of some services, and those whose services are not told apart.
func (f *findings) keep(of *services) {
	maps.DeleteFunc(f.groups, func(at pair, g *group) bool {
		gone := at.service != OtherServices && !of.has(at.service)
		if gone {
			f.told[g.severity] -= len(g.all)
			f.begun[g.severity]--
		}
		return gone
	})
	maps.DeleteFunc(f.failed, func(at pair, _ struct{}) bool { return !of.has(at.service) })
}

// group is that of a rule and service. Of more groups of a severity than maxCauses the others are
// one for each rule.
func (f *findings) group(at pair, s Severity) *group {
	if g := f.groups[at]; g != nil {
		return g
	}
	crowd := f.begun[s] >= maxCauses
	if crowd {
		at.service = OtherServices
		if g := f.groups[at]; g != nil {
			return g
		}
	}
	g := &group{pair: at, severity: s, crowd: crowd, all: map[cause]*Finding{}}
	f.groups[at] = g
	f.begun[s]++
	return g
}

// add counts an occurrence; e, where given, is where it is, for an example.
func (f *findings) add(c *Context, r *Report, e *Element) {
	at := pair{c.rule.Doc.ID, clip(r.Service)}
	g := f.groups[at]
	if g == nil {
		at.service = strings.Clone(at.service)
		if c.rule.Doc.Impact > 0 && len(f.failed) < maxFailed {
			f.failed[at] = struct{}{}
		}
		g = f.group(at, c.severity)
	}
	key := cause{clip(r.Scope), shown(r.Key), shown(r.Detail), r.Signal}
	found, room := g.all[key], f.room(g, &key)
	if found == nil && !room {
		found = g.more
	}
	if found != nil {
		found.Count++
		found.see(r, e)
		return
	}
	key.scope, key.key, key.detail = strings.Clone(key.scope), strings.Clone(key.key), strings.Clone(key.detail)
	if e != nil {
		r.Example = e.Example(r.Example.Value)
	}
	f.put(g, key, &Finding{
		Rule: g.rule, Severity: c.severity, Service: g.service, Scope: key.scope, Signal: r.Signal, Key: key.key, Detail: key.detail,
		Replacement: strings.Clone(shown(r.Replacement)), Message: strings.Clone(shown(r.Message)), Count: 1, Example: r.Example.clipped().cloned(), Title: c.rule.Doc.Title,
	})
}

// room is whether a cause that is new to a group is told apart.
func (f *findings) room(g *group, key *cause) bool {
	return f.told[g.severity] < maxCauses && !g.crowd && (g.last == nil || compareCauses(*key, *g.last) < 0)
}

// put adds a finding to a group.
func (f *findings) put(g *group, key cause, o *Finding) {
	if found := g.all[key]; found != nil {
		found.join(o)
		return
	}
	if !f.room(g, &key) {
		g.gather(o)
		return
	}
	g.all[key] = o
	if f.told[g.severity]++; len(g.all) >= 2*maxTold { // seldom, as it sorts them
		f.told[g.severity] -= g.trim()
	}
}

// see keeps the first example by order, so that the result does not depend on which goroutine
// saw what.
func (found *Finding) see(r *Report, e *Element) {
	if e != nil {
		found.Example.See(e)
	} else if x := r.Example.clipped(); CompareExamples(&x, &found.Example) < 0 {
		found.Example = x.cloned()
	}
}

// join adds what was found of the same.
func (found *Finding) join(o *Finding) {
	found.Count += o.Count
	if CompareExamples(&o.Example, &found.Example) < 0 {
		found.Example = o.Example
	}
}

// merge takes over what another goroutine found.
func (f *findings) merge(other *findings) {
	maps.Copy(f.failed, other.failed)
	for _, at := range slices.SortedFunc(maps.Keys(other.groups), comparePairs) {
		o := other.groups[at]
		g := f.group(at, o.severity)
		for key, found := range o.all {
			f.put(g, key, found)
		}
		if o.more != nil {
			g.gather(o.more)
		}
	}
}

func comparePairs(a, b pair) int {
	return cmp.Or(cmp.Compare(a.rule, b.rule), cmp.Compare(a.service, b.service))
}

// sorted gives all in an order that does not depend on chance: the worst first, of these by
// service, rule and key.
func (f *findings) sorted() []Finding {
	var all []Finding
	for _, g := range f.groups {
		g.trim()
		for _, found := range g.all {
			all = append(all, *found)
		}
		if g.more != nil {
			all = append(all, *g.more)
		}
	}
	slices.SortFunc(all, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Key, b.Key),
			cmp.Compare(a.Signal, b.Signal), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Detail, b.Detail),
		)
	})
	return all
}
