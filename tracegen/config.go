package tracegen

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Config says what the traffic is and how it is sent. Begin with DefaultConfig: a
// zero Config has no seed, no faults and no errors.
type Config struct {
	// Seed fixes everything random: the same seed gives the same traffic. Default 1.
	Seed uint64
	// Spans is about how many spans a request has, averaged over the routes: calls are
	// left out or added until it fits. 4 to 1000, default 24.
	Spans int
	// Faults is the share of requests with a planted bottleneck, 0 to 1. Default 0.005.
	Faults float64
	// Errors is the share of requests in which a call fails, 0 to 1; with Faults at
	// most 1, since a request has one or the other. Default 0.01.
	Errors float64
	// OnPath, Short and OffPath are the shares of requests in which one call's own time
	// is stretched: by 5 to 20 on the critical path, by 5 to 10 on the path for tens of
	// milliseconds, by 5 to 20 where nobody waits for it. 0 to 1, with Faults and Errors
	// at most 1. A request whose route has no such call passes it on to the next.
	// Default 0.
	OnPath, Short, OffPath float64
	// Drift is the factor by which the calls of a third of the services become slower
	// in an hour, counted from the first request. 0 to 100, 0 is as 1. Default 1: none.
	Drift float64
	// Skew is how far a service's clock is off at most: each by a time of its own that
	// stays. 0 to 1h, default 0.
	Skew time.Duration
	// Missing is the share of spans that are lost, Late that of spans that are told
	// late; never a root or a label's span. 0 to 1, default 0.
	Missing, Late float64
	// Protocol makes every service speak one protocol. Default NativeProtocol: each
	// its own.
	Protocol Protocol
	// Convention makes every service use V120 or V144. Default NativeConvention: each
	// its own.
	Convention Convention

	// Start is the time of a Corpus. Default 2026-01-01 00:00 UTC, so that a corpus is
	// the same on every day. Run tells the real time instead.
	Start time.Time

	// Rate is how many requests Run makes a second; 0 is as many as the targets take.
	// Default 50.
	Rate float64
	// Duration ends Run; 0 is without end. Default 0.
	Duration time.Duration
	// Traces ends Run after so many requests; 0 is without end. Default 0.
	Traces int
	// Labels, unless nil, gets the truth about planted bottlenecks from Run: one Label
	// a line, as JSON. Default nil.
	Labels io.Writer

	// BatchSpans is how many spans of a service go in one request to its target.
	// 1 to 10000, default 512, as an SDK's batch processor.
	BatchSpans int
	// BatchInterval is the longest that a span waits for its batch to fill. More than
	// 0, at most 1s. Default 500ms.
	BatchInterval time.Duration
	// InFlight is how many requests a protocol's target is sent at the same time.
	// 1 to 256, default 4.
	InFlight int
	// Queue is how many batches wait for one of these places; then generation waits.
	// 1 to 4096, default 16.
	Queue int
	// Attempts is how often a batch is sent at most when its target answers that it
	// may be sent again. 1 to 20, default 5.
	Attempts int
	// Timeout bounds one attempt. More than 0, default 10s.
	Timeout time.Duration
	// Drain bounds the delivery of what is queued once Run ends. More than 0, default
	// 10s.
	Drain time.Duration
}

// DefaultConfig returns each field's default.
func DefaultConfig() Config {
	return Config{
		Seed:          1,
		Spans:         24,
		Faults:        0.005,
		Errors:        0.01,
		Drift:         1,
		Start:         time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Rate:          50,
		BatchSpans:    512,
		BatchInterval: 500 * time.Millisecond,
		InFlight:      4,
		Queue:         16,
		Attempts:      5,
		Timeout:       10 * time.Second,
		Drain:         10 * time.Second,
	}
}

// Validate joins everything that is wrong with the configuration.
func (c *Config) Validate() error {
	return errors.Join(c.validateTraffic(), c.validateSending())
}

func (c *Config) validateTraffic() error {
	var errs []error
	errs = append(errs,
		within("spans", c.Spans, 4, 1000),
		share("faults", c.Faults),
		share("errors", c.Errors),
		share("on path", c.OnPath),
		share("short", c.Short),
		share("off path", c.OffPath),
		share("missing", c.Missing),
		share("late", c.Late))
	if c.Faults+c.Errors > 1 {
		errs = append(errs, fmt.Errorf("faults %v and errors %v: together more than 1", c.Faults, c.Errors))
	} else if c.Faults+c.Errors+c.OnPath+c.Short+c.OffPath > 1 {
		errs = append(errs, fmt.Errorf("faults %v, errors %v, on path %v, short %v and off path %v: together more than 1",
			c.Faults, c.Errors, c.OnPath, c.Short, c.OffPath))
	}
	if !(c.Drift >= 0 && c.Drift <= 100) {
		errs = append(errs, fmt.Errorf("drift %v: not within 0 and 100", c.Drift))
	}
	if c.Skew < 0 || c.Skew > time.Hour {
		errs = append(errs, fmt.Errorf("skew %v: not within 0s and 1h", c.Skew))
	}
	if c.Protocol > OTLPHTTP {
		errs = append(errs, fmt.Errorf("protocol %v", c.Protocol))
	}
	if c.Convention != NativeConvention && c.Convention != V120 && c.Convention != V144 {
		errs = append(errs, fmt.Errorf("convention %v: not one that every service can use (1.20 or 1.44)", c.Convention))
	}
	return errors.Join(errs...)
}

func (c *Config) validateSending() error {
	var errs []error
	// A schedule is kept in whole nanoseconds: above 1e6 a second, use 0.
	if !(c.Rate >= 0 && c.Rate <= 1e6) {
		errs = append(errs, fmt.Errorf("rate %v: not within 0 and 1e6 a second", c.Rate))
	}
	if c.Duration < 0 {
		errs = append(errs, fmt.Errorf("duration %v: negative", c.Duration))
	}
	if c.Traces < 0 {
		errs = append(errs, fmt.Errorf("traces %d: negative", c.Traces))
	}
	if c.BatchInterval <= 0 || c.BatchInterval > time.Second {
		errs = append(errs, fmt.Errorf("batch interval %v: not within 0s and 1s", c.BatchInterval))
	}
	if c.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("timeout %v: not positive", c.Timeout))
	}
	if c.Drain <= 0 {
		errs = append(errs, fmt.Errorf("drain %v: not positive", c.Drain))
	}
	errs = append(errs,
		within("batch spans", c.BatchSpans, 1, 10000),
		within("in flight", c.InFlight, 1, 256),
		within("queue", c.Queue, 1, 4096),
		within("attempts", c.Attempts, 1, 20))
	return errors.Join(errs...)
}

func within(name string, n, low, high int) error {
	if n < low || n > high {
		return fmt.Errorf("%s %d: not within %d and %d", name, n, low, high)
	}
	return nil
}

func share(name string, x float64) error {
	if !(x >= 0 && x <= 1) { // a NaN fails too
		return fmt.Errorf("%s %v: not within 0 and 1", name, x)
	}
	return nil
}
