package guardextension

import (
	"errors"
	"sync/atomic"
	"time"
)

var (
	// errOverBudget is the answer to a request for which there is no room at the moment.
	errOverBudget = errors.New("guard: too many bytes in flight, see max_in_flight_mib")
	// errNeverFits is the answer to one for which there never will be.
	errNeverFits = errors.New("guard: the request alone takes more than max_in_flight_mib")
)

// retryAfter is when the client may try again: requests are handled in less.
const retryAfter = time.Second

// budget counts what the requests in flight take, and bounds it if it has a limit.
type budget struct {
	limit int64 // 0: none
	used  atomic.Int64
}

// reserve takes n bytes for a request that holds some, or none and says why.
func (b *budget) reserve(n, held int) error {
	if b.limit > 0 && int64(held)+int64(n) > b.limit {
		return errNeverFits
	}
	if !b.take(n) && n > 0 {
		b.release(n)
		return errOverBudget
	}
	return nil
}

// take takes n bytes that are held already, and reports whether all is within the limit.
func (b *budget) take(n int) bool {
	used := b.used.Add(int64(n))
	return b.limit <= 0 || used <= b.limit
}

// full reports whether more is held than the limit.
func (b *budget) full() bool { return b.limit > 0 && b.used.Load() > b.limit }

func (b *budget) release(n int) { b.used.Add(-int64(n)) }
