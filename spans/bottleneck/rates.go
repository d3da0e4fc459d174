package bottleneck

import (
	"math"
	"slices"
)

// faded is a sum over the last seconds: what was added counts less the longer ago that was, 1/e
// after memory.
type faded struct {
	memory  float64 // seconds
	seconds float64 // that it holds
	sum     float64
}

func (f *faded) add(x float64) { f.sum += x }

// fade lets time pass and gives what is left of what was there.
func (f *faded) fade(seconds float64) (left float64) {
	left = math.Exp(-seconds / f.memory)
	f.seconds = f.seconds*left + f.memory*(1-left)
	f.sum *= left
	return left
}

func (f *faded) perSecond() float64 {
	if f.seconds == 0 {
		return 0
	}
	return f.sum / f.seconds
}

// average is of a rate over the last seconds.
type average struct {
	memory        float64 // seconds
	value, weight float64
}

// add takes in what a rate was for some seconds, and gives the average.
func (a *average) add(rate, seconds float64) float64 {
	left := math.Exp(-seconds / a.memory)
	a.value = a.value*left + rate*(1-left)
	a.weight = a.weight*left + 1 - left
	return a.value / a.weight
}

// rates are such sums by key, of the keys that have most of late.
type rates struct {
	faded // of all keys together
	keys  map[uint64]float64
	all   []float64 // scratch of level
}

// maxRates bounds the keys: operations with types of errors, and causes. Those that are left
// out are rare, and count as if they had never been there.
const maxRates = 4096

// nothing is a sum below which a key takes no place.
const nothing = 1e-3

func newRates(memory float64) rates {
	return rates{faded: faded{memory: memory}, keys: map[uint64]float64{}}
}

func (r *rates) add(key uint64, x float64) {
	if _, known := r.keys[key]; !known && (len(r.keys) >= maxRates || x < nothing) {
		return
	}
	r.keys[key] += x
	r.faded.add(x)
}

func (r *rates) fade(seconds float64) {
	left := r.faded.fade(seconds)
	for key, x := range r.keys {
		if x *= left; x < nothing {
			delete(r.keys, key)
		} else {
			r.keys[key] = x
		}
	}
}

// of is a key's sum per second.
func (r *rates) of(key uint64) float64 {
	if r.seconds == 0 {
		return 0
	}
	return r.keys[key] / r.seconds
}

// level is what each key may have a second so that together they have total: those with less
// leave the rest to the others.
func (r *rates) level(total float64) float64 {
	if len(r.keys) == 0 || r.seconds == 0 {
		return total
	}
	all := r.all[:0]
	for _, x := range r.keys {
		all = append(all, x/r.seconds)
	}
	slices.Sort(all)
	r.all = all
	for i, x := range all {
		if share := total / float64(len(all)-i); x >= share {
			return share
		}
		total -= x
	}
	return math.Inf(1)
}
