package semconvlint

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
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
	// Path is the file of a finding in source, relative to the repository; empty for telemetry.
	Path string `json:"-"`
}

// maxTold bounds the causes of a rule and service that are told apart: those that come first in
// order. The others are one finding, so that names with ids in them crowd out nothing else.
const maxTold = 500

// maxCauses bounds the findings of all rules of a severity, in some 600 bytes each and at most
// 3 KiB: notes, however many, take no place from errors. Of more, every rule and service has so many
// causes told apart that all have as many, which may be none; and of more rules and services than
// that the first have a finding each, by service, and the others one for each rule.
const maxCauses = 10_000

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

// findings gathers those of one goroutine at a time. None is lost: what is not told apart is
// counted with others of its rule. What is told apart does not depend on the order in which they
// came: what there is room for in the end there was room for at any time.
type findings struct {
	groups map[pair]*group
	// of is by severity.
	of [Error + 1]severe
	// failed are the rules of the Instrumentation Score that services broke, a bit each, whether
	// there was room for the finding or not.
	failed firsts[uint64]
	// whole takes them over before they are many, nil: nobody does.
	whole *gathered
}

// severe are the findings of a severity.
type severe struct {
	told  int // groups, and causes that are told apart
	level int // the most causes of a group that are told apart
	// last is the last group that was kept where some were not.
	last *pair
}

// gathered are the findings of all goroutines but for a few. It is safe for concurrent use.
type gathered struct {
	mu sync.Mutex
	findings
}

// maxApart is how many findings a goroutine has before they go to those of all.
const maxApart = 1000

func newFindings() *findings {
	f := &findings{groups: map[pair]*group{}, failed: newFirsts[uint64](maxServices)}
	for s := range f.of {
		f.of[s].level = maxTold
	}
	return f
}

// take gives what was gathered and begins anew.
func (f *findings) take() *findings {
	taken := *f
	*f = *newFindings()
	f.whole, taken.whole = taken.whole, nil
	return &taken
}

// keep leaves only those of some services, and those whose services are not told apart.
func (f *findings) keep(of *services) {
	maps.DeleteFunc(f.groups, func(at pair, g *group) bool {
		gone := !g.crowd() && !of.has(at.service)
		if gone {
			f.of[g.severity].told -= 1 + len(g.all)
		}
		return gone
	})
	maps.DeleteFunc(f.failed.all, func(service string, _ uint64) bool { return !of.has(service) })
}

// group is that of a rule and service.
func (f *findings) group(at pair, s Severity) *group {
	of := &f.of[s]
	if of.last != nil && comparePairs(at, *of.last) > 0 {
		at.service = OtherServices
	}
	g := f.groups[at]
	if g == nil {
		g = &group{pair: at, severity: s, all: map[cause]*Finding{}}
		f.groups[at] = g
		if !g.crowd() {
			of.told++
		}
	}
	return g
}

// add counts an occurrence; e, where given, is where it is, for an example.
func (f *findings) add(c *Context, r *Report, e *Element) {
	at := pair{c.rule.Doc.ID, clip(r.Service)}
	g := f.groups[at]
	if g == nil {
		at.service = strings.Clone(at.service)
		f.fail(at.service, c.bit)
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
	f.spill(c.severity)
}

// fail notes that a service broke rules of the score.
func (f *findings) fail(service string, bits uint64) {
	if old, known := f.failed.all[service]; bits != 0 && (known || f.failed.room(service)) {
		f.failed.put(service, old|bits)
	}
}

// room is whether a cause that is new to a group may be told apart.
func (f *findings) room(g *group, key *cause) bool {
	return !g.crowd() && f.of[g.severity].level > 0 && (g.last == nil || compareCauses(*key, *g.last) < 0)
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
	if f.of[g.severity].told++; len(g.all) >= 2*maxTold { // seldom, as it sorts them
		f.of[g.severity].told -= g.trim(maxTold)
	}
}

// spill gives those of a severity to those of all goroutines if they are many, or leaves of them
// what there is room for.
func (f *findings) spill(s Severity) {
	switch {
	case f.whole != nil && f.of[s].told > maxApart:
		f.whole.mu.Lock()
		defer f.whole.mu.Unlock()
		f.whole.merge(f.take())
		for s := range f.of { // it would find no room there
			f.of[s].level, f.of[s].last = f.whole.of[s].level, f.whole.of[s].last
		}
	case f.of[s].told > maxCauses*5/4:
		f.trim(s)
	}
}

// trim leaves those of a severity for which there is room.
func (f *findings) trim(s Severity) {
	var groups []*group
	for _, g := range f.groups {
		if g.severity == s && !g.crowd() {
			groups = append(groups, g)
		}
	}
	of := &f.of[s]
	if len(groups) > maxCauses {
		slices.SortFunc(groups, func(a, b *group) int { return comparePairs(a.pair, b.pair) })
		of.last, of.level = &groups[maxCauses-1].pair, 0
		for _, g := range groups[maxCauses:] {
			delete(f.groups, g.pair)
			f.group(pair{g.rule, OtherServices}, s).absorb(g)
		}
		groups = groups[:maxCauses]
	}
	of.level = level(groups, of.level)
	of.told = len(groups)
	for _, g := range groups {
		g.trim(of.level)
		of.told += len(g.all)
	}
}

// level is how many causes of each group there is room for, at most most.
func level(groups []*group, most int) int {
	deeper := make([]int, most+1) // how many groups have more causes than the index
	for _, g := range groups {
		if n := min(len(g.all), most); n > 0 {
			deeper[n-1]++
		}
	}
	for i := most - 1; i >= 0; i-- {
		deeper[i] += deeper[i+1]
	}
	n := len(groups)
	for i := range most {
		if n += deeper[i]; n > maxCauses {
			return i
		}
	}
	return most
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

// merge takes over what was found elsewhere.
func (f *findings) merge(other *findings) {
	for service, bits := range other.failed.all {
		f.fail(service, bits)
	}
	for s := range f.of {
		of, from := &f.of[s], &other.of[s]
		of.level = min(of.level, from.level)
		if from.last != nil && (of.last == nil || comparePairs(*from.last, *of.last) < 0) {
			of.last = from.last
		}
	}
	for at, o := range other.groups {
		g := f.group(at, o.severity)
		for key, found := range o.all {
			f.put(g, key, found)
		}
		if o.more != nil {
			g.gather(o.more)
		}
		f.spill(o.severity)
	}
}

func comparePairs(a, b pair) int {
	return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.rule, b.rule))
}

// sorted gives all in an order that does not depend on chance: the worst first, of these by
// service, rule and key.
func (f *findings) sorted() []Finding {
	for s := range f.of {
		f.trim(Severity(s))
	}
	var all []Finding
	for _, g := range f.groups {
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
