package translate_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/dialects"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

var update = flag.Bool("update", false, "rewrite the corpus's expected output")

// whole is the table of everything: the conventions' history and the dialects.
func whole() *translate.Table {
	return translate.New(translate.Options{}, slices.Concat(translate.Embedded(), dialects.All())...)
}

// TestCorpus runs testdata/*.txt. A case is a comment, a command, attributes, a line of
// dashes and what becomes of them:
//
//	# where it comes from
//	translate client language=go
//	http.method = "GET"
//	----
//	http.request.method = "GET"
//
// The command keep is translate of what must not change; its comment says why. After the
// place may stand language=… and scope=…, the word alone (the new attributes beside the old are
// another case), and fields that the element has already, such as @status.code, an event's with
// its name: @event.name=log.
//
// Of each case: a second translation changes nothing, and where the new attributes were
// there from the beginning the old ones give way to them.
func TestCorpus(t *testing.T) {
	table := whole()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			cases := readCases(t, file)
			for i := range cases {
				cases[i].check(t, table)
			}
			if *update {
				writeCases(t, file, cases)
			}
		})
	}
}

// TestCorpusIsComplete: every key that was ever retired, by the registry and by the list,
// every name of the dialects and every key that a rule reads is in a case.
func TestCorpusIsComplete(t *testing.T) {
	seen := map[string]bool{}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, c := range readCases(t, file) {
			for k := range c.in {
				for ; k != ""; k = k[:max(strings.LastIndexByte(k, '.'), 0)] {
					seen[k] = true // a template is seen by a key of it
				}
			}
		}
	}
	for _, a := range registry.Attributes() {
		if a.Deprecation != registry.Live && !seen[a.Key] {
			t.Errorf("no case for %s, which the registry retires", a.Key)
		}
	}
	for _, v := range slices.Concat(translate.Embedded(), dialects.All()) {
		for _, from := range v.Drop {
			for _, key := range from.Keys {
				if !seen[key] {
					t.Errorf("%s: no case for %s", v.Name, key)
				}
			}
		}
		for _, r := range v.Attributes {
			for _, from := range r.From {
				if r.Until+from.Until != "" {
					continue // no rule for this target
				}
				for _, key := range slices.Concat(from.Keys, from.Has) {
					if key = strings.TrimSuffix(key, ".*"); !seen[key] {
						t.Errorf("%s: no case for %s", v.Name, key)
					}
				}
			}
		}
	}
	for _, list := range []string{"testdata/retired.keys", "testdata/dialect.keys"} {
		data, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		for key := range strings.Lines(string(data)) {
			if key = strings.TrimSpace(key); !seen[key] {
				t.Errorf("%s: no case for %s", list, key)
			}
		}
	}
}

// TestCorpusHasRetiredValues: every value of an enum that the registry renamed is in a
// case, and in the end has a value that is not retired.
func TestCorpusHasRetiredValues(t *testing.T) {
	outcome := map[string]string{}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, c := range readCases(t, file) {
			for k, v := range c.in {
				outcome[k+"="+v.Str()] = c.want.String()
			}
		}
	}
	for _, a := range registry.Attributes() {
		for _, m := range a.Members() {
			got, ok := outcome[a.Key+"="+m.Value]
			switch {
			case m.Deprecation == registry.Live || m.RenamedTo == m.Value:
			case !ok:
				t.Errorf("no case for the value %s of %s", m.Value, a.Key)
			case m.Deprecation == registry.Renamed && strings.Contains(got, fmt.Sprintf("%s = %q", a.Key, m.Value)):
				t.Errorf("the value %s of %s stays", m.Value, a.Key)
			}
		}
	}
}

// attributes are an element's, and its fields under names with an @.
type attributes map[string]translate.Value

// testCase is one case of a corpus.
type testCase struct {
	where    string // file:line
	comment  []string
	command  string
	keep     bool
	alone    bool
	place    translate.Place
	language string
	scope    string
	fields   []string
	in, want attributes
}

var places = map[string]translate.Place{
	"resource": translate.Resource, "scope": translate.Scope, "internal": translate.Internal, "server": translate.Server,
	"client": translate.Client, "producer": translate.Producer, "consumer": translate.Consumer, "event": translate.Event,
	"link": translate.Link, "point": translate.Point, "record": translate.Record,
}

var fields = map[string]translate.Field{
	"@kind": translate.Kind, "@status.code": translate.StatusCode, "@status.message": translate.StatusMessage,
	"@trace_state": translate.TraceState, "@event.name": translate.EventName,
	"@exception.type": translate.ExceptionType, "@exception.message": translate.ExceptionMessage, "@exception.stacktrace": translate.ExceptionStacktrace,
}

func (c *testCase) check(t *testing.T, table *translate.Table) {
	t.Helper()
	if c.command == "" {
		return // a comment on the file
	}
	got := run(table, c.place, c.language, c.scope, c.fields, c.in)
	if *update && !c.keep {
		c.want = got
	}
	if got.String() != c.want.String() {
		t.Errorf("%s: got\n%swant\n%s", c.where, got, c.want)
		return
	}
	place := c.place
	if kind, ok := got["@kind"]; ok {
		place = places[kind.Str()]
	}
	set := slices.DeleteFunc(slices.Clone(c.fields), func(field string) bool {
		return got["@event.name"].Str() != "" && strings.HasPrefix(field, "@event.name=")
	})
	attrs := attributes{}
	for k, v := range got {
		if _, ok := fields[k]; ok {
			if k == "@event.name" {
				k += "=" + v.Str()
			}
			set = append(set, k)
		} else {
			attrs[k] = v
		}
	}
	if again := run(table, place, c.language, c.scope, set, attrs); again.String() != attrs.String() {
		t.Errorf("%s: the second time got\n%sthe first\n%s", c.where, again, attrs)
	}
	if c.keep || c.alone {
		return
	}
	both := maps.Clone(c.in)
	maps.Copy(both, attrs)
	if again := run(table, place, c.language, c.scope, set, both); again.String() != attrs.String() {
		t.Errorf("%s: old and new together give\n%swant\n%s", c.where, again, attrs)
	}
}

// run translates attributes and applies what comes of it.
func run(table *translate.Table, place translate.Place, language, scope string, set []string, a attributes) attributes {
	keys := slices.Sorted(maps.Keys(a))
	var values []translate.Value
	for _, k := range keys {
		values = append(values, a[k])
	}
	in := translate.Input{Keys: keys, Values: values, Place: place, Language: language, Scope: scope}
	for _, name := range set {
		name, in.Name, _ = strings.Cut(name, "=")
		in.Fields = in.Fields.With(fields[name])
	}
	var r translate.Result
	table.Translate(&in, &r)

	type pair struct {
		key   string
		value translate.Value
	}
	var pairs []pair
	for i, k := range keys {
		pairs = append(pairs, pair{k, values[i]})
	}
	for _, n := range r.Renames {
		pairs[n.Index].key = n.Key
	}
	for _, e := range r.Edits {
		v := e.Value
		switch {
		case v.Type != registry.Any:
		case e.Index >= 0:
			v = values[e.Index]
		default:
			v = values[e.Copy]
		}
		if e.Index >= 0 {
			pairs[e.Index] = pair{e.Key, v}
		} else {
			pairs = append(pairs, pair{e.Key, v})
		}
	}
	out := attributes{}
	for i, p := range pairs {
		if slices.Contains(r.Remove, i) {
			continue
		}
		for _, twice := out[p.key]; twice; _, twice = out[p.key] {
			p.key += " (twice)"
		}
		out[p.key] = p.value
	}
	for _, f := range r.Fields {
		for name, field := range fields {
			if field == f.Field {
				out[name] = f.Value
			}
		}
	}
	return out
}

func (a attributes) String() string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(a)) {
		fmt.Fprintf(&b, "%s = %s\n", k, literal(a[k]))
	}
	return b.String()
}

// literal writes a value as JSON; of a double it always has a point, and null is a value
// that no conversion reads.
func literal(v translate.Value) string {
	var value any
	switch v.Type {
	case registry.String:
		value = v.Str()
	case registry.Int:
		value = v.Int()
	case registry.Bool:
		value = v.Bool()
	case registry.Strings:
		value = v.List()
	case registry.Double:
		s := fmt.Sprint(v.Double())
		if !strings.ContainsAny(s, ".eIN") {
			s += ".0"
		}
		return s
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

func parseLiteral(s string) (translate.Value, error) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return translate.Value{}, fmt.Errorf("%s: %w", s, err)
	}
	switch x := value.(type) {
	case nil:
		return translate.Value{Type: registry.Any}, nil
	case string:
		return translate.StringValue(x), nil
	case bool:
		return translate.BoolValue(x), nil
	case json.Number:
		if n, err := x.Int64(); err == nil {
			return translate.IntValue(n), nil
		}
		f, err := x.Float64()
		return translate.DoubleValue(f), err
	case []any:
		var list []string
		for _, item := range x {
			text, ok := item.(string)
			if !ok {
				return translate.Value{}, fmt.Errorf("%s: a list of strings or nothing", s)
			}
			list = append(list, text)
		}
		return translate.ListValue(list), nil
	}
	return translate.Value{}, fmt.Errorf("%s: no value of an attribute", s)
}

func readCases(t testing.TB, file string) []testCase {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []testCase
	c := testCase{}
	into := &c.in
	end := func() {
		if c.command != "" || c.comment != nil {
			cases = append(cases, c)
		}
		c = testCase{}
		into = &c.in
	}
	scanner := bufio.NewScanner(f)
	for n := 1; scanner.Scan(); n++ {
		where := fmt.Sprintf("%s:%d", file, n)
		switch line := scanner.Text(); {
		case line == "":
			end()
		case strings.HasPrefix(line, "#"):
			c.comment = append(c.comment, line)
		case line == "----":
			into = &c.want
		case c.command == "":
			c.where, c.command = where, line
			c.in, c.want = attributes{}, attributes{}
			if err := c.parseCommand(); err != nil {
				t.Fatalf("%s: %v", where, err)
			}
		default:
			key, text, ok := strings.Cut(line, " = ")
			v, err := parseLiteral(text)
			if !ok || err != nil {
				t.Fatalf("%s: want key = value: %v", where, err)
			}
			(*into)[key] = v
		}
	}
	end()
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		if len(cases[i].comment) == 0 {
			t.Errorf("%s: no comment", cases[i].where)
		}
		if cases[i].keep {
			cases[i].want = cases[i].in
		}
	}
	return cases
}

func (c *testCase) parseCommand() error {
	words := strings.Fields(c.command)
	if len(words) < 2 || words[0] != "translate" && words[0] != "keep" {
		return fmt.Errorf("unknown command %q", c.command)
	}
	c.keep = words[0] == "keep"
	var ok bool
	if c.place, ok = places[words[1]]; !ok {
		return fmt.Errorf("unknown place %q", words[1])
	}
	for _, word := range words[2:] {
		language, isLanguage := strings.CutPrefix(word, "language=")
		scope, isScope := strings.CutPrefix(word, "scope=")
		field, _, _ := strings.Cut(word, "=")
		_, isField := fields[field]
		switch {
		case isLanguage:
			c.language = language
		case isScope:
			c.scope = scope
		case isField:
			c.fields = append(c.fields, word)
		case word == "alone":
			c.alone = true
		default:
			return fmt.Errorf("unknown word %q", word)
		}
	}
	return nil
}

func writeCases(t *testing.T, file string, cases []testCase) {
	t.Helper()
	var b strings.Builder
	for i, c := range cases {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.Join(c.comment, "\n") + "\n")
		if c.command == "" {
			continue
		}
		fmt.Fprintf(&b, "%s\n%s", c.command, c.in)
		if !c.keep {
			fmt.Fprintf(&b, "----\n%s", c.want)
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
