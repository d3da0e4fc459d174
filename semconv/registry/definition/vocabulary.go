package definition

// The words of both formats.
var (
	stabilities = words("development alpha beta release_candidate stable experimental deprecated")
	reasons     = words("renamed obsoleted uncategorized unspecified")
	levels      = words("required conditionally_required recommended opt_in")
	spanKinds   = words("internal server client producer consumer")
	instruments = words("counter updowncounter gauge histogram")
	valueTypes  = words("int double")
	roles       = words("identifying descriptive")
	scalarTypes = words("string int double boolean any string[] int[] double[] boolean[]")
	// types are those of an attribute that is no enum.
	types = templates(scalarTypes)
)

func templates(scalars map[string]bool) map[string]bool {
	all := map[string]bool{}
	for s := range scalars {
		all[s], all["template["+s+"]"] = true, true
	}
	return all
}
