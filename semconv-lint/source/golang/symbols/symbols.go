// Package symbols knows what the packages of convention constants of OpenTelemetry's Go module
// declare: go.opentelemetry.io/otel/semconv/v1.4.0 and later. Variables and functions have no
// constant value that a type checker would tell; here it stands.
package symbols

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:generate go run generate.go go.opentelemetry.io/otel@v1.47.0

// Root is the folder of the packages.
const Root = "go.opentelemetry.io/otel/semconv/"

// Kind is what a symbol is.
type Kind string

// The kinds.
const (
	// Key is a constant of type attribute.Key, Value one of its values as attribute.KeyValue,
	// Function makes such a value of its parameter.
	Key      Kind = "key"
	Value    Kind = "value"
	Function Kind = "function"
	// Metric makes an instrument.
	Metric Kind = "metric"
	// Text is an untyped constant: a metric's name or unit, the schema's URL.
	Text Kind = "text"
	// Other is any other variable or function.
	Other Kind = "other"
)

// Symbol is one of a package.
type Symbol struct {
	Kind Kind
	Name string
	// Key is the attribute's key or the metric's name; of a text it is the text.
	Key string
	// Type is a function's parameter, or how a value is made: string, []string; String, Int.
	Type string
	// Value is an enum's value.
	Value string
}

// Package are a package's symbols.
type Package struct {
	Version, Under string
	symbols        map[string]Symbol
}

// Of is a package by its import path, nil where it is unknown.
func Of(path string) *Package {
	rest, ok := strings.CutPrefix(path, Root)
	if !ok {
		return nil
	}
	version, under, _ := strings.Cut(rest, "/")
	t := loaded()
	i := slices.Index(t.versions, version)
	if i < 0 {
		return nil
	}
	return t.of(i, under)
}

// Lookup finds a symbol, false where the package has none of that name.
func (p *Package) Lookup(name string) (Symbol, bool) {
	s, ok := p.symbols[name]
	return s, ok
}

// OfKey are the symbols of a kind and key by name.
func (p *Package) OfKey(kind Kind, key string) []Symbol {
	var all []Symbol
	for _, s := range p.symbols {
		if s.Kind == kind && s.Key == key {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b Symbol) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// All calls do for each symbol, in no order.
func (p *Package) All(do func(Symbol)) {
	for _, s := range p.symbols {
		do(s)
	}
}

//go:embed table.tsv.gz
var packed []byte

// table is the file; packages are made when they are asked for: a repository uses few.
type table struct {
	versions []string
	rows     []row
	packages map[placed]*Package
	mu       sync.Mutex
}

type placed struct {
	version int
	under   string
}

type row struct {
	Symbol
	under    string
	versions [][2]int
}

var loaded = sync.OnceValue(func() *table {
	text, err := unpack(packed)
	if err != nil {
		panic("symbols: the embedded table: " + err.Error()) // a broken build
	}
	t := &table{packages: map[placed]*Package{}}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Scan()
	t.versions = strings.Split(lines.Text(), "\t")
	for lines.Scan() {
		t.rows = append(t.rows, parse(strings.Split(lines.Text(), "\t")))
	}
	return t
})

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// parse reads a row: folder, kind, name, key, value, versions.
func parse(fields []string) row {
	r := row{under: fields[0], Symbol: Symbol{Kind: Kind(fields[1]), Name: fields[2], Key: fields[3], Type: fields[4]}}
	if r.Kind == Value {
		r.Type, r.Value, _ = strings.Cut(fields[4], " ")
	}
	for text := range strings.SplitSeq(fields[5], ",") {
		first, last, _ := strings.Cut(text, "-")
		r.versions = append(r.versions, [2]int{number(first), number(last)})
	}
	return r
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic("symbols: the embedded table: " + err.Error()) // a broken build
	}
	return n
}

func (t *table) of(version int, under string) *Package {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := placed{version, under}
	if p, ok := t.packages[at]; ok {
		return p
	}
	var p *Package
	for i := range t.rows {
		r := &t.rows[i]
		if r.under != under || !slices.ContainsFunc(r.versions, func(v [2]int) bool { return v[0] <= version && version <= v[1] }) {
			continue
		}
		if p == nil {
			p = &Package{t.versions[version], under, map[string]Symbol{}}
		}
		p.symbols[r.Name] = r.Symbol
	}
	t.packages[at] = p
	return p
}
