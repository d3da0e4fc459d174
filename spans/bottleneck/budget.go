package bottleneck

import (
	"errors"
	"fmt"
	"math"
)

// Budget is what may be kept: one of its fields is set.
type Budget struct {
	// SpansPerSecond is how many spans.
	SpansPerSecond float64 `mapstructure:"spans_per_second"`
	// BytesPerSecond is how many bytes, as OTLP's protobuf.
	BytesPerSecond float64 `mapstructure:"bytes_per_second"`
	// Fraction is which share of the spans, from 0 to 1.
	Fraction float64 `mapstructure:"fraction"`
	_        struct{}
}

// IsZero is whether nothing is set.
func (b *Budget) IsZero() bool { return *b == Budget{} }

// Check gives every mistake. It is not called Validate because the collector would call it of budgets
// that are not set, too.
func (b *Budget) Check() error {
	var errs []error
	set := 0
	for _, f := range []struct {
		key   string
		value float64
	}{{"spans_per_second", b.SpansPerSecond}, {"bytes_per_second", b.BytesPerSecond}, {"fraction", b.Fraction}} {
		if f.value != 0 {
			set++
		}
		if f.value < 0 || math.IsNaN(f.value) || math.IsInf(f.value, 0) {
			errs = append(errs, fmt.Errorf("%s: %v is not a positive number", f.key, f.value))
		}
	}
	if b.Fraction > 1 {
		errs = append(errs, fmt.Errorf("fraction: %v is more than 1", b.Fraction))
	}
	if set != 1 {
		errs = append(errs, fmt.Errorf("%d of spans_per_second, bytes_per_second and fraction are set, and one must be", set))
	}
	return errors.Join(errs...)
}

// size is what a candidate takes of the budget, in its unit: 1 at the least.
func (b *Budget) size(c *Candidate) float64 {
	if b.BytesPerSecond > 0 {
		return float64(max(1, c.Bytes))
	}
	return float64(max(1, c.Spans))
}

// of is what may be kept of a total in the budget's unit, that came within seconds.
func (b *Budget) of(total, seconds float64) float64 {
	switch {
	case b.SpansPerSecond > 0:
		return b.SpansPerSecond * seconds
	case b.BytesPerSecond > 0:
		return b.BytesPerSecond * seconds
	}
	return b.Fraction * total
}
