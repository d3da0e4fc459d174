package semconvlintconnector

import (
	"hash/maphash"
	"maps"
	"time"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
)

// causes remembers which were told, by a hash: two that share one by chance are one.
type causes struct {
	seed   maphash.Seed
	max    int
	repeat time.Duration
	at     map[uint64]time.Time // when it was told last
}

func newCauses(most int, repeat time.Duration) *causes {
	return &causes{maphash.MakeSeed(), most, repeat, map[uint64]time.Time{}}
}

// cause is what makes one: a library's version is no part of it, or an upgrade told all again.
type cause struct {
	config.Fingerprint
	signal semconvlint.Signal
}

// fresh gives the findings that were not told for a while, and how many there is no room for.
// Those are not told: to forget others for them would tell these again and again.
func (c *causes) fresh(findings []*semconvlint.Finding, now time.Time) (fresh []*semconvlint.Finding, untold int64) {
	for _, f := range findings {
		hash := maphash.Comparable(c.seed, cause{config.FingerprintOf(f), f.Signal})
		last, known := c.at[hash]
		switch {
		case known && now.Sub(last) < c.repeat:
		case !known && len(c.at) >= c.max:
			untold++
		default:
			c.at[hash] = now
			fresh = append(fresh, f)
		}
	}
	return fresh, untold
}

// forget makes room: what was told so long ago would be told again.
func (c *causes) forget(now time.Time) {
	maps.DeleteFunc(c.at, func(_ uint64, last time.Time) bool { return now.Sub(last) >= c.repeat })
}
