package translate

import "strings"

// tracingClient is what the version tag of a tracing library says.
type tracingClient struct{ name, language, version string }

// jaegerClient reads "Go-2.30.0", and "Jaeger-Go-2.30.0" as collectors write it on. What
// is not in this form is a version alone.
func jaegerClient(s string) tracingClient {
	rest := strings.TrimPrefix(s, "Jaeger-")
	word, version, ok := strings.Cut(rest, "-")
	language := jaegerLanguages[strings.ToLower(word)]
	if !ok || language == "" && rest == s {
		return tracingClient{version: s}
	}
	return tracingClient{"jaeger", language, version}
}

// jaegerLanguages are the names of Jaeger's clients as telemetry.sdk.language has them.
var jaegerLanguages = map[string]string{
	"go": "go", "java": "java", "python": "python", "node": "nodejs", "c++": "cpp", "cpp": "cpp", "csharp": "dotnet",
	".net": "dotnet", "php": "php", "ruby": "ruby", "rust": "rust",
}
