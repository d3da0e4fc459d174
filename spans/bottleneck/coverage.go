package bottleneck

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/koine-otel/koine/spans/baseline"
)

// Coverage remembers when an operation and a path were last kept. It is safe for concurrent use.
type Coverage struct {
	operations []atomic.Uint32 // seconds since the clock's zero and 1; 0: never
	paths      []atomic.Uint32 // by hash
}

// pathSlots is how many paths are told apart; with more, some that were not kept pass for others.
const pathSlots = 1 << 15

// NewCoverage has room for so many operations.
func NewCoverage(operations int) *Coverage {
	return &Coverage{operations: make([]atomic.Uint32, operations+1), paths: make([]atomic.Uint32, pathSlots)}
}

// Rarest gives the operation that was not kept for the longest.
func (c *Coverage) Rarest(operations []baseline.Operation) (rarest baseline.Operation) {
	least := uint32(math.MaxUint32)
	for _, op := range operations {
		if at := c.operations[op].Load(); at < least {
			rarest, least = op, at
			if at == 0 {
				break
			}
		}
	}
	return rarest
}

// Keep notes that a trace was kept. now is in ns.
func (c *Coverage) Keep(operations []baseline.Operation, path uint64, now int64) {
	at := uint32(now/int64(time.Second)) + 1
	for _, op := range operations {
		if c.operations[op].Load() != at {
			c.operations[op].Store(at)
		}
	}
	c.paths[pathSlot(path)].Store(at)
}

// ages are for how many seconds a candidate's operation and path were not kept.
func (c *Coverage) ages(candidate *Candidate, now int64) (operation, path float64) {
	return age(c.operations[candidate.Rare].Load(), now), age(c.paths[pathSlot(candidate.Path)].Load(), now)
}

func age(at uint32, now int64) float64 {
	if at == 0 {
		return math.Inf(1)
	}
	return max(0, float64(now)/1e9-float64(at-1))
}

func pathSlot(path uint64) uint64 { return path % pathSlots }
