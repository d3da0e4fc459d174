package yamltext

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Document is one of a file. Err is why it could not be read; then there is no Root.
type Document struct {
	Root *Node
	Err  error
	// Line is where the error is, or where the document begins.
	Line int
}

// maxExpansion is how many nodes a document may have for each of its bytes with its aliases
// written out, on top of a thousand: what people write has none to speak of, and a few lines can
// be made to stand for billions.
const maxExpansion = 4

// Parse reads YAML. An error in a document leaves the others alone.
func Parse(content []byte) []Document {
	var documents []Document
	line, offset := 1, 0
	for _, part := range split(content) {
		if !blank(part) {
			documents = append(documents, parsePart(content, part, offset, line)...)
		}
		offset += len(part)
		line += bytes.Count(part, []byte("\n"))
	}
	return documents
}

// ParseText reads the YAML in a text of another document.
func ParseText(t Text) []Document {
	documents := Parse([]byte(t.Value))
	for _, d := range documents {
		if d.Root != nil {
			d.Root.place(t, map[*Node]bool{})
		}
	}
	return documents
}

var marker = regexp.MustCompile(`(?m)^---(?:[ \t\r]|$)`)

// split cuts a file at the lines that begin a document: nothing else may begin with ---.
func split(content []byte) [][]byte {
	var parts [][]byte
	from := 0
	for _, at := range marker.FindAllIndex(content, -1) {
		if at[0] > from {
			parts = append(parts, content[from:at[0]])
		}
		from = at[0]
	}
	return append(parts, content[from:])
}

// blank says whether there is nothing but comments and directives.
func blank(part []byte) bool {
	for line := range bytes.Lines(bytes.TrimPrefix(part, []byte(byteOrderMark))) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' && line[0] != '%' && !bytes.Equal(line, []byte("---")) {
			return false
		}
	}
	return true
}

const byteOrderMark = "\xef\xbb\xbf"

func parsePart(content, part []byte, offset, line int) []Document {
	b := builder{content: content, end: offset + len(part), limit: maxExpansion*len(part) + 1000, made: map[*yaml.Node]*Node{}}
	first := offset
	if bytes.HasPrefix(part, []byte(byteOrderMark)) {
		first += len(byteOrderMark)
	}
	b.lines = lineStarts(content[:b.end], first)
	var documents []Document
	for decoder := yaml.NewDecoder(bytes.NewReader(part)); ; {
		var root yaml.Node
		err := decode(decoder, &root)
		if errors.Is(err, io.EOF) {
			return documents
		}
		if err != nil {
			return append(documents, Document{Err: fmt.Errorf("yaml: %w", err), Line: line + errorLine(err) - 1})
		}
		if len(root.Content) == 1 {
			documents = append(documents, Document{Root: b.node(root.Content[0]), Line: line + root.Line - 1})
		}
	}
}

// decode reads a document. The library gives up on some broken ones by a panic of its own.
func decode(d *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cannot be read: %v", r)
		}
	}()
	return d.Decode(into)
}

var lineOf = regexp.MustCompile(`line (\d+):`)

func errorLine(err error) int {
	if m := lineOf.FindStringSubmatch(err.Error()); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil {
			return n
		}
	}
	return 1
}

// lineStarts are where lines begin as YAML counts them: at every kind of break that Unicode has.
func lineStarts(content []byte, from int) []int {
	starts := []int{from}
	for i := from; i < len(content); {
		if n := breakAt(content, i); n > 0 {
			i += n
			starts = append(starts, i)
			continue
		}
		i++
	}
	return starts
}

// breakAt is how long the line break at a byte is, 0 where there is none.
func breakAt(content []byte, i int) int {
	if i >= len(content) {
		return 0
	}
	switch c := content[i]; {
	case c == '\r' && i+1 < len(content) && content[i+1] == '\n':
		return 2
	case c == '\n', c == '\r':
		return 1
	case c == 0xC2 && i+1 < len(content) && content[i+1] == 0x85:
		return 2
	case c == 0xE2 && i+2 < len(content) && content[i+1] == 0x80 && (content[i+2] == 0xA8 || content[i+2] == 0xA9):
		return 3
	}
	return 0
}

// builder makes nodes of the library's, which know line and column only.
type builder struct {
	near    place // of the node before
	content []byte
	end     int
	lines   []int
	limit   int
	made    map[*yaml.Node]*Node
}

func (b *builder) node(y *yaml.Node) *Node {
	if n, ok := b.made[y]; ok {
		if n == nil || n.size > b.limit { // of itself, or a bomb
			return &Node{Kind: Scalar, Null: true, Start: -1, size: 1}
		}
		return n
	}
	if y.Kind == yaml.AliasNode {
		return b.node(y.Alias)
	}
	b.made[y] = nil
	n := &Node{Start: b.offset(y.Line, y.Column), size: 1}
	switch y.Kind {
	case yaml.MappingNode:
		n.Kind = Mapping
		b.pairs(n, y)
	case yaml.SequenceNode:
		n.Kind = Sequence
		for _, item := range y.Content {
			n.Items = append(n.Items, b.node(item))
			n.size += n.Items[len(n.Items)-1].size
		}
	default:
		n.Kind = Scalar
		tag := y.ShortTag()
		n.String, n.Null = tag == "!!str", tag == "!!null"
		n.Text = b.text(y, n.Start)
	}
	b.made[y] = n
	return n
}

// pairs adds a mapping's, and behind them those of what is merged into it.
func (b *builder) pairs(n *Node, y *yaml.Node) {
	var merged []*Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := b.node(y.Content[i]), b.node(y.Content[i+1])
		n.size += key.size + value.size
		if y.Content[i].ShortTag() == "!!merge" {
			merged = append(merged, value)
			continue
		}
		n.Pairs = append(n.Pairs, Pair{key, value})
	}
	for _, m := range merged {
		for _, from := range append([]*Node{m}, m.Items...) {
			for _, p := range from.Pairs {
				if n.get(p.Key.Value()) == nil && n.size <= b.limit {
					n.Pairs = append(n.Pairs, p)
					n.size += p.Value.size
				}
			}
		}
	}
}

// offset is the byte at a line and a column in characters, -1 where there is none such.
func (b *builder) offset(line, column int) int {
	if line < 1 || line > len(b.lines) || column < 1 {
		return -1
	}
	// Nodes come in the file's order: counting goes on from the one before, as a file of one line
	// would take the square of its length.
	at, from := b.lines[line-1], 1
	if b.near.line == line && b.near.column <= column {
		at, from = b.near.at, b.near.column
	}
	for ; from < column; from++ {
		if at >= b.end {
			return -1
		}
		_, n := utf8.DecodeRune(b.content[at:b.end])
		at += n
	}
	b.near = place{line, column, at}
	return at
}

// place is a byte and where it is in the file.
type place struct{ line, column, at int }
