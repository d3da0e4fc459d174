package policy

import (
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
)

// Counts are what policies did, since the caller set it to zero.
type Counts struct {
	// Errors is how often a policy failed.
	Errors int64
	// Policies are by the policies' numbers.
	Policies []PolicyCount
}

// PolicyCount is what one policy did.
type PolicyCount struct {
	// Sampled, NotSampled and Dropped are what it said of traces, before the words of other
	// policies were heard.
	Sampled, NotSampled, Dropped Tally
	// Executions is how often it was asked.
	Executions int64
	// Time is how long it took. It is measured for some rounds, and scaled.
	Time time.Duration
}

// Tally is a number of traces and what they hold.
type Tally struct{ Traces, Spans, Bytes int64 }

// Reset sets counts to zero and keeps their storage.
func (c *Counts) Reset() {
	c.Errors = 0
	clear(c.Policies)
}

// clockEvery is for one of how many rounds time is taken: to read a clock takes longer than
// most policies.
const clockEvery = 16

type clock struct{ on bool }

// clock decides whether time is taken for a round, and makes room in counts.
func (s *Set) clock(counts *Counts) clock {
	if missing := len(s.policies) - len(counts.Policies); missing > 0 {
		counts.Policies = append(counts.Policies, make([]PolicyCount, missing)...)
	}
	return clock{s.rounds.Add(1)%clockEvery == 1}
}

func (c *PolicyCount) add(d samplingpolicy.Decision, t *Trace) {
	var tally *Tally

	switch d {
	case samplingpolicy.Sampled, invertSampled:
		tally = &c.Sampled
	case samplingpolicy.NotSampled, invertNotSampled:
		tally = &c.NotSampled
	case samplingpolicy.Dropped:
		tally = &c.Dropped
	default:
		return
	}
	tally.Traces++
	tally.Spans += t.Spans
	tally.Bytes += int64(t.Bytes)
}
