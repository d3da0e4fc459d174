package tracegen

import (
	"math/rand/v2"
	"slices"
	"time"
)

// mishaps are what becomes of spans between the call and the collector: clocks that are
// off, spans that are lost or come late.
type mishaps struct {
	rng           *rand.Rand
	missing, late float64
	skew          []int64 // nanoseconds, by service; nil is none
}

func newMishaps(cfg Config, services int) mishaps {
	m := mishaps{rng: rand.New(newSource(cfg.Seed, 0xbb67ae8584caa73b)), missing: cfg.Missing, late: cfg.Late}
	if cfg.Skew == 0 {
		return m
	}
	// A source of its own: whether clocks are off does not change which spans are lost.
	clocks := rand.New(newSource(cfg.Seed, 0x3c6ef372fe94f82b))
	m.skew = make([]int64, services)
	for i := range m.skew {
		off := time.Duration((2*clocks.Float64() - 1) * float64(cfg.Skew))
		m.skew[i] = int64(off.Truncate(time.Microsecond))
	}
	return m
}

// befall spares the root and the spans with these ids, but for the clocks.
func (m *mishaps) befall(r *Request, spared []SpanID) {
	if m.missing > 0 || m.late > 0 {
		m.lose(r, spared)
	}
	if m.skew == nil {
		return
	}
	for i := range r.Spans {
		s := &r.Spans[i]
		s.Start += m.skew[s.Service]
		s.End += m.skew[s.Service]
	}
}

func (m *mishaps) lose(r *Request, spared []SpanID) {
	kept := r.Spans[:1]
	for i := range r.Spans[1:] {
		s := &r.Spans[1+i]
		if !slices.Contains(spared, s.ID) {
			if m.rng.Float64() < m.missing {
				if s.Shared {
					r.Shared--
				}
				continue
			}
			s.Late = m.rng.Float64() < m.late
		}
		kept = append(kept, *s)
	}
	r.Spans = kept
}
