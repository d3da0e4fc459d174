//go:build cgo

package treesitter

// replace puts a node below another in that one's place.
func (t *tree) replace(n, by node) {
	parent, before := t.nodes[n].parent, none
	for c := t.nodes[parent].child; c != n; c = t.nodes[c].next {
		if c == none {
			return
		}
		before = c
	}
	if before == none {
		t.nodes[parent].child = by
	} else {
		t.nodes[before].next = by
	}
	t.nodes[by].parent, t.nodes[by].next, t.nodes[by].field = parent, t.nodes[n].next, t.nodes[n].field
}

// adopt gives a node the children of another in place of its own.
func (t *tree) adopt(n, from node) {
	t.nodes[n].child = t.nodes[from].child
	for c := t.nodes[n].child; c != none; c = t.nodes[c].next {
		t.nodes[c].parent = n
	}
}

// wrap puts a node of another kind around a node.
func (t *tree) wrap(n node, kind string) {
	around := node(len(t.nodes))
	t.nodes = append(t.nodes, t.nodes[n])
	t.replace(n, around)
	t.nodes[around].child, t.nodes[n].parent, t.nodes[n].next = n, around, none
	t.become(around, kind)
}

// become makes a node one of another kind, with its form.
func (t *tree) become(n node, kind string) {
	if id := t.grammar.language.IdForNodeKind(kind, true); id != 0 {
		t.nodes[n].kind, t.nodes[n].form = id, t.grammar.shapes[id].form
	}
}

// count is how many children a node has.
func (t *tree) count(n node) int {
	count := 0
	for range t.children(n) {
		count++
	}
	return count
}
