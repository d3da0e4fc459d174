package registry

var typeWords = [...]string{"any", "string", "int", "double", "boolean", "string[]", "int[]", "double[]", "boolean[]", "any[]"}

// String is the type in the registry's own words; of an enum, that of its members.
func (t Type) String() string {
	if int(t.Base()) >= len(typeWords) {
		return "unknown"
	}
	if t&Template != 0 {
		return "template[" + typeWords[t.Base()] + "]"
	}
	return typeWords[t.Base()]
}

func (s Stability) String() string {
	return word(s, "development", "alpha", "beta", "release_candidate", "stable")
}

func (d Deprecation) String() string {
	return word(d, "live", "renamed", "obsoleted", "uncategorized", "absent")
}

func (l Level) String() string {
	return word(l, "required", "conditionally_required", "recommended", "opt_in")
}

func (i Instrument) String() string {
	return word(i, "none", "counter", "updowncounter", "gauge", "histogram")
}

func (k Kind) String() string {
	return word(k, "unspecified", "internal", "server", "client", "producer", "consumer")
}

func word[T ~uint8](value T, words ...string) string {
	if int(value) >= len(words) {
		return "unknown"
	}
	return words[value]
}
