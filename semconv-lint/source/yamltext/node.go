// Package yamltext reads YAML and JSON and keeps, for each text in it, where its bytes stand in
// the file: of plain and quoted scalars and of blocks, with escapes and folded lines, also of a
// document in a text of another.
package yamltext

// Kind is what a node is.
type Kind uint8

// The kinds.
const (
	Scalar Kind = iota + 1
	Mapping
	Sequence
)

// Node is a value of a document.
type Node struct {
	Kind Kind
	// Text is a scalar's.
	Text Text
	// String is whether a scalar is a text, and not a number, a boolean or nothing at all.
	String bool
	// Null is whether a scalar is nothing.
	Null bool
	// Pairs are a mapping's, in the file's order; Items a sequence's.
	Pairs []Pair
	Items []*Node
	// Start is the node's first byte in the file, -1 where that is not known.
	Start int
	// size is how many nodes it has with all below it, each alias written out.
	size int
}

// Pair is a key of a mapping with its value.
type Pair struct {
	Key   *Node
	Value *Node
}

// Get is a key's value in a mapping, or that of the key of the key: nil where there is none, or
// where a node on the way is no mapping.
func (n *Node) Get(keys ...string) *Node {
	for _, key := range keys {
		n = n.get(key)
	}
	return n
}

func (n *Node) get(key string) *Node {
	if n == nil {
		return nil
	}
	for _, p := range n.Pairs {
		if p.Key.Kind == Scalar && p.Key.Text.Value == key {
			return p.Value
		}
	}
	return nil
}

// Value is a scalar's text, empty for all else.
func (n *Node) Value() string {
	if n == nil || n.Kind != Scalar {
		return ""
	}
	return n.Text.Value
}

// place puts a node, read from a text, where it stands in the file.
func (n *Node) place(outer Text, done map[*Node]bool) {
	if done[n] {
		return
	}
	done[n] = true
	if n.Start >= 0 {
		n.Start = outer.offset(n.Start)
	}
	n.Text = outer.Of(n.Text)
	for _, p := range n.Pairs {
		p.Key.place(outer, done)
		p.Value.place(outer, done)
	}
	for _, item := range n.Items {
		item.place(outer, done)
	}
}
