package quality

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/tracegen"
)

func TestTracesAreWhatASamplerSees(t *testing.T) {
	s := short()
	s.Traces, s.WarmUp = 3000, 1000
	s.Config.Late = 0.2
	traffic, err := s.traces()
	require.NoError(t, err)
	n, spans := 0, 0
	var last time.Time
	for trace := range traffic {
		require.Equal(t, n, trace.Index)
		require.Equal(t, n < 1000, trace.WarmUp)
		require.True(t, trace.At.After(last))
		require.True(t, trace.Spans[0].Parent.IsZero())
		for _, span := range trace.Spans {
			require.False(t, span.Late)
			require.Nil(t, span.Attributes)
			require.Equal(t, trace.ID, span.TraceID)
		}
		n, last, spans = n+1, trace.At, spans+len(trace.Spans)
	}
	assert.Equal(t, 4000, n)
	assert.InDelta(t, 24*0.8, float64(spans)/4000, 1.5)
	assert.Equal(t, s.Config.Start.Add(3999*2500*time.Microsecond), last)
}

func TestUniformIsUniform(t *testing.T) {
	s := short()
	traffic, err := s.traces()
	require.NoError(t, err)
	sum, n := 0.0, 0.0
	for trace := range traffic {
		u := trace.uniform()
		require.True(t, u > 0 && u <= 1)
		sum, n = sum+u, n+1
	}
	assert.InDelta(t, 0.5, sum/n, 0.01)
	assert.Equal(t, 1.0, (&Trace{}).uniform())
	assert.Equal(t, 0.5, (&Trace{ID: tracegen.TraceID{9: 0x80}}).uniform())
}
