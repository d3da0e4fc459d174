package main

import (
	"path"
	"strings"
)

// packagesOf are the packages from which a language has the constants of a file.
func packagesOf(language, file string) []string {
	base := strings.TrimSuffix(path.Base(file), path.Ext(file))
	switch language {
	case "go":
		return []string{"go.opentelemetry.io/otel/" + path.Dir(file)}
	case "python":
		_, module, _ := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(file, ".py"), "/__init__"), "/src/")
		module = strings.ReplaceAll(module, "/", ".")
		return []string{module + map[string]string{
			"opentelemetry.semconv.trace":    ".SpanAttributes",
			"opentelemetry.semconv.resource": ".ResourceAttributes",
			"opentelemetry.semconv.metrics":  ".MetricInstruments",
		}[module]}
	case "java":
		_, class, _ := strings.Cut(strings.TrimSuffix(file, ".java"), "/java/")
		return []string{strings.ReplaceAll(class, "/", ".")}
	case "js":
		const module = "@opentelemetry/semantic-conventions"
		if strings.HasPrefix(base, "experimental_") {
			return []string{module + "/incubating"}
		}
		return []string{module, module + "/incubating"}
	case "csharp":
		return []string{"OpenTelemetry.SemanticConventions." + base}
	case "ruby":
		_, module, _ := strings.Cut(strings.TrimSuffix(file, ".rb"), "/lib/opentelemetry/")
		parts := strings.Split(module, "/")
		switch {
		case parts[0] == "semantic_conventions":
			return []string{"OpenTelemetry::SemanticConventions::" + strings.ToUpper(base[:1]) + base[1:]}
		case parts[1] == "incubating":
			return []string{"OpenTelemetry::SemConv::Incubating::" + strings.ToUpper(parts[2])}
		}
		return []string{"OpenTelemetry::SemConv::" + strings.ToUpper(parts[1])}
	case "php":
		return []string{`OpenTelemetry\SemConv\` + strings.ReplaceAll(strings.TrimSuffix(file, ".php"), "/", `\`)}
	case "rust":
		return []string{"opentelemetry_semantic_conventions::" + base}
	case "cpp":
		return []string{"opentelemetry::semconv::" + base[:max(strings.LastIndexByte(base, '_'), 0)]}
	}
	return nil
}

// nameOf is a constant's name; of C++'s metrics the table leaves out what they begin with.
func nameOf(language, file, name string) string {
	if language == "cpp" && strings.HasSuffix(file, "_metrics.h") {
		return "kMetric" + name
	}
	return name
}

// sure says of a constant whose text the registry does not have whether it is a name
// nevertheless, by how it is called.
func sure(language, name, text string) bool {
	switch language {
	case "go":
		return strings.HasSuffix(name, "Key")
	case "js":
		return strings.HasPrefix(name, "EVENT_")
	case "ruby":
		return strings.Contains(text, ".")
	}
	return false
}
