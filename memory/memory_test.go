package memory

import (
	"runtime"
	"runtime/metrics"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func env(m map[string]string) func(string) string { return func(k string) string { return m[k] } }

func TestSharesAddUp(t *testing.T) {
	assert.Equal(t, 100, samplerShare+queueShare+inFlightShare+spikeShare+reserveShare)
	for _, limit := range []int64{minLimit, 256 * mib, 512 * mib, 2048 * mib, 64 << 30} {
		b := Budget{Limit: limit}
		get := func(name string) int64 {
			n, err := strconv.ParseInt(b.Env()[name], 10, 64)
			require.NoError(t, err, name)
			require.Positive(t, n, name)
			return n
		}
		hard, spike := get("KOINE_MEMORY_LIMITER_MIB")*mib, get("KOINE_MEMORY_SPIKE_MIB")*mib
		assert.Less(t, hard, limit, "the limiter's hard limit leaves a reserve")
		assert.InDelta(t, b.GoLimit(), hard-spike, 2*mib, "the limiter's soft limit is the runtime's")
		queue := get("KOINE_MEMORY_QUEUE_BYTES")
		assert.LessOrEqual(t, hard+b.Sampler(), limit, "the sampler's memory is not Go's and comes on top")
		held := queues*decodedPerWireByte*queue + get("KOINE_MEMORY_IN_FLIGHT_MIB")*mib
		assert.LessOrEqual(t, held, b.GoLimit()+mib, "what components may hold fits below the soft limit of %d MiB", limit/mib)
		request := get("KOINE_MAX_REQUEST_BYTES")
		assert.Equal(t, request, get("KOINE_MAX_REQUEST_MIB")*mib)
		assert.LessOrEqual(t, request, queue, "a request that is taken fits into a queue")
		assert.LessOrEqual(t, request*(1+decodedPerWireByte), get("KOINE_MEMORY_IN_FLIGHT_MIB")*mib, "and is decoded within what may be in flight")
		assert.LessOrEqual(t, b.HeapFloor(), b.GoLimit()/2)
	}
}

func TestWarning(t *testing.T) {
	assert.Empty(t, Budget{Limit: minLimit}.Warning())
	assert.Equal(t, "memory: the limit of 64 MiB (cgroup) is below the 128 MiB that a collector needs under load",
		Budget{Limit: 64 * mib, Source: "cgroup"}.Warning())
	for name, value := range (Budget{Limit: 8 * mib}).Env() {
		n, err := strconv.ParseInt(value, 10, 64)
		require.NoError(t, err, name)
		assert.Positive(t, n, "%s in a tiny container", name)
	}
}

func TestDetect(t *testing.T) {
	b, err := Detect(env(map[string]string{LimitVariable: "512"}))
	require.NoError(t, err)
	assert.Equal(t, Budget{Limit: 512 * mib, Source: LimitVariable}, b)

	b, err = Detect(env(nil))
	require.NoError(t, err)
	assert.Greater(t, b.Limit, int64(minLimit))
	assert.Contains(t, []string{"cgroup", "system"}, b.Source)

	for value, want := range map[string]string{
		"much":                 `memory: KOINE_MEMORY_LIMIT_MIB="much" is not a number of MiB`,
		"9223372036854775807":  `is not a number of MiB`,
		"99999999999999999999": `is not a number of MiB`,
		"127":                  `memory: KOINE_MEMORY_LIMIT_MIB="127" is below the 128 MiB that a collector needs`,
		"-5":                   `is below`,
	} {
		_, err = Detect(env(map[string]string{LimitVariable: value}))
		assert.ErrorContains(t, err, want)
	}
}

func TestGCPercent(t *testing.T) {
	for _, c := range []struct {
		live, roots, floor float64
		want               int
	}{
		{live: 20 * mib, roots: 0, floor: 120 * mib, want: 500},
		{live: 60 * mib, roots: 0, floor: 120 * mib, want: 100},
		{live: 500 * mib, roots: 10 * mib, floor: 120 * mib, want: 100},
		{live: 15 * mib, roots: 5 * mib, floor: 115 * mib, want: 500},
		{live: 1 * mib, roots: 0, floor: 120 * mib, want: 3000},
		{live: 0, roots: 0, floor: 120 * mib, want: 3000},
		{live: 0, roots: 0, floor: 0, want: 100},
	} {
		assert.Equal(t, c.want, gcPercent(c.live, c.roots, c.floor), "%+v", c)
	}
}

func heapGoal() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

func TestFloorRaisesGoalWhileLiveIsSmallOnly(t *testing.T) {
	const floor = 64 * mib
	restore := keepFloor(floor)
	defer restore()

	require.Eventually(t, func() bool {
		runtime.GC()
		return heapGoal() > floor*9/10
	}, 10*time.Second, 10*time.Millisecond, "the goal rises to the floor")

	live := make([][]byte, 0, 96)
	for range 96 {
		live = append(live, make([]byte, mib))
	}
	require.Eventually(t, func() bool {
		runtime.GC()
		goal := heapGoal()
		return goal > 180*mib && goal < 260*mib
	}, 10*time.Second, 10*time.Millisecond, "with 96 MiB live the goal is twice the live heap")
	runtime.KeepAlive(live)
	live = nil

	require.Eventually(t, func() bool {
		runtime.GC()
		goal := heapGoal()
		return goal > floor*9/10 && goal < floor*13/10
	}, 10*time.Second, 10*time.Millisecond, "and the floor again once that is gone")
}

func TestGovernLeavesTheUsersChoice(t *testing.T) {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		before := heapGoal()
		restore := Budget{Limit: 8 << 30}.Govern(env(map[string]string{name: "100"}))
		assert.Less(t, heapGoal(), 2*before+8*mib, name)
		restore()
	}
}

func TestFloorCollectsLessOften(t *testing.T) {
	cycles := func() uint32 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 400 {
			sink = make([]byte, mib)
		}
		runtime.ReadMemStats(&after)
		return after.NumGC - before.NumGC
	}
	runtime.GC()
	plain := cycles()
	restore := keepFloor(128 * mib)
	defer restore()
	governed := cycles()
	assert.Less(t, governed*4, plain, "400 MiB of garbage: %d cycles without a floor, %d with one of 128 MiB", plain, governed)
}

var sink []byte
