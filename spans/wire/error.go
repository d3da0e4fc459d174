package wire

import "fmt"

// Error says why a body was refused. Every error of this package is an *Error.
type Error struct {
	Kind   Kind
	Limit  int    // the limit that was passed; 0 if malformed
	Offset int    // byte of the body at which the scan stopped
	Reason string // what was found there
}

// Kind tells refusals apart.
type Kind uint8

const (
	Depth Kind = iota
	Attributes
	Elements
	Malformed
)

func (e *Error) Error() string {
	if e.Kind == Malformed {
		return fmt.Sprintf("wire: %s at byte %d", e.Reason, e.Offset)
	}
	return fmt.Sprintf("wire: %s %d at byte %d", e.Reason, e.Limit, e.Offset)
}

func (k Kind) String() string {
	return [...]string{"depth", "attributes", "elements", "malformed"}[k]
}

func tooDeep(limit, offset int) error {
	return &Error{Kind: Depth, Limit: limit, Offset: offset, Reason: "value nested deeper than"}
}

func tooManyAttributes(limit, offset int) error {
	return &Error{Kind: Attributes, Limit: limit, Offset: offset, Reason: "attributes on one element exceed"}
}

func tooManyElements(limit, offset int) error {
	return &Error{Kind: Elements, Limit: limit, Offset: offset, Reason: "elements of the request exceed"}
}

func malformed(reason string, offset int) error {
	return &Error{Kind: Malformed, Offset: offset, Reason: reason}
}
