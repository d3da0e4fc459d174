// Package distinct counts how many different values there are in bounded memory.
package distinct

import (
	"math"
	"math/bits"
	"slices"

	"github.com/cespare/xxhash/v2"
)

const (
	precision = 11 // 2 KiB a counter, 2.3 % standard error
	registers = 1 << precision
	exact     = 128 // up to so many, hashes are kept: most counters never have more
)

// Counter counts exactly up to 128 values and estimates from there (HyperLogLog). The zero Counter
// has seen none. Counts of the same values are the same in every run.
type Counter struct {
	few       []uint64 // in order
	registers []uint8
}

// Add counts a value.
func (c *Counter) Add(value string) { c.add(xxhash.Sum64String(value)) }

func (c *Counter) add(hash uint64) {
	if c.registers != nil {
		i := hash >> (64 - precision)
		rank := uint8(bits.LeadingZeros64(hash<<precision|1<<(precision-1)) + 1)
		c.registers[i] = max(c.registers[i], rank)
		return
	}
	i, found := slices.BinarySearch(c.few, hash)
	switch {
	case found:
	case len(c.few) < exact:
		c.few = slices.Insert(c.few, i, hash)
	default:
		few := c.few
		c.few, c.registers = nil, make([]uint8, registers)
		for _, h := range few {
			c.add(h)
		}
		c.add(hash)
	}
}

// Merge adds what another counter saw.
func (c *Counter) Merge(o *Counter) {
	for _, h := range o.few {
		c.add(h)
	}
	if o.registers == nil {
		return
	}
	if c.registers == nil {
		few := c.few
		c.few, c.registers = nil, make([]uint8, registers)
		for _, h := range few {
			c.add(h)
		}
	}
	for i, rank := range o.registers {
		c.registers[i] = max(c.registers[i], rank)
	}
}

// Count is how many different values there were.
func (c *Counter) Count() int {
	if c.registers == nil {
		return len(c.few)
	}
	sum, empty := 0.0, 0
	for _, rank := range c.registers {
		sum += 1 / float64(uint64(1)<<rank)
		if rank == 0 {
			empty++
		}
	}
	const alpha = 0.7213 / (1 + 1.079/registers)
	estimate := alpha * registers * registers / sum
	if estimate <= 2.5*registers && empty > 0 {
		estimate = registers * math.Log(float64(registers)/float64(empty))
	}
	return int(estimate + 0.5)
}
