package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// Error is something that could not be read, and where it stands.
type Error struct {
	File string
	// Line and Column count from 1. Binary files have no lines: Line is 0, Message the number of
	// the message. Both are 0 for a file as a whole.
	Line, Column, Message int
	Err                   error
}

// Error implements error.
func (e *Error) Error() string {
	switch {
	case e.Line > 0:
		return fmt.Sprintf("%s:%d:%d: %v", e.File, e.Line, e.Column, e.Err)
	case e.Message > 0:
		return fmt.Sprintf("%s: message %d: %v", e.File, e.Message, e.Err)
	}
	return fmt.Sprintf("%s: %v", e.File, e.Err)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Interrupted says that the context ended before all was read, and unwraps to why.
type Interrupted struct{ Err error }

// Error implements error.
func (e *Interrupted) Error() string { return "interrupted" }

// Unwrap gives the context's error.
func (e *Interrupted) Unwrap() error { return e.Err }

// NotStarted says that nothing was listened to or run, so that there is nothing to say of what came.
type NotStarted struct{ Err error }

// Error implements error.
func (e *NotStarted) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *NotStarted) Unwrap() error { return e.Err }

// maxErrors are told; the others are counted. A file that is damaged throughout says nothing
// more with its hundredth line.
const maxErrors = 100

// problems gathers errors of several goroutines.
type problems struct {
	mu    sync.Mutex
	all   []*Error
	more  int
	tally *tally
}

// add adds one. That the context ended is no damage: ReadFiles says it.
func (p *problems) add(e *Error) {
	if errors.Is(e, context.Canceled) || errors.Is(e, context.DeadlineExceeded) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tally.damaged.Add(1)
	if len(p.all) == maxErrors {
		p.more++
		return
	}
	p.all = append(p.all, e)
}

// joined is all, by file and place, nil if there are none.
func (p *problems) joined() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.SortStableFunc(p.all, func(a, b *Error) int {
		if byFile := strings.Compare(a.File, b.File); byFile != 0 {
			return byFile
		}
		return a.Line + a.Message - b.Line - b.Message
	})
	errs := make([]error, 0, len(p.all)+1)
	for _, e := range p.all {
		errs = append(errs, e)
	}
	if p.more > 0 {
		errs = append(errs, fmt.Errorf("and %d more", p.more))
	}
	return errors.Join(errs...)
}

// cause leaves the path out, which stands before it anyway.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
