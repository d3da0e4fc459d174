package source

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// Lines are where a file's lines begin.
type Lines []int

// LinesOf finds a content's lines.
func LinesOf(content []byte) Lines {
	lines := Lines{0}
	for i := 0; ; {
		n := bytes.IndexByte(content[i:], '\n')
		if n < 0 {
			return lines
		}
		i += n + 1
		lines = append(lines, i)
	}
}

// Position is a byte's line and column, from 1; columns count characters.
func (l Lines) Position(content []byte, at int) (line, column int) {
	line = l.line(at)
	return line, utf8.RuneCount(content[l[line-1]:at]) + 1
}

func (l Lines) line(at int) int {
	line, exact := slices.BinarySearch(l, at)
	if exact {
		line++
	}
	return line
}

// end is where a line ends.
func (l Lines) end(line, length int) int {
	if line < len(l) {
		return l[line]
	}
	return length
}

// positions gives many positions of a content, mostly in its order. Counting goes on from the one
// before: a file of one line would take the square of its length.
type positions struct {
	lines      Lines
	content    []byte
	at, column int // of the last; the column is 0 for none
}

func newPositions(content []byte) *positions {
	return &positions{lines: LinesOf(content), content: content}
}

func (p *positions) of(at int) (line, column int) {
	line = p.lines.line(at)
	from, column := p.lines[line-1], 1
	switch {
	case p.column == 0 || p.at < from:
	case p.at <= at:
		from, column = p.at, p.column
	case p.at-at < at-from: // an edit, which stands before the end of its name
		p.column -= utf8.RuneCount(p.content[at:p.at])
		p.at = at
		return line, p.column
	}
	column += utf8.RuneCount(p.content[from:at])
	p.at, p.column = at, column
	return line, column
}
