package source

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// MaxFileBytes bounds the files that are read: people write no larger ones, and a parser takes
// some 250 times as much memory of hostile ones.
const MaxFileBytes = 1 << 20

// File is one of a repository.
type File struct {
	// Path is relative to the root, with slashes; Abs is where it lies.
	Path, Abs string
	Size      int64
}

// Content reads the file. It is not kept: who needs it again reads it again.
func (f *File) Content() ([]byte, error) {
	content, err := os.ReadFile(f.Abs)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	return content, nil
}

// Each calls do for all files, in as many goroutines as there are processors. It returns when
// all are done, or those begun when the context ended.
func Each(ctx context.Context, files []*File, do func(*File)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() { // ends with the files, awaited below
			for i := next.Add(1); int(i) <= len(files) && ctx.Err() == nil; i = next.Add(1) {
				do(files[i-1])
			}
		})
	}
	workers.Wait()
}

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
