package tracegen

import "time"

// pace tells when the next request is due.
type pace struct {
	interval time.Duration // 0 is no pace
	due      time.Time
}

func newPace(rate float64, begin time.Time) pace {
	if rate == 0 {
		return pace{}
	}
	return pace{interval: time.Duration(float64(time.Second) / rate), due: begin}
}

// maxDebt is how far the requests may be behind the rate and still catch up. Beyond
// it the target is too slow, and a burst would only make that worse.
const maxDebt = time.Second

// wait returns how long it is until the next request is due.
func (p *pace) wait(now time.Time) time.Duration {
	if p.interval == 0 {
		return 0
	}
	if now.Sub(p.due) > maxDebt {
		p.due = now.Add(-maxDebt)
	}
	return p.due.Sub(now)
}

func (p *pace) made() { p.due = p.due.Add(p.interval) }
