package bottleneck

// skews remembers by how much clocks were found to be off, in ns: the most of late, an older
// finding counting less with each newer one.
type skews map[uint32]float64

const (
	// maxClocks bounds it; those that matter are found again.
	maxClocks = 4096
	// skewFade is what is left of a finding after one more: a tenth after some 230.
	skewFade = 0.99
)

func (s skews) note(clock uint32, shift int64) {
	off := float64(shift)
	if off < 0 {
		off = -off
	}
	before, known := s[clock]
	if !known && len(s) >= maxClocks {
		clear(s)
	}
	s[clock] = max(off, before*skewFade)
}

func (s skews) of(clock uint32) float64 { return s[clock] }
