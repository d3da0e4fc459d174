package tailsamplingprocessor

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/spans/probability"
)

func TestCache(t *testing.T) {
	c, err := newCache(1000)
	require.NoError(t, err)
	defer c.close()
	assert.Equal(t, 24, cachedSize)
	assert.Equal(t, 1024*cachedSize, c.size())
	r := rand.New(rand.NewPCG(1, 1))
	ids := make([]uint64, 500)
	for i := range ids {
		ids[i] = r.Uint64()
		c.put(ids[i], decision{high: ids[i] + 1, threshold: probability.Threshold(i) << 40, outcome: wasKept | wasErased}, 1000)
	}
	found := 0
	for i, id := range ids {
		if d, ok := c.get(id, 1100); ok {
			found++
			assert.Equal(t, decision{high: id + 1, threshold: probability.Threshold(i) << 40, outcome: wasKept | wasErased, age: 100}, d)
		}
	}
	assert.Greater(t, found, 490)
	for range 100_000 {
		_, ok := c.get(r.Uint64(), 1100)
		assert.False(t, ok)
	}
	// The newest stay where there are too many.
	for i := range uint64(100_000) {
		c.put(i, decision{}, int64(1000+i/100))
	}
	for i := uint64(99_700); i < 100_000; i++ {
		_, ok := c.get(i, 2000)
		assert.True(t, ok, i)
	}
	c.put(7, decision{threshold: probability.Never}, 5)
	d, _ := c.get(7, 5)
	assert.Equal(t, probability.Never, d.threshold)
}

// TestCacheEntries: what is remembered is sized with the limit, within it, and as it is stated.
func TestCacheEntries(t *testing.T) {
	for _, test := range []struct {
		cfg   Config
		limit int64
		want  [2]int
	}{
		{Config{}, 256 << 20, [2]int{87_382, 87_382}},
		{Config{}, 64 << 30, [2]int{cacheEntriesMax / 2, cacheEntriesMax / 2}},
		{Config{DecisionCache: DecisionCacheConfig{SampledCacheSize: 1000}}, 256 << 20, [2]int{500, 87_382}},
	} {
		got := cacheEntries(&test.cfg, test.limit, 2)
		assert.InDelta(t, test.want[0], got[0], 1)
		assert.InDelta(t, test.want[1], got[1], 1)
		assert.LessOrEqual(t, int64(2*2*(got[0]+got[1])*cachedSize), max(test.limit/cacheShare*2, 2*2*1000*24))
	}
}

// TestSlab adds and removes at random, oldest mostly first, against a map.
func TestSlab(t *testing.T) {
	rs := newSlab[record]()
	defer rs.close()
	r := rand.New(rand.NewPCG(1, 1))
	want := map[uint32]uint64{}
	var order []uint32
	most := int64(0)
	for n := range uint64(200_000) {
		i, err := rs.add()
		require.NoError(t, err)
		require.NotZero(t, i)
		_, taken := want[i]
		require.False(t, taken)
		rs.at(i).id = n
		want[i] = n
		order = append(order, i)
		for len(order) > 5000 {
			at := r.IntN(50)
			i := order[at]
			require.Equal(t, want[i], rs.at(i).id)
			rs.remove(i)
			delete(want, i)
			order[at] = order[0]
			order = order[1:]
		}
		most = max(most, rs.held)
	}
	assert.Less(t, most, int64(5000*rs.pageSize()/pageLen*2))
	for i := range want {
		rs.remove(i)
	}
	assert.LessOrEqual(t, rs.held, int64(rs.pageSize()))
}

// TestWheel moves traces about and takes what is due, against a plain list.
func TestWheel(t *testing.T) {
	ts := newTraces()
	defer ts.close()
	const ticks = 20
	w := newWheel(ticks, 100)
	r := rand.New(rand.NewPCG(1, 1))
	want := map[uint32]int64{}
	for now := int64(100); now < 2000; now++ {
		for range r.IntN(5) {
			i, err := ts.add()
			require.NoError(t, err)
			due := now + r.Int64N(ticks)
			w.add(ts, i, due)
			want[i] = due
		}
		for i := range want {
			switch r.IntN(20) {
			case 0:
				due := now + r.Int64N(ticks)
				w.remove(ts, i)
				w.add(ts, i, due)
				want[i] = due
			case 1:
				w.remove(ts, i)
				delete(want, i)
				ts.remove(i)
			}
		}
		more := true
		for more {
			var due []uint32
			due, more = w.take(ts, now, 3, nil)
			assert.LessOrEqual(t, len(due), 3)
			for _, i := range due {
				assert.LessOrEqual(t, want[i], now)
				delete(want, i)
				ts.remove(i)
			}
		}
		for _, due := range want {
			assert.Greater(t, due, now)
		}
	}
}
