package command

import (
	"errors"
	"fmt"
	"sync"
)

// maxRefusals are told: a sender that is broken sends the same again and again.
const maxRefusals = 10

// refusals are requests that could not be read.
type refusals struct {
	mu    sync.Mutex
	first []error
	count int
}

func (r *refusals) add(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	if len(r.first) < maxRefusals {
		r.first = append(r.first, err)
	}
}

// with joins them to an error, nil if there is nothing to join.
func (r *refusals) with(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := errors.Join(append([]error{err}, r.first...)...)
	if more := r.count - len(r.first); more > 0 {
		all = errors.Join(all, fmt.Errorf("and %d more requests that could not be read", more))
	}
	return all
}
