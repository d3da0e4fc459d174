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

// The keys of mappings. Of those that both formats have under one name, either format's
// are taken; prose and hints for generators are among them and not looked at.
var (
	firstFormat  = words("groups imports")
	secondFormat = words("file_format version attributes attribute_groups spans metrics events entities " +
		"span_refinements metric_refinements event_refinements entity_refinements imports")
	manifestKeys = words("file_format name description schema_url schema_base_url semconv_version version stability dependencies " +
		"resolved_schema_uri resolved_schema_url")
	dependencyKeys = words("name schema_url registry_path")
	groupKeys      = words("id type brief note prefix extends include_groups stability deprecated attributes constraints span_kind events " +
		"metric_name instrument unit name lifecycle display_name body annotations entity_associations visibility requirement_level")
	attributeKeys = words("id ref key type brief examples tag requirement_level sampling_relevant note stability deprecated prefix " +
		"annotations role")
	referenceKeys = words("ref ref_group brief examples requirement_level sampling_relevant note stability deprecated annotations role tag prefix")
	signalKeys    = words("id ref type name kind instrument unit brief note stability deprecated attributes identity description " +
		"entity_associations annotations requirement_level visibility body display_name events value_type")
	enumKeys       = words("members allow_custom_values id")
	memberKeys     = words("id value brief note stability deprecated annotations")
	deprecatedKeys = words("reason renamed_to note")
	importKeys     = words("spans metrics events entities attribute_groups")
)

func templates(scalars map[string]bool) map[string]bool {
	all := map[string]bool{}
	for s := range scalars {
		all[s], all["template["+s+"]"] = true, true
	}
	return all
}
