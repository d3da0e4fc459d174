package translate

import "strings"

// join puts parts together; an empty first part or one that the last begins with
// already adds nothing, so that joining again changes nothing.
func join(parts []string, separator string) (Value, outcome) {
	last := parts[len(parts)-1]
	first := parts[0]
	if first == "" || strings.HasPrefix(last, first+separator) {
		return StringValue(last), converted
	}
	if separator == "/" && len(parts) == 2 {
		return StringValue(methodPath(first, last)), converted
	}
	return StringValue(strings.Join(parts, separator)), converted
}

// methodPath joins a service and a method. A method may name its service already: with a slash
// before it, as HTTP/2 has it, or one of the two without the package.
func methodPath(service, method string) string {
	of, name := grpcMethod(method)
	switch {
	case of == service || strings.HasSuffix(of, "."+service):
		return of + "/" + name
	case of != "" && strings.HasSuffix(service, "."+of):
		return service + "/" + name
	}
	return service + "/" + strings.TrimPrefix(method, "/")
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
