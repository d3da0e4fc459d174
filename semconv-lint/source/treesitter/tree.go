//go:build cgo

package treesitter

import (
	"errors"
	"strconv"
	"strings"
	"time"

	sitter "github.com/tree-sitter/go-tree-sitter"
)

// node is a node of a tree, by its place in it. none is no node.
type node int32

const none node = 0

// tree is a syntax tree with its named nodes only, in the order of the text. It lives on Go's
// side: C's is given back as soon as it is copied.
type tree struct {
	src     []byte
	nodes   []cell
	grammar *grammar
	// broken is the first byte that does not parse, -1 where all does.
	broken int
}

// cell is a node.
type cell struct {
	kind, field         uint16
	form                form
	start, end          uint32
	parent, child, next node
	// scope is the innermost function or class around it.
	scope node
}

// grammar is a compiled grammar of a language.
type grammar struct {
	language *sitter.Language
	shapes   []parts // by kind
	kinds    []string
	named    []bool
}

// parts are a shape's, compiled.
type parts struct {
	form    form
	a, b, c []part
}

// part finds a child.
type part struct {
	field uint16
	kind  string
	at    int
}

// Bounds of one file's parse: what people write takes some 0.3 s a MiB on an idle processor, and
// has a node for every three bytes.
const (
	parseTime       = 2 * time.Second
	parseTimePerMiB = 4 * time.Second
	maxNodes        = 2 << 20
	chunk           = 8 << 10 // what the parser is handed at a time, and again whenever it steps back
)

var (
	errDeadline = errors.New("takes too long to parse")
	errNodes    = errors.New("has too many parts")
)

// errorKind is tree-sitter's kind of a part that does not parse.
const errorKind = 65535

// compile looks the kinds and fields of a syntax up.
func compile(l *sitter.Language, s syntax) *grammar {
	g := &grammar{language: l}
	for id := range uint16(l.NodeKindCount()) {
		kind := l.NodeKindForId(id)
		g.kinds = append(g.kinds, kind)
		g.named = append(g.named, l.NodeKindIsNamed(id))
		shape := s[kind]
		if !l.NodeKindIsNamed(id) {
			shape = s["'"+kind+"'"]
			g.named[id] = shape.form != other
		}
		g.shapes = append(g.shapes, parts{shape.form, compilePart(l, shape.a), compilePart(l, shape.b), compilePart(l, shape.c)})
	}
	return g
}

func compilePart(l *sitter.Language, text string) []part {
	if text == "" {
		return nil
	}
	var all []part
	for one := range strings.SplitSeq(text, "|") {
		at, err := strconv.Atoi(one)
		switch {
		case err == nil:
			all = append(all, part{at: at})
		case one[0] == '@':
			all = append(all, part{kind: one[1:]})
		default:
			if id := l.FieldIdForName(one); id != 0 {
				all = append(all, part{field: id})
			}
		}
	}
	return all
}

// parse parses a file's content.
func parse(g *grammar, src []byte) (*tree, error) {
	parser := sitter.NewParser()
	defer parser.Close()
	if err := parser.SetLanguage(g.language); err != nil {
		return nil, err
	}
	// The binding keeps the options for good, so they must not hold the content.
	end := time.Now().Add(parseTime + parseTimePerMiB*time.Duration(len(src))/(1<<20))
	late := &sitter.ParseOptions{ProgressCallback: func(sitter.ParseState) bool { return time.Now().After(end) }}
	parsed := parser.ParseWithOptions(func(at int, _ sitter.Point) []byte {
		if at >= len(src) {
			return nil
		}
		return src[at:min(at+chunk, len(src))]
	}, nil, late)
	if parsed == nil {
		return nil, errDeadline
	}
	defer parsed.Close()
	return flatten(g, src, parsed)
}

// flatten copies a tree without its anonymous nodes and what is in comments.
func flatten(g *grammar, src []byte, parsed *sitter.Tree) (*tree, error) {
	t := &tree{src: src, nodes: make([]cell, 1, 1+len(src)/4), grammar: g, broken: -1}
	cursor := parsed.Walk()
	defer cursor.Close()
	stack := []node{none} // the copied ancestors
	last := []node{none}  // the last copied child of each
	depths := []int{0}    // of the ancestors
	for depth := 1; ; {
		at := t.add(cursor, stack[len(stack)-1], last[len(last)-1])
		if len(t.nodes) > maxNodes {
			return nil, errNodes
		}
		if at != none {
			last[len(last)-1] = at
		}
		if (at == none || t.nodes[at].form != comment) && cursor.GotoFirstChild() {
			depth++
			if at != none {
				stack, last, depths = append(stack, at), append(last, none), append(depths, depth-1)
			}
			continue
		}
		for !cursor.GotoNextSibling() {
			if !cursor.GotoParent() {
				return t, nil
			}
			depth--
			if depth == depths[len(depths)-1] && len(stack) > 1 {
				stack, last, depths = stack[:len(stack)-1], last[:len(last)-1], depths[:len(depths)-1]
			}
		}
	}
}

// add copies the node at the cursor, if it is one to copy.
func (t *tree) add(cursor *sitter.TreeCursor, parent, before node) node {
	n := cursor.Node()
	id := n.KindId()
	start, end := n.ByteRange()
	if id == errorKind || n.IsMissing() {
		if t.broken < 0 {
			t.broken = int(start)
		}
	}
	var f form
	if id != errorKind {
		if int(id) >= len(t.grammar.named) || !t.grammar.named[id] {
			return none
		}
		f = t.grammar.shapes[id].form
	}
	at := node(len(t.nodes))
	c := cell{kind: id, field: cursor.FieldId(), form: f, start: uint32(start), end: uint32(end), parent: parent}
	if parent != none {
		c.scope = t.nodes[parent].scope
		if t.nodes[parent].form == function || t.nodes[parent].form == class {
			c.scope = parent
		}
	}
	t.nodes = append(t.nodes, c)
	switch {
	case before != none:
		t.nodes[before].next = at
	case parent != none:
		t.nodes[parent].child = at
	}
	return at
}

func (t *tree) form(n node) form   { return t.nodes[n].form }
func (t *tree) parent(n node) node { return t.nodes[n].parent }
func (t *tree) start(n node) int   { return int(t.nodes[n].start) }
func (t *tree) end(n node) int     { return int(t.nodes[n].end) }

// text is a node's source.
func (t *tree) text(n node) string { return string(t.src[t.nodes[n].start:t.nodes[n].end]) }

// kind is a node's kind in the grammar.
func (t *tree) kind(n node) string {
	if n == none || t.nodes[n].kind == errorKind {
		return ""
	}
	return t.grammar.kinds[t.nodes[n].kind]
}

// children are a node's, in order.
func (t *tree) children(n node) func(yield func(node) bool) {
	return func(yield func(node) bool) {
		for c := t.nodes[n].child; c != none; c = t.nodes[c].next {
			if t.nodes[c].form != comment && !yield(c) {
				return
			}
		}
	}
}

// a, b and c are the parts of a node by its shape.
func (t *tree) a(n node) node { return t.part(n, t.shape(n).a) }
func (t *tree) b(n node) node { return t.part(n, t.shape(n).b) }
func (t *tree) c(n node) node { return t.part(n, t.shape(n).c) }

func (t *tree) shape(n node) *parts {
	if kind := t.nodes[n].kind; n != none && kind != errorKind {
		return &t.grammar.shapes[kind]
	}
	return &parts{}
}

func (t *tree) part(n node, ways []part) node {
	for _, way := range ways {
		if found := t.find(n, way); found != none {
			return found
		}
	}
	return none
}

func (t *tree) find(n node, way part) node {
	at := 0
	last := none
	for c := range t.children(n) {
		switch {
		case way.field != 0:
			if t.nodes[c].field == way.field {
				return c
			}
		case way.kind != "":
			if t.kind(c) == way.kind {
				return c
			}
		case way.at == at:
			return c
		}
		at++
		last = c
	}
	if way.field == 0 && way.kind == "" && way.at == -1 {
		return last
	}
	return none
}

// field is a node's child by the name of its field in the grammar.
func (t *tree) field(n node, name string) node {
	if id := t.grammar.language.FieldIdForName(name); id != 0 {
		return t.find(n, part{field: id})
	}
	return none
}

// childOf is a node's first child of a kind.
func (t *tree) childOf(n node, kind string) node { return t.find(n, part{kind: kind}) }
