package definition

import (
	"errors"
	"fmt"
)

// Error is what is wrong at one place of a registry.
type Error struct {
	At  Position
	Err error
}

func (e *Error) Error() string { return "registry: " + e.At.String() + ": " + e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Problems collects errors of a registry, all of them up to a bound.
type Problems struct {
	errs []error
	more int
}

// Add takes down an error at a place.
func (p *Problems) Add(at Position, format string, args ...any) {
	if len(p.errs) == maxErrors {
		p.more++
		return
	}
	p.errs = append(p.errs, &Error{At: at, Err: fmt.Errorf(format, args...)})
}

// Err joins what was collected, nil for nothing.
func (p *Problems) Err() error {
	if p.more > 0 {
		return errors.Join(append(p.errs[:len(p.errs):len(p.errs)], fmt.Errorf("registry: and %d more errors", p.more))...)
	}
	return errors.Join(p.errs...)
}
