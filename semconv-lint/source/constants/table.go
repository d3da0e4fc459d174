package constants

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// maxTable bounds what a table unpacks to.
const maxTable = 8 << 20

// table is a language's constants. All its texts are parts of one.
type table struct {
	packages []string
	index    map[string]int
	// entries are sorted by the constants' names.
	entries []entry
	// spans are the packages of all entries, as first and last.
	spans [][2]uint16
	// byName are the entries that are no members, sorted by what they stand for.
	byName func() []int32
}

// entry is a constant that means the same in some packages.
type entry struct {
	constant string
	meaning  Meaning
	from, to uint32 // of the spans
}

func (t *table) find(pkg, name string) (Meaning, bool) {
	p, ok := t.index[pkg]
	if !ok {
		return Meaning{}, false
	}
	i, _ := slices.BinarySearchFunc(t.entries, name, func(e entry, name string) int { return strings.Compare(e.constant, name) })
	for ; i < len(t.entries) && t.entries[i].constant == name; i++ {
		for _, s := range t.spans[t.entries[i].from:t.entries[i].to] {
			if int(s[0]) <= p && p <= int(s[1]) {
				return t.entries[i].meaning, true
			}
		}
	}
	return Meaning{}, false
}

// in gives the constants of a package.
func (t *table) in(pkg string, give func(name string, m Meaning)) {
	p, ok := t.index[pkg]
	if !ok {
		return
	}
	for _, e := range t.entries {
		for _, s := range t.spans[e.from:e.to] {
			if int(s[0]) <= p && p <= int(s[1]) {
				give(e.constant, e.meaning)
			}
		}
	}
}

func (t *table) of(name string) []Constant {
	type place struct {
		pkg   int
		entry int32
	}
	byName := t.byName()
	var places []place
	i, _ := slices.BinarySearchFunc(byName, name, func(e int32, name string) int { return strings.Compare(t.entries[e].meaning.Name, name) })
	for ; i < len(byName) && t.entries[byName[i]].meaning.Name == name; i++ {
		e := t.entries[byName[i]]
		for _, s := range t.spans[e.from:e.to] {
			for p := s[0]; p <= s[1]; p++ {
				places = append(places, place{int(p), byName[i]})
			}
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Or(cmp.Compare(a.pkg, b.pkg), cmp.Compare(a.entry, b.entry)) })
	constants := make([]Constant, len(places))
	for i, p := range places {
		constants[i] = Constant{t.packages[p.pkg], t.entries[p.entry].constant}
	}
	return constants
}

// open reads a table that the program was built with: it cannot be wrong, or a test fails.
func open(path string) *table {
	packed, err := tables.ReadFile(path)
	if err != nil {
		panic("constants: " + err.Error())
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("constants: " + path + ": " + err.Error())
	}
	var text strings.Builder
	text.Grow(8 * len(packed))
	if _, err := io.Copy(&text, io.LimitReader(r, maxTable)); err != nil {
		panic("constants: " + path + ": " + err.Error())
	}
	return parse(text.String())
}

// parse reads the packages, a line each, an empty line, and the constants: name, what it stands
// for, member and the packages' numbers, such as 0-3,7.
func parse(text string) *table {
	head, body, _ := strings.Cut(text, "\n\n")
	t := &table{packages: strings.Split(head, "\n")}
	t.index = make(map[string]int, len(t.packages))
	for i, p := range t.packages {
		t.index[p] = i
	}
	t.entries = make([]entry, 0, strings.Count(body, "\n"))
	for line := range strings.Lines(body) {
		constant, line, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		name, line, _ := strings.Cut(line, "\t")
		member, in, _ := strings.Cut(line, "\t")
		from := uint32(len(t.spans))
		for in != "" {
			var span string
			span, in, _ = strings.Cut(in, ",")
			first, last, several := strings.Cut(span, "-")
			if !several {
				last = first
			}
			t.spans = append(t.spans, [2]uint16{number(first), number(last)})
		}
		t.entries = append(t.entries, entry{constant, Meaning{name, member}, from, uint32(len(t.spans))})
	}
	t.byName = sync.OnceValue(t.sortByName)
	return t
}

func number(s string) uint16 {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		panic("constants: " + err.Error())
	}
	return uint16(n)
}

func (t *table) sortByName() []int32 {
	var byName []int32
	for i, e := range t.entries {
		if e.meaning.Member == "" {
			byName = append(byName, int32(i))
		}
	}
	slices.SortFunc(byName, func(a, b int32) int {
		return cmp.Or(strings.Compare(t.entries[a].meaning.Name, t.entries[b].meaning.Name), cmp.Compare(a, b))
	})
	return byName
}
