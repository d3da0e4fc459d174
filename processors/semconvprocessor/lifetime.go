package semconvprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// lifetime is the time that a series' points are about, and the metric that has them.
type lifetime struct {
	from, to pcommon.Timestamp
	member   int
}

// again says whether another metric has a point already: the one that had the new name,
// or one that got it before. A service that writes old and new names writes each point
// twice. Their times may differ a little, because some SDKs look at the clock for every
// instrument; so a point that begins before the other's last one ends is a second one,
// too, unless both count from one moment on and so are points of one series.
func (d *identities) again(w *work, i int, series fingerprint, start, end pcommon.Timestamp, t pmetric.AggregationTemporality) bool {
	host := w.plans[i].host
	if host == w.plans[host].last {
		return false // alone
	}
	origin := &w.plans[i]
	if n, ok := d.find[identity{series, end}]; ok && !origin.sameOrigin(&w.plans[d.classes[n].member]) {
		return true
	}
	known, ok := d.series[series]
	switch {
	case !ok:
		d.series[series] = lifetime{start, end, i}
		return false
	case origin.sameOrigin(&w.plans[known.member]):
		d.series[series] = lifetime{min(known.from, start), max(known.to, end), known.member}
		return false
	}
	overlaps := start != 0 && known.from != 0 && start < known.to && known.from < end
	switch t {
	case pmetric.AggregationTemporalityDelta:
		return overlaps
	case pmetric.AggregationTemporalityCumulative:
		return overlaps && start != known.from
	default:
		return false
	}
}
