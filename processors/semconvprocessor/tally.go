package semconvprocessor

import (
	"sync"
	"sync/atomic"

	"github.com/koine-otel/koine/semconv/translate"
)

// maxServices bounds the services that are told apart: each is some dozens of series and
// a number for every rule, 10 kB. The metrics' SDK gives up at 2,000 series.
const maxServices = 100

// otherServices stands for the services beyond that.
const otherServices = "_other"

// tally is what happened since the start, by service. It is shared between goroutines.
type tally struct {
	rules        []translate.RuleName
	hits, misses atomic.Int64

	mu     sync.RWMutex
	byName map[string]*service
	others *service
}

// service is the tally of one.
type service struct {
	name                                      string
	elements                                  [elementCount][outcomeCount]atomic.Int64
	invalid, conflicts, duplicates, spanNames atomic.Int64
	problems                                  [len(problemCodes)]atomic.Int64
	rules                                     []atomic.Int64
}

func newTally(rules []translate.RuleName) *tally {
	return &tally{rules: rules, byName: map[string]*service{}, others: newService(otherServices, len(rules))}
}

func newService(name string, rules int) *service {
	return &service{name: name, rules: make([]atomic.Int64, rules)}
}

// service finds or makes a service's tally.
func (t *tally) service(name string) *service {
	t.mu.RLock()
	s, full := t.byName[name], len(t.byName) >= maxServices
	t.mu.RUnlock()
	switch {
	case s != nil:
		return s
	case full:
		return t.others
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s = t.byName[name]; s == nil {
		if len(t.byName) >= maxServices {
			return t.others
		}
		s = newService(name, len(t.rules))
		t.byName[name] = s
	}
	return s
}

// services are all, that of the others last.
func (t *tally) services() []*service {
	t.mu.RLock()
	defer t.mu.RUnlock()
	list := make([]*service, 0, len(t.byName)+1)
	for _, s := range t.byName {
		list = append(list, s)
	}
	return append(list, t.others)
}

// add adds what happened to a resource.
func (s *service) add(c *counts) {
	for e := range c.elements {
		for o, n := range c.elements[e] {
			if n > 0 {
				s.elements[e][o].Add(n)
			}
		}
	}
	for _, x := range []struct {
		to *atomic.Int64
		n  int64
	}{{&s.invalid, c.invalid}, {&s.conflicts, c.conflicts}, {&s.duplicates, c.duplicates}, {&s.spanNames, c.spanNames}} {
		if x.n > 0 {
			x.to.Add(x.n)
		}
	}
	for _, n := range c.applied {
		s.rules[n].Add(c.rules[n])
	}
}
