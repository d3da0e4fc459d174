package source

import "strings"

// beside knows what is set in one function or block. Where an old name is set beside the one that
// replaces it, it is on purpose, for readers that are not there yet; where it is read there, it is
// what the new one is made of.
type beside struct{ set map[setIn]bool }

type setIn struct {
	within int
	key    string
}

func newBeside(uses []Use) *beside {
	b := &beside{map[setIn]bool{}}
	for i := range uses {
		if u := &uses[i]; u.Role == Attribute && !u.Read && u.Within >= 0 {
			b.set[setIn{u.Within, u.Key}] = true
		}
	}
	return b
}

// has says whether a retired attribute's successor is set beside it.
func (b *beside) has(u *Use, p *problem) bool {
	if p.rule != RetiredAttribute || u.Role != Attribute || u.Within < 0 || p.replacement == "" {
		return false
	}
	for name := range strings.SplitSeq(p.replacement, ", ") {
		if b.set[setIn{u.Within, name}] {
			return true
		}
	}
	return false
}
