package baseline

import (
	"math"
	"time"
)

const (
	// clockBits make the clock's unit 1.07 s: a shift instead of a division, and 32 bits
	// last 146 years.
	clockBits = 30

	gone      uint32 = 0 // no operation has the number
	unseen    uint32 = 1 // restored from a snapshot
	firstTime uint32 = 2
)

// clock is coarse time, never gone or unseen.
func clock(now int64) uint32 { return uint32(now>>clockBits) + firstTime }

// units is a time in the clock's, at least one.
func units(d time.Duration) int32 { return int32(min(max(1, int64(d)>>clockBits), math.MaxInt32)) }
