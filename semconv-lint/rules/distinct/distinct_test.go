package distinct

import (
	"math"
	"strconv"
	"testing"
)

func TestCount(t *testing.T) {
	for _, n := range []int{0, 1, 128, 129, 1000, 4000, 10_000, 100_000} {
		var whole, odd, even Counter
		for i := range 2 * n { // each value twice
			v := strconv.Itoa(i % max(n, 1))
			whole.Add(v)
			if i%2 == 1 {
				odd.Add(v)
			} else {
				even.Add(v)
			}
		}
		odd.Merge(&even)
		if odd.Count() != whole.Count() {
			t.Errorf("%d: merged %d, whole %d", n, odd.Count(), whole.Count())
		}
		if off := math.Abs(float64(whole.Count() - n)); n <= exact && off > 0 || off > 0.06*float64(n) {
			t.Errorf("%d: counted %d", n, whole.Count())
		}
	}
}
