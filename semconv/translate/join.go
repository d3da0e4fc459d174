package translate

import "strings"

// join puts parts together; an empty first part or one that the last begins with
// already adds nothing, so that joining again changes nothing.
func join(parts []string, separator string) (Value, outcome) {
	last := parts[len(parts)-1]
	if first := parts[0]; first == "" || strings.HasPrefix(last, first+separator) {
		return StringValue(last), converted
	}
	return StringValue(strings.Join(parts, separator)), converted
}

// languageSeparator is what stands between a namespace and a function in a language's
// fully qualified names (code.function.name).
func languageSeparator(language string) string {
	switch language {
	case "cpp", "rust", "php":
		return "::"
	default:
		return "."
	}
}
