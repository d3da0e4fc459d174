package semconvlintconnector

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// TestScoreOfWindows: a rule that failed has failed for one window more, and a service that is
// gone goes with its sums.
func TestScoreOfWindows(t *testing.T) {
	now := time.Now()
	s := newServices(10, now)
	step := func(failed bool) {
		now = now.Add(time.Minute)
		score := semconvlint.Score{Passed: []string{"RES-005", "SPA-001"}}
		if failed {
			score = semconvlint.Score{Passed: []string{"RES-005"}, Failed: []string{"SPA-001"}}
		}
		s.add(&semconvlint.Result{Services: []semconvlint.ServiceResult{{
			Name: "shop", Elements: map[semconvlint.Signal]int64{semconvlint.OnSpan: 1}, Score: score,
		}}}, nil, now)
	}
	step(true)
	failing, ok := s.score("shop")
	require.True(t, ok)
	assert.Less(t, failing, 100.0)
	step(false)
	is, _ := s.score("shop")
	assert.InDelta(t, failing, is, 0, "it failed a minute ago")
	s.forget(now)
	step(false)
	is, _ = s.score("shop")
	assert.InDelta(t, failing, is, 0, "it failed in the window before")
	s.forget(now)
	step(false)
	is, _ = s.score("shop")
	assert.InDelta(t, 100, is, 0)
	assert.EqualValues(t, 4, s.all["shop"].elements[semconvlint.OnSpan])

	s.forget(now.Add(time.Minute))
	assert.Contains(t, s.all, "shop", "it was seen in the window that ends")
	s.forget(now.Add(2 * time.Minute))
	assert.Empty(t, s.all)
}

// TestUnknownScore: where no rule counts there is none.
func TestUnknownScore(t *testing.T) {
	s := newServices(10, time.Now())
	s.add(&semconvlint.Result{Services: []semconvlint.ServiceResult{{Name: "shop"}}}, nil, time.Now())
	_, ok := s.score("shop")
	assert.False(t, ok)
}
