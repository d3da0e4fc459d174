package guardextension

import (
	"errors"
	"sync/atomic"
	"time"
)

// errOverBudget is the answer to a request for which there is no room at the moment.
var errOverBudget = errors.New("guard: too many bytes in flight, see max_in_flight_mib")

// retryAfter is when the client may try again: requests are handled in less.
const retryAfter = time.Second

// budget counts the bytes of the requests in flight, and bounds them if it has a limit.
type budget struct {
	limit int64 // 0: none
	used  atomic.Int64
}

// reserve takes n bytes, or none and says so.
func (b *budget) reserve(n int) bool {
	if used := b.used.Add(int64(n)); b.limit > 0 && used > b.limit {
		b.release(n)
		return false
	}
	return true
}

func (b *budget) release(n int) { b.used.Add(-int64(n)) }
