package dashboards

import "maps"

// recorded are the metrics that recording rules make, with those that they make them of: their
// labels are the same.
type recorded map[string][]string

// maxRecorded bounds of how many metrics one is said to be made, also by rules upon rules.
const maxRecorded = 8

// record notes that a rule makes a metric of what it asks for.
func (f *file) record(metric string, o *owner) {
	if metric == "" {
		return
	}
	if f.recorded == nil {
		f.recorded = recorded{}
	}
	for _, s := range o.series {
		for _, m := range s.metrics {
			if m != metric && len(f.recorded[metric]) < maxRecorded {
				f.recorded[metric] = append(f.recorded[metric], m)
			}
		}
	}
}

// below are metrics with those that they were made of.
func (r recorded) below(metrics []string) []string {
	for i := 0; i < len(metrics) && i < maxRecorded; i++ {
		metrics = append(metrics[:len(metrics):len(metrics)], r[metrics[i]]...)
	}
	return metrics
}

// add adds those of a file.
func (r recorded) add(of *file) { maps.Copy(r, of.recorded) }
