package semconvlint

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// verdicts remembers the verdicts on attributes: telemetry has few shapes and repeats them. What
// a verdict depends on, semconv's Element says. The translation is done anew for each element,
// as that is cheap and depends on values in ways that only the table knows; what it came to
// finds the verdict. It is for one goroutine.
type verdicts struct {
	conventions *Conventions
	seed        maphash.Seed
	result      translate.Result
	shapes      map[uint64]*shape
	bytes       int // what is remembered takes, about
}

// maxVerdictBytes bounds what is remembered. Above it all is forgotten: what repeats is soon
// there again, and to find out what does not would cost more than that.
const maxVerdictBytes = 16 << 20

// maxVerdicts is how many verdicts of one shape are remembered. There are more only where many
// values are retired, or have not the form that their names promise.
const maxVerdicts = 64

// maxKeys is the most keys of a shape: the attributes of an element with more are judged by so
// many at a time. maxKeyBytes are the most bytes of one that is remembered: larger ones do not
// repeat.
const (
	maxKeys     = 128
	maxKeyBytes = 4 << 10
)

// shape is a place with keys in an order, values of types and, on points, a metric.
type shape struct {
	place        translate.Place
	metric, unit string
	keys         []string
	types        []registry.Type
	enums        []enum
	twice        bool // one of the keys: its second value may have a verdict of its own
	known        map[uint64][][]semconv.Problem
}

// enum is an attribute of a shape that has values that are retired.
type enum struct {
	index   int
	retired []string
}

func newVerdicts(c *Conventions) *verdicts {
	return &verdicts{conventions: c, seed: maphash.MakeSeed(), shapes: map[uint64]*shape{}}
}

// of are the verdicts on an element's attributes, in their order; nil: there is nothing to say
// of any. They must not be changed.
func (v *verdicts) of(in *translate.Input, metric *semconv.Metric) [][]semconv.Problem {
	v.conventions.Translate(in, metric, &v.result)
	if v.guessed(in) {
		return v.judge(in, metric)
	}
	id := v.shapeID(in, metric)
	s := v.shapes[id]
	if s == nil || !s.is(in, metric) {
		if s = v.newShape(in, metric); s == nil {
			return v.judge(in, metric)
		}
		v.shapes[id] = s
	}
	if s.twice {
		return v.judge(in, metric)
	}
	made := v.made(s, in)
	problems, known := s.known[made]
	if !known {
		problems = v.judge(in, metric)
		v.remember(s, made, problems)
	}
	return problems
}

// judge is the slow way.
func (v *verdicts) judge(in *translate.Input, metric *semconv.Metric) [][]semconv.Problem {
	all := v.conventions.Element(in, metric, &v.result)
	if !slices.ContainsFunc(all, func(p []semconv.Problem) bool { return len(p) > 0 }) {
		return nil
	}
	return all
}

// guessed is whether the verdict on a value that is not known may depend on the others'.
func (v *verdicts) guessed(in *translate.Input) bool {
	return slices.ContainsFunc(v.result.Invalid, func(i int) bool { return in.Values[i].Type == registry.Any })
}

func (v *verdicts) shapeID(in *translate.Input, metric *semconv.Metric) uint64 {
	h := uint64(in.Place)
	if metric != nil {
		h = follow(follow(h, maphash.String(v.seed, metric.Name)), maphash.String(v.seed, *metric.Unit))
	}
	for i, key := range in.Keys {
		h = follow(h, maphash.String(v.seed, key)+uint64(in.Values[i].Type))
	}
	return h
}

// follow adds a number to a sequence.
func follow(sequence, x uint64) uint64 {
	high, low := bits.Mul64(bits.RotateLeft64(sequence, 23)^x, 0x9e3779b97f4a7c15)
	return high ^ low
}

func (s *shape) is(in *translate.Input, metric *semconv.Metric) bool {
	if s.place != in.Place || !slices.Equal(s.keys, in.Keys) {
		return false
	}
	if metric != nil && (s.metric != metric.Name || s.unit != *metric.Unit) {
		return false
	}
	for i := range in.Values {
		if in.Values[i].Type != s.types[i] {
			return false
		}
	}
	return true
}

// newShape is nil for one that is too large to be remembered.
func (v *verdicts) newShape(in *translate.Input, metric *semconv.Metric) *shape {
	s := &shape{place: in.Place, known: map[uint64][][]semconv.Problem{}}
	size := 256
	if metric != nil {
		s.metric, s.unit = strings.Clone(metric.Name), strings.Clone(*metric.Unit)
		size += len(s.metric) + len(s.unit)
	}
	for _, key := range in.Keys {
		size += len(key) + 24
	}
	if size > maxKeyBytes {
		return nil
	}
	for i, key := range in.Keys {
		s.twice = s.twice || slices.Contains(s.keys, key)
		s.keys = append(s.keys, strings.Clone(key))
		s.types = append(s.types, in.Values[i].Type)
		if retired := v.retired(key); len(retired) > 0 && in.Values[i].Type == registry.String {
			s.enums = append(s.enums, enum{i, retired})
		}
	}
	v.grow(size)
	return s
}

// retired are an attribute's values that are retired.
func (v *verdicts) retired(key string) []string {
	a := v.conventions.Registry.Resolve(key)
	if a == nil {
		return nil
	}
	var retired []string
	for _, m := range a.Members() {
		if v.conventions.Table.Retired(&registry.Retirement{Deprecation: m.Deprecation, Since: m.Since}) {
			retired = append(retired, m.Value)
		}
	}
	return retired
}

// made is what the translation came to, as far as verdicts depend on it: what could not be
// converted only where guessed says so.
func (v *verdicts) made(s *shape, in *translate.Input) uint64 {
	r, h := &v.result, uint64(0)
	for _, n := range r.Renames {
		h = follow(follow(h, uint64(n.Index)), maphash.String(v.seed, n.Key))
	}
	for i := range r.Edits {
		h = follow(h, v.edit(&r.Edits[i], in))
	}
	h = follow(h, uint64(len(r.Renames))<<32|uint64(len(r.Edits)))
	for _, i := range r.Remove {
		h = follow(h, uint64(i))
	}
	h = follow(h, uint64(len(r.Remove)))
	for i := range s.enums {
		h = follow(h, uint64(slices.Index(s.enums[i].retired, in.Values[s.enums[i].index].Str())+1))
	}
	return h
}

// edit is what verdicts depend on of one: of the values only where an attribute keeps its key and
// its type, as the verdict quotes them.
func (v *verdicts) edit(e *translate.Edit, in *translate.Input) uint64 {
	h := follow(uint64(e.Index), maphash.String(v.seed, e.Key))
	if e.Index < 0 {
		return follow(h, uint64(e.Copy))
	}
	if old := in.Values[e.Index]; in.Keys[e.Index] == e.Key && old.Type == e.Value.Type && !old.Equal(e.Value) {
		h = follow(follow(h, v.value(old)), v.value(e.Value))
	}
	return h
}

func (v *verdicts) value(x translate.Value) uint64 {
	text, _ := x.Cast(registry.String)
	return maphash.String(v.seed, text.Str()) + uint64(x.Type)
}

func (v *verdicts) remember(s *shape, made uint64, problems [][]semconv.Problem) {
	if len(s.known) >= maxVerdicts {
		return
	}
	s.known[made] = problems
	size := 64 + 24*len(problems)
	for _, of := range problems {
		for i := range of {
			p := &of[i]
			size += 160 + len(p.Have) + len(p.Key)
		}
	}
	v.grow(size)
}

// grow counts what is remembered in addition.
func (v *verdicts) grow(size int) {
	if v.bytes += size; v.bytes > maxVerdictBytes {
		clear(v.shapes)
		v.bytes = size
	}
}

// forget lets go of the telemetry.
func (v *verdicts) forget() {
	clear(v.result.Edits[:cap(v.result.Edits)])
}
