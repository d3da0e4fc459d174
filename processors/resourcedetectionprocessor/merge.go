package resourcedetectionprocessor

import "go.opentelemetry.io/collector/pdata/pcommon"

// merge copies the attributes of from to to. Where both have one, that of from replaces
// the other if override is set, and is left out if not.
func merge(to, from pcommon.Map, override bool) {
	if to.Len() == 0 {
		from.CopyTo(to)
		return
	}
	for key, value := range from.All() {
		target, exists := to.GetOrPutEmpty(key)
		if override || !exists {
			value.CopyTo(target)
		}
	}
}
