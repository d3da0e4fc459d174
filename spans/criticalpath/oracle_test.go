package criticalpath

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"

	"github.com/koine-otel/koine/spans/tree"
)

// oracle finds the path the simple way, from the package's definition: everything is
// looked for among all spans, by recursion, and distances are numbers of any size.
type oracle struct {
	Trace
	spans     []Span
	tolerance float64
	strict    bool
}

func naive(a *Analyzer, spans []Span) *Trace {
	n := len(spans)
	o := &oracle{spans: spans, tolerance: a.Tolerance, strict: a.Strict, Trace: Trace{
		Parents: make([]int32, n), Children: make([]int32, n), Marks: make([]Mark, n), Start: make([]uint64, n),
		End: make([]uint64, n), Shift: make([]int64, n), Self: make([]uint64, n),
	}}
	o.parents()
	o.cutCycles()
	for i := range spans {
		if o.Parents[i] < 0 && o.Marks[i]&Duplicate == 0 {
			o.placeAll(i, map[uint32]int64{})
		}
	}
	o.paths()
	return &o.Trace
}

func (o *oracle) says(i int) bool { return o.spans[i].Shared && o.spans[i].Kind != tree.Client }

// byID is the span that an id is, -1 if there is none.
func (o *oracle) byID(id uint64) int {
	for _, shared := range []bool{false, true} {
		for i := range o.spans {
			if id != 0 && o.spans[i].ID == id && o.says(i) == shared {
				return i
			}
		}
	}
	return -1
}

func (o *oracle) parents() {
	named := make([]int, len(o.spans))
	for i, s := range o.spans {
		holder := o.byID(s.ID)
		named[i] = -1
		switch {
		case s.ID != 0 && holder != i && (!o.says(i) || o.says(holder)):
			o.Marks[i] |= Duplicate
		case s.ID != 0 && holder != i:
			named[i] = holder
		case s.Parent != 0:
			if named[i] = o.byID(s.Parent); named[i] < 0 {
				o.Marks[i] |= Orphan
			}
		}
	}
	for i := range o.spans {
		o.Parents[i] = int32(named[i])
		var servers []int
		for j, s := range o.spans {
			if named[i] < 0 || named[j] != named[i] || o.says(i) || !o.says(j) || s.ID == 0 || s.Service != o.spans[i].Service {
				continue
			}
			client := o.spans[named[j]]
			if client.ID == s.ID || client.Service != s.Service || client.Kind == tree.Client || client.Kind == tree.Producer {
				servers = append(servers, j)
			}
		}
		if len(servers) > 0 {
			o.Parents[i] = int32(slices.MinFunc(servers, o.compareEarly))
		}
	}
}

func (o *oracle) compareEarly(i, j int) int {
	return cmp.Or(cmp.Compare(o.spans[i].Start, o.spans[j].Start), cmp.Compare(o.spans[i].ID, o.spans[j].ID), cmp.Compare(i, j))
}

func (o *oracle) cutCycles() {
	was := slices.Clone(o.Parents)
	for i := range o.spans {
		cycle := []int{i}
		for at := was[i]; at >= 0 && int(at) != i && len(cycle) <= len(o.spans); at = was[at] {
			cycle = append(cycle, int(at))
		}
		if was[cycle[len(cycle)-1]] == int32(i) && slices.MinFunc(cycle, o.compareEarly) == i {
			o.Parents[i] = -1
			o.Marks[i] |= Orphan
		}
	}
}

func (o *oracle) placeAll(i int, shifts map[uint32]int64) {
	s := o.spans[i]
	parent := int(o.Parents[i])
	if s.End < s.Start {
		s.End = s.Start
		o.Marks[i] |= Negative
	}
	shifts = maps.Clone(shifts)
	if _, known := shifts[s.Clock]; !known {
		shifts[s.Clock] = 0
		if parent >= 0 && !o.strict {
			shifts[s.Clock] = o.distance(s, parent)
		}
	}
	if shift := shifts[s.Clock]; shift != 0 {
		o.Marks[i] |= Shifted
		o.Shift[i] = shift
	}
	o.Start[i], o.End[i] = moved(s.Start, o.Shift[i]), moved(s.End, o.Shift[i])
	if parent >= 0 {
		message := o.spans[parent].Kind == tree.Producer && s.Kind == tree.Consumer
		if message {
			w := Wait{Producer: int32(parent), Consumer: int32(i)}
			if o.Start[i] > o.End[parent] {
				w.Duration = o.Start[i] - o.End[parent]
			}
			o.Waits = append(o.Waits, w)
		}
		if message || o.Start[i] >= o.End[parent] && o.Start[i] > o.Start[parent] {
			o.Marks[i] |= Async
		} else if o.End[i] > o.End[parent] {
			o.Marks[i] |= Outlives
		}
	}
	for c := range o.spans {
		if int(o.Parents[c]) == i {
			o.placeAll(c, shifts)
		}
	}
}

func number(u uint64) *big.Int { return new(big.Int).SetUint64(u) }

func (o *oracle) distance(s Span, parent int) int64 {
	from, to := number(o.Start[parent]), number(o.End[parent])
	start, end := number(s.Start), number(s.End)
	room := new(big.Int).Sub(to, from)
	room.Sub(room, end).Add(room, start)
	call := o.spans[parent].Kind == tree.Client && (s.Kind == tree.Server || s.Kind == tree.Unspecified)
	before, within := start.Cmp(from) < 0, start.Cmp(from) >= 0 && end.Cmp(to) <= 0
	d := new(big.Int).Sub(from, start)
	switch longer := room.Sign() < 0; {
	case within || !before && !call || !before && longer:
		return 0
	case !longer:
		d.Add(d, room.Rsh(room, 1))
	}
	if !d.IsInt64() || new(big.Int).Neg(d).IsInt64() == false {
		return 0
	}
	return d.Int64()
}

func moved(time uint64, by int64) uint64 {
	sum := new(big.Int).Add(number(time), big.NewInt(by))
	switch {
	case sum.Sign() < 0:
		return 0
	case !sum.IsUint64():
		return 1<<64 - 1
	}
	return sum.Uint64()
}

func (o *oracle) paths() {
	for i := range o.spans {
		switch {
		case o.Marks[i]&Duplicate != 0:
			continue
		case o.Marks[i]&Async != 0:
			o.Parents[i] = -1
		}
		if o.Parents[i] < 0 {
			o.Roots = append(o.Roots, int32(i))
		} else {
			o.Children[o.Parents[i]]++
		}
	}
	group := func(i int32) int {
		switch {
		case o.Marks[i]&Async != 0:
			return 2
		case o.Marks[i]&Orphan != 0:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(o.Roots, func(i, j int32) int {
		return cmp.Or(cmp.Compare(group(i), group(j)), cmp.Compare(o.Start[i], o.Start[j]))
	})
	for _, root := range o.Roots {
		if !o.strict || group(root) == 0 {
			o.path(root, o.Start[root], o.End[root])
		}
		o.Ends = append(o.Ends, int32(len(o.Sections)))
	}
}

// path adds the sections of a span's part, the earliest first.
func (o *oracle) path(i int32, start, end uint64) {
	type part struct {
		span       int32
		start, end uint64
	}
	var children []part
	for c := range o.spans {
		p := part{int32(c), max(start, o.Start[c]), min(end, o.End[c])}
		if o.Parents[c] == i && p.start < p.end {
			children = append(children, p)
		}
	}
	var path []part // the last first
	until := end
	for {
		var last *part
		for k := range children {
			c := &children[k]
			slack := uint64(0)
			if o.tolerance > 0 && !o.strict {
				slack = uint64(min(1, o.tolerance) * float64(end-start))
			}
			fits := c.start < until && (c.end <= until || c.end-until <= slack)
			if o.strict {
				fits = until == end || c.end < until
			}
			if !fits {
				continue
			}
			if last == nil || cmp.Or(
				cmp.Compare(c.end, last.end), cmp.Compare(c.start, last.start),
				cmp.Compare(o.spans[last.span].ID, o.spans[c.span].ID), cmp.Compare(last.span, c.span)) > 0 {
				last = c
			}
		}
		if last == nil {
			path = append(path, part{i, start, until})
			break
		}
		path = append(path, part{i, min(last.end, until), until}, part{last.span, last.start, min(last.end, until)})
		until = last.start
	}
	for _, p := range slices.Backward(path) {
		switch {
		case p.span != i:
			o.path(p.span, p.start, p.end)
		case p.start < p.end:
			o.Sections = append(o.Sections, Section{i, p.start, p.end})
			o.Self[i] += p.end - p.start
		}
	}
}

// compareWithOracle says how a trace differs from the oracle's, in all but Order.
func compareWithOracle(a *Analyzer, spans []Span, tr *Trace) error {
	got, want := *tr, *naive(a, spans)
	got.Order, want.Order = nil, nil
	byConsumer := func(a, b Wait) int { return cmp.Compare(a.Consumer, b.Consumer) }
	got.Waits = slices.Clone(got.Waits)
	slices.SortFunc(got.Waits, byConsumer)
	slices.SortFunc(want.Waits, byConsumer)
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	for i := range g.NumField() {
		if g.Field(i).Len()+w.Field(i).Len() > 0 && !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
			return fmt.Errorf("%s: got %v, the oracle %v, of %+v", g.Type().Field(i).Name, g.Field(i), w.Field(i), spans)
		}
	}
	return nil
}
