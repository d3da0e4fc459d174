package tracegen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLateSpansAreSentLate(t *testing.T) {
	services := Services(DefaultConfig())
	lines := []line{{late: NewEncoder(&services[0]), sender: &sender{queue: make(chan batch, 4)}, tally: &tally{}}}
	queue := lines[0].sender.queue
	var l late
	now := testEnd
	lines[0].late.Add(&Span{Name: "a"})
	l.flush(lines, now)
	lines[0].late.Add(&Span{Name: "b"})
	l.flush(lines, now.Add(lateBy-time.Millisecond))
	require.Empty(t, queue, "not before it is due")
	l.flush(lines, now.Add(lateBy+time.Second))
	require.Len(t, queue, 1)
	l.end(lines)
	require.Len(t, queue, 2)
	assert.Equal(t, 1, (<-queue).spans)
}

func TestRunDeliversLateSpans(t *testing.T) {
	c := startCollector(t)
	cfg := fast(200)
	cfg.Late, cfg.OnPath = 0.1, 0.1
	s, err := Run(t.Context(), cfg, c.Targets, nil)
	require.NoError(t, err)
	checkSums(t, s)
	assert.Zero(t, s.Total.Refused)
	assert.Positive(t, s.OnPath)
	assert.EqualValues(t, s.Total.Generated, c.spans[ZipkinJSON]+c.spans[ZipkinProto]+c.spans[OTLPGRPC]+c.spans[OTLPHTTP])
}
