package baseline

import (
	"math"
	"sync/atomic"
	"time"
)

// learner has what the learning goroutine needs for all series.
type learner struct {
	random     random
	step       int32   // clock units between two decays of a series
	halfLives  float64 // of a clock unit
	maxFreeze  int32
	alarmShare float32 // of a series' weight that its alarm may reach
	frozen     *freezes
	fetched    uint32
}

type freezes struct {
	now             atomic.Int64
	entered, gaveIn atomic.Uint64
}

// unit says what is different between times and calls.
type unit struct{ calls bool }

var (
	ofTime  = unit{}
	ofCalls = unit{calls: true}
)

const (
	// alarmUp and alarmDown for an observation above and one below: where more than two in
	// five lie above P90, the alarm climbs. Of ten that vary as they always did one does, and
	// the alarm would reach leastAlarm once in 10^17.
	alarmUp, alarmDown = 3, 2
	// leastAlarm is 20 observations, all above: what one slow trace with a few calls of an
	// operation does not make.
	leastAlarm = 20 * alarmUp
	// suspicion is four observations: nothing is learned while the alarm is so high, until it
	// is known whether it is one. 20 would be felt in the P99 of a rare operation.
	suspicion = 4 * alarmUp
	// alarmPart of the short half-life, of all observations above, is an incident: with the
	// default half-lives it is a 700th of what a busy series stands for, so that its P99 does
	// not feel what it had learned by then.
	alarmPart = 8

	// decaySteps in a half-life are fine enough for a smooth decay and take no time.
	decaySteps = 16
	// floorWeight is what decay leaves: enough, with a margin for random rounding.
	floorWeight = 2 * enough
)

func newLearner(short, long, freeze time.Duration) learner {
	return learner{
		step:       max(1, units(long)/decaySteps),
		halfLives:  float64(int64(1)<<clockBits) / float64(long),
		maxFreeze:  units(freeze),
		alarmShare: float32(short) / float32(long) / alarmPart * alarmUp,
	}
}

// observe learns a value, or does not while the series is frozen. It says whether the norm is
// to be published again: after a number of observations in proportion to what is there. What
// is not known waits for Tick.
func (l *learner) observe(s *series, buckets []uint16, v uint64, t uint32) (publish bool) {
	c := code(v)
	if s.above != 0 {
		l.watch(s, c)
		if s.frozen {
			if !l.thaws(s, buckets, t) {
				return false
			}
		} else if s.alarm >= suspicion && s.alarm >= l.limit(s) {
			if s.alarm >= leastAlarm {
				s.frozen, s.at = true, t
				l.frozen.now.Add(1)
				l.frozen.entered.Add(1)
			}
			return false
		}
	}
	if int32(t-s.at) >= l.step {
		l.decay(s, buckets, t)
	}
	if s.scale > 0 && l.random.next()&(1<<s.scale-1) != 0 {
		return false
	}
	s.add(buckets, v, c, &l.random)
	s.since++
	// refreshPart and mostUnpublished keep a norm's cost at a few per cent of the rest.
	const refreshPart, mostUnpublished = 16, 1024
	return s.total >= enough && uint32(s.since)*refreshPart >= s.total || s.since >= mostUnpublished
}

// watch lets the alarm rise or fall.
func (l *learner) watch(s *series, c uint16) {
	if c > s.above {
		if s.alarm += alarmUp; s.frozen {
			s.alarm = min(s.alarm, max(leastAlarm, l.limit(s)))
		}
	} else if s.alarm > 0 {
		s.alarm = max(0, s.alarm-alarmDown)
	}
}

// limit is the alarm of an incident.
func (l *learner) limit(s *series) int32 {
	return int32(min(float32(s.weight())*l.alarmShare, math.MaxInt32/2))
}

// thaws says whether a frozen series learns again.
func (l *learner) thaws(s *series, buckets []uint16, t uint32) bool {
	if int32(t-s.at) >= l.maxFreeze {
		l.frozen.gaveIn.Add(1)
		s.giveIn(buckets, &l.random)
	} else if s.alarm > 0 {
		return false
	}
	s.frozen, s.at = false, t
	l.frozen.now.Add(-1)
	return true
}

// giveIn keeps so little that the next observations are the new normal, and no alarm is raised
// before they are.
func (s *series) giveIn(buckets []uint16, random *random) {
	const kept = enough / 2
	s.thin(buckets, min(1, float32(kept)/float32(s.total)), random)
	s.scale, s.alarm, s.above = 0, 0, 0
}

// decay forgets what the time since the last decay takes, down to floorWeight.
func (l *learner) decay(s *series, buckets []uint16, t uint32) {
	since := t - s.at
	first := s.at == 0
	s.at = t
	if first || s.weight() <= floorWeight {
		return
	}
	factor := math.Exp2(-float64(since) * l.halfLives)
	factor = max(factor, floorWeight/float64(s.weight()))
	for s.scale > 0 && factor < 0.5 {
		// By halves, so that the scale can follow and no count is lost to it.
		s.thin(buckets, 0.5, &l.random)
		s.refine(buckets)
		factor *= 2
	}
	s.thin(buckets, float32(factor), &l.random)
	s.refine(buckets)
	s.since++ // its norm is older than its counts
	if s.low < s.high {
		// The extremes forget too: an eighth, which at the most is what 16 values evenly
		// spread leave out.
		by := (s.high - s.low) / 8
		s.low, s.high = s.low+by, s.high-by
	}
}

// publish makes the norm, and from it what raises the alarm.
func (s *series) publish(buckets []uint16, u unit) uint64 {
	packed := s.norm(buckets)
	s.since = 0
	s.above = 0
	if isKnown(packed) {
		p90 := decode(uint16(packed >> 16))
		s.above = max(1, code(u.margin(p90)))
	}
	return packed
}

// margin is the largest value that is not far above P90: for a time an eighth, which is half
// a bucket's width; for calls half, and one in any case.
func (u unit) margin(p90 uint64) uint64 {
	by := p90 / 8
	if u.calls {
		by = max(1, p90/2)
	}
	if p90+by < p90 {
		return math.MaxUint64
	}
	return p90 + by
}
