package bottleneck

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBudgetCheck(t *testing.T) {
	require.NoError(t, (&Budget{Fraction: 1}).Check())
	for want, b := range map[string]*Budget{
		"0 of spans_per_second":   {},
		"2 of spans_per_second":   {SpansPerSecond: 1, Fraction: 0.1},
		"fraction: 1.5 is more":   {Fraction: 1.5},
		"bytes_per_second: -1 is": {BytesPerSecond: -1},
		"fraction: NaN is not":    {Fraction: math.NaN()},
	} {
		require.ErrorContains(t, b.Check(), want)
	}
}
