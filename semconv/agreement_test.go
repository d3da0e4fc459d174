package semconv

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// element is one side of a case of the translation's corpus.
type element struct {
	translate.Input
	where string
	keep  bool
}

var placeNames = map[string]translate.Place{
	"resource": translate.Resource, "scope": translate.Scope, "internal": translate.Internal, "server": translate.Server,
	"client": translate.Client, "producer": translate.Producer, "consumer": translate.Consumer, "event": translate.Event,
	"link": translate.Link, "point": translate.Point, "record": translate.Record,
}

// corpus reads translate/testdata: of each case what goes in and what comes out.
func corpus(t *testing.T) (before, after []element) {
	t.Helper()
	files, err := filepath.Glob("translate/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var in, out *element
		scanner := bufio.NewScanner(f)
		for n := 1; scanner.Scan(); n++ {
			line := scanner.Text()
			key, literal, isAttribute := strings.Cut(line, " = ")
			switch words := strings.Fields(line); {
			case line == "":
				in, out = nil, nil
			case line[0] == '#':
			case line == "----":
				after = append(after, element{Input: translate.Input{Place: in.Place, Language: in.Language, Scope: in.Scope, Fields: in.Fields}, where: in.where})
				out = &after[len(after)-1]
			case in == nil:
				before = append(before, element{where: fmt.Sprintf("%s:%d", file, n), keep: words[0] == "keep"})
				in = &before[len(before)-1]
				in.command(words)
			case strings.HasPrefix(key, "@"):
			case isAttribute && out != nil:
				out.set(key, literal)
			case isAttribute:
				in.set(key, literal)
			}
		}
	}
	return before, after
}

func (e *element) command(words []string) {
	e.Place = placeNames[words[1]]
	for _, w := range words[2:] {
		if s, ok := strings.CutPrefix(w, "language="); ok {
			e.Language = s
		}
		if s, ok := strings.CutPrefix(w, "scope="); ok {
			e.Scope = s
		}
		if strings.HasPrefix(w, "@") {
			for field := translate.Kind; field < translate.Nothing; field++ {
				e.Fields = e.Fields.With(field)
			}
		}
	}
}

func (e *element) set(key, literal string) {
	d := json.NewDecoder(strings.NewReader(literal))
	d.UseNumber()
	var value any
	_ = d.Decode(&value) // the corpus's own test reads it, too
	e.Keys = append(e.Keys, key)
	e.Values = append(e.Values, valueOf(value))
}

func valueOf(value any) translate.Value {
	switch x := value.(type) {
	case string:
		return translate.StringValue(x)
	case bool:
		return translate.BoolValue(x)
	case json.Number:
		if n, err := x.Int64(); err == nil {
			return translate.IntValue(n)
		}
		f, _ := x.Float64()
		return translate.DoubleValue(f)
	case []any:
		var list []string
		for _, item := range x {
			list = append(list, fmt.Sprint(item))
		}
		return translate.ListValue(list)
	}
	return translate.Value{}
}

func (e *element) use(i int) Attribute {
	return Attribute{Key: e.Keys[i], Value: e.Values[i], Among: &e.Input}
}

// old are the problems that say to write something else.
func old(problems []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool {
		return p.Code != Retired && p.Code != RetiredValue && (p.Code != Misplaced || p.Instead == nil)
	})
}

// TestVerdictAgreesWithTranslation: over the translation's corpus, what it changes the
// judge finds wrong and says the same to write; what it leaves, and what it made, the
// judge finds right.
func TestVerdictAgreesWithTranslation(t *testing.T) {
	before, after := corpus(t)
	for i := range before {
		e := &before[i]
		want := changes(&e.Input)
		for n, key := range e.Keys {
			problems := old(judge.Attribute(e.use(n)))
			switch to, changed := want[n]; {
			case changed && len(problems) == 0:
				t.Errorf("%s: %s becomes %v, and the judge says %q", e.where, key, to, describe(judge.Attribute(e.use(n))))
			case changed && len(to) > 0 && !slices.Equal(problems[0].Instead, to):
				t.Errorf("%s: %s becomes %v, and the judge says %q", e.where, key, to, describe(problems))
			case !changed && len(problems) > 0 && !lasting(key, &e.Input, n):
				t.Errorf("%s: %s stays, and the judge says %q", e.where, key, describe(problems))
			}
		}
	}
	for i := range after {
		e := &after[i]
		for n, key := range e.Keys {
			if problems := old(judge.Attribute(e.use(n))); len(problems) > 0 && !lasting(key, &e.Input, n) {
				t.Errorf("%s: %s comes out, and the judge says %q", e.where, key, describe(problems))
			}
		}
	}
}

// changes are the attributes that a translation changes, with what their keys or their
// values become, as far as it says that of one attribute.
func changes(in *translate.Input) map[int][]string {
	var r translate.Result
	judge.table.Translate(in, &r)
	to := map[int][]string{}
	for _, i := range r.Remove {
		to[i] = nil
	}
	for _, n := range r.Renames {
		to[n.Index] = append(to[n.Index], n.Key)
	}
	for _, e := range r.Edits {
		switch {
		case e.Index >= 0 && e.Key != in.Keys[e.Index]:
			to[e.Index] = append(to[e.Index], e.Key)
		case e.Index >= 0 && e.Value.Type == in.Values[e.Index].Type:
			to[e.Index] = []string{textOf(e.Value)}
		case e.Index < 0 && e.Copy >= 0:
			if _, changed := to[e.Copy]; changed {
				to[e.Copy] = append(to[e.Copy], e.Key)
			}
		}
	}
	return to
}

// lasting are retired names that the translation leaves all the same, and the judge does
// not find right for that: the registry dropped them without a successor, or the value
// cannot be converted.
func lasting(key string, in *translate.Input, i int) bool {
	a := registry.Resolve(key)
	switch {
	case a == nil:
		return false
	case a.Deprecation == registry.Live:
		m := a.Member(textOf(in.Values[i]))
		return m != nil && m.Deprecation != registry.Live && m.RenamedTo == ""
	}
	var r translate.Result
	judge.table.Translate(in, &r)
	return a.RenamedTo == "" || slices.Contains(r.Invalid, i) || exceptions[key] != ""
}

// exceptions are other retired names that stay, and why.
var exceptions = map[string]string{
	"tls.client.server_name": "the name in TLS's greeting beside the server's: two things",
}

// TestWhatComesOutIsRight: every name that the translation may write is right.
func TestWhatComesOutIsRight(t *testing.T) {
	for _, a := range registry.Attributes() {
		for _, place := range []translate.Place{translate.Resource, translate.Server, translate.Client, translate.Internal} {
			for _, to := range translate.Default().Targets(a.Key, place) {
				if problems := judge.Attribute(Attribute{Key: to}); len(problems) > 0 && to[0] != '@' {
					t.Errorf("%s becomes %s, of which the judge says %s", a.Key, to, describe(problems))
				}
			}
		}
	}
}

// TestLiveNamesAreRight: whatever their values, of which nobody tells. What stands under
// otel. is for formats without the field: where there is one, it is misplaced.
func TestLiveNamesAreRight(t *testing.T) {
	for _, a := range registry.Attributes() {
		for _, place := range placeNames {
			for _, v := range []translate.Value{{}, translate.StringValue("")} {
				if problems := old(judge.Attribute(Attribute{Key: a.Key, Value: v, Place: place})); len(problems) > 0 && a.Deprecation == registry.Live && !strings.HasPrefix(a.Key, "otel.") {
					t.Errorf("%s at %v: %s", a.Key, place, describe(problems))
				}
			}
		}
	}
}

// TestMetricVerdictAgreesWithTranslation: metrics that the translation renames are judged
// retired with the same new name, and what comes of them is judged right, as it is read
// from the wire; the converse, too.
func TestMetricVerdictAgreesWithTranslation(t *testing.T) {
	units := []string{"", "ms", "s", "us", "By", "1"}
	check := func(name, unit string, instrument registry.Instrument) {
		m := judge.table.Metric(name, unit)
		problems := judge.Metric(Metric{Name: name, Unit: &unit, Instrument: instrument, OnWire: true})
		renamed := len(problems) > 0 && problems[0].Code == Retired && len(problems[0].Instead) > 0
		known := registry.LookupMetric(name)
		switch {
		case m.Name != name && (!renamed || problems[0].Instead[0] != m.Name):
			t.Errorf("%s in %s becomes %s, and the judge says %q", name, unit, m.Name, describe(problems))
		case m.Name == name && renamed && registry.LookupMetric(known.RenamedTo).Unit == unit:
			t.Errorf("%s in %s stays, and the judge says %q", name, unit, describe(problems))
		}
		if m.Name == name || known == nil || known.Unit != unit {
			return // in a unit that is nobody's it stays in that
		}
		if problems := judge.Metric(Metric{Name: m.Name, Unit: &m.Unit, Instrument: instrument, OnWire: true}); len(problems) > 0 {
			t.Errorf("%s in %s becomes %s in %s, of which the judge says %s", name, unit, m.Name, m.Unit, describe(problems))
		}
	}
	for _, m := range registry.Metrics() {
		check(m.Name, m.Unit, m.Instrument)
	}
	for _, c := range judge.table.Conversions() {
		if c.Signal != "metric" || c.From[0] == c.To {
			continue
		}
		if got := judge.Metric(Metric{Name: c.From[0]}); len(got) == 0 || !slices.Contains(got[0].Instead, c.To) {
			t.Errorf("%s becomes %s, and the judge says %q", c.From[0], c.To, describe(got))
		}
		for _, unit := range units {
			check(c.From[0], unit, registry.NoInstrument)
		}
	}
}
