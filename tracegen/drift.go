package tracegen

import (
	"math"
	"time"
)

// drift makes the calls of a third of the services slower by the hour.
type drift struct {
	hourly float64
	first  time.Time
	factor float64 // at the request in progress; 0 is none
}

func newDrift(cfg Config) drift {
	if cfg.Drift == 0 {
		return drift{hourly: 1}
	}
	return drift{hourly: cfg.Drift}
}

// set moves on to a request that ends then.
func (d *drift) set(end time.Time) {
	if d.hourly == 1 {
		return
	}
	if d.first.IsZero() {
		d.first = end
	}
	d.factor = math.Pow(d.hourly, end.Sub(d.first).Hours())
}

// of is what a call takes that took so many microseconds in the beginning.
func (d *drift) of(own int64, service int) int64 {
	if d.factor == 0 || !drifts(service) {
		return own
	}
	return max(1, int64(float64(own)*d.factor))
}

// drifts: catalog, orders, notification and payment, who are in most requests.
func drifts(service int) bool { return service%3 == 2 }
