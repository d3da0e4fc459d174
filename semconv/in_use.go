package semconv

import "github.com/koine-otel/koine/semconv/registry"

// inUse says whether the conventions have a name at the target.
func (j *Judge) inUse(introduced string, r *registry.Retirement) bool {
	return !j.table.Retired(r) && !j.newer(introduced, r)
}

// newer says whether a name came after the target. One that was retired in the version that
// introduced it never was: schema files tell of it alone.
func (j *Judge) newer(introduced string, r *registry.Retirement) bool {
	return j.table.Newer(introduced) && introduced != r.Since
}

// attributesInUse adds the keys of the target version.
func (j *Judge) attributesInUse(add func(key string)) {
	all := j.registry.Attributes()
	for i := range all {
		if a := &all[i]; a.Type&registry.Template == 0 && j.inUse(a.Introduced, &a.Retirement) {
			add(a.Key)
		}
	}
}
