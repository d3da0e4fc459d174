package criticalpath

import (
	"cmp"
	"slices"

	"github.com/koine-otel/koine/spans/reuse"
)

// candidate is a child that may be on the path, cut to the part of its parent that is.
type candidate struct {
	end, start uint64
	span       int32
}

// compareCandidates puts the last finishing first, and of those the last to begin.
func compareCandidates(spans []Span, a, b *candidate) int {
	switch {
	case a.end != b.end:
		return cmp.Compare(b.end, a.end)
	case a.start != b.start:
		return cmp.Compare(b.start, a.start)
	}
	return cmp.Or(cmp.Compare(spans[a.span].ID, spans[b.span].ID), cmp.Compare(a.span, b.span))
}

// fewCandidates are sorted at once: for more, to deal them out first takes half the time.
const fewCandidates = 100

// sort orders many siblings in two steps. Their ends are mostly spread over the parent's
// time; so they are dealt into as many buckets by it, and each bucket is sorted. If all
// are in one, that takes as long as to sort them at once.
func (a *Analyzer) sort(spans []Span, list []candidate) {
	compare := func(a, b candidate) int { return compareCandidates(spans, &a, &b) }
	if len(list) <= fewCandidates {
		slices.SortFunc(list, compare)
		return
	}
	earliest, latest := list[0].end, list[0].end
	for i := range list {
		earliest, latest = min(earliest, list[i].end), max(latest, list[i].end)
	}
	perTime := float64(len(list)-1) / max(1, float64(latest-earliest))
	bucketOf := func(c *candidate) int { return min(len(list)-1, int(float64(latest-c.end)*perTime)) }

	a.dealt = append(a.dealt[:0], list...)
	a.buckets = reuse.Zeroed(a.buckets, len(list))
	for i := range list {
		a.buckets[bucketOf(&list[i])]++
	}
	at := int32(0)
	for b, size := range a.buckets {
		a.buckets[b] = at // where it begins, and then where the next of it goes
		at += size
	}
	for i := range a.dealt {
		b := bucketOf(&a.dealt[i])
		list[a.buckets[b]] = a.dealt[i]
		a.buckets[b]++
	}
	from := int32(0)
	for _, to := range a.buckets {
		if to-from > 1 {
			slices.SortFunc(list[from:to], compare)
		}
		from = to
	}
}
