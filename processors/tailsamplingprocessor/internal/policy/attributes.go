package policy

import (
	"reflect"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/spans/attribute"
)

// attributes are the predicates on attributes, by key.
type attributes struct {
	keys []attributeKey
	// first is the number of the first key of some length, from 1; keys have the next.
	first [64]uint8
	fast  bool
}

type attributeKey struct {
	name       string
	next       uint8
	predicates []predicate
}

// predicate is what is asked of the value of an attribute.
type predicate struct {
	fact
	kind        predicateKind
	truth       bool
	least, most int64
	texts       []string
	textSet     map[string]struct{} // texts, if they are many
	patterns    *patterns
}

type predicateKind uint8

const (
	isText predicateKind = iota
	isPattern
	isNumber
	isTruth
)

// maxTextList is up to how many texts a list is faster than a map.
const maxTextList = 8

// maxFastKeys is how many keys a word can mark as seen.
const maxFastKeys = 64

// add gives the bit of a predicate: that of an equal one, or a new one.
func (a *attributes) add(key string, p predicate, take func() fact) fact {
	i := slices.IndexFunc(a.keys, func(k attributeKey) bool { return k.name == key })
	if i < 0 {
		i = len(a.keys)
		a.keys = append(a.keys, attributeKey{name: key})
	}
	for _, q := range a.keys[i].predicates {
		if p.equal(q) {
			return q.fact
		}
	}
	p.fact = take()
	a.keys[i].predicates = append(a.keys[i].predicates, p)
	return p.fact
}

func (p predicate) equal(q predicate) bool {
	p.fact = q.fact
	return p.patterns == nil && q.patterns == nil && reflect.DeepEqual(p, q)
}

func (a *attributes) index() {
	a.fast = attribute.Known() && len(a.keys) <= maxFastKeys
	if !a.fast {
		return
	}
	for i := range a.keys {
		slot := &a.first[len(a.keys[i].name)&63]
		a.keys[i].next, *slot = *slot, uint8(i+1)
	}
}

// read asks the attributes of a resource or of a span. Of two with one key the first counts,
// as for pdata.
func (a *attributes) read(m pcommon.Map, bits []uint64, resource bool) {
	if !a.fast {
		a.readEach(m, bits, resource)
		return
	}
	var seen uint64
	missing := len(a.keys)
	list := attribute.List(m)
	for i := range list {
		for k := a.first[len(list[i].Key)&63]; k != 0; k = a.keys[k-1].next {
			key := &a.keys[k-1]
			if key.name != list[i].Key {
				continue
			}
			if seen&(1<<(k-1)) == 0 {
				seen |= 1 << (k - 1)
				text, _ := list[i].Str()
				number, _ := list[i].Int()
				truth, _ := list[i].Bool()
				key.read(text, number, truth, bits, resource)
				if missing--; missing == 0 {
					return
				}
			}
			break
		}
	}
}

// readEach is read by pdata's own means.
func (a *attributes) readEach(m pcommon.Map, bits []uint64, resource bool) {
	for i := range a.keys {
		if v, ok := m.Get(a.keys[i].name); ok {
			a.keys[i].read(v.Str(), v.Int(), v.Bool(), bits, resource)
		}
	}
}

// read asks a value of all that is asked of its key. A value of another type is an empty
// text, 0 and false, as contrib has it.
func (k *attributeKey) read(text string, number int64, truth bool, bits []uint64, resource bool) {
	for i := range k.predicates {
		p := &k.predicates[i]
		if bits[p.word]&p.mask == 0 && p.holds(text, number, truth, resource) {
			bits[p.word] |= p.mask
		}
	}
}

func (p *predicate) holds(text string, number int64, truth, resource bool) bool {
	switch p.kind {
	case isText:
		if p.textSet != nil {
			_, ok := p.textSet[text]
			return ok
		}
		return slices.Contains(p.texts, text)
	case isPattern:
		return (text != "" || resource) && p.patterns.match(text)
	case isNumber:
		return p.least <= number && number <= p.most
	}
	return truth == p.truth
}
