// Package collector knows where the components of an OpenTelemetry Collector's configuration name
// attributes and metrics: which keys they look for, which they set, and in what statements.
package collector

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// Found is a use with its place in the configuration.
type Found struct {
	source.Use
	// Path is the configuration's: processors.tail_sampling.policies[0].string_attribute.key.
	Path string
	// Block is the path of the list or statement that the use stands in: names in one block are
	// alternatives or work together.
	Block string
}

// Component is one of a configuration.
type Component struct {
	// Section is processors, connectors and so on; ID the type and, behind a slash, the name.
	Section, ID string
	Config      *yamltext.Node
	Found       []Found
	// Broken are the statements that cannot be read.
	Broken []Broken
}

// Broken is a statement that cannot be read.
type Broken struct {
	At  source.Range
	Err error
}

// sections are the parts of a configuration that hold components.
var sections = []string{"receivers", "processors", "exporters", "connectors", "extensions"}

// Is says whether a mapping is a collector's configuration: it has pipelines, or at least two
// sections with components of types that collectors have.
func Is(n *yamltext.Node) bool {
	if n == nil || n.Kind != yamltext.Mapping {
		return false
	}
	if pipelines := n.Get("service", "pipelines"); pipelines != nil && pipelines.Kind == yamltext.Mapping {
		return true
	}
	known := 0
	for _, section := range sections {
		components := n.Get(section)
		if components == nil || components.Kind != yamltext.Mapping {
			continue
		}
		for _, p := range components.Pairs {
			if kind := Type(p.Key.Value()); rules[section][kind] != nil || common[kind] {
				known++
				break
			}
		}
	}
	// A part of a configuration, to be merged with others: a processor alone says what it is, if
	// its configuration is what that processor's looks like.
	return known >= 2 || known == 1 && n.Get("processors") != nil && partial(n)
}

// partial says whether nothing but a collector's sections stands in a mapping.
func partial(n *yamltext.Node) bool {
	for _, p := range n.Pairs {
		switch p.Key.Value() {
		case "receivers", "processors", "exporters", "connectors", "extensions", "service":
		default:
			return false
		}
	}
	return true
}

// common are components that name nothing, by which a configuration is known.
var common = map[string]bool{
	"otlp": true, "otlphttp": true, "otlpgrpc": true, "batch": true, "memorylimiter": true, "debug": true, "logging": true, "prometheus": true, "prometheusremotewrite": true,
	"hostmetrics": true, "zipkin": true, "jaeger": true, "kafka": true, "nop": true, "file": true, "healthcheck": true, "zpages": true, "pprof": true, "forward": true,
}

// Type is the type of a component's id, without underscores.
func Type(id string) string {
	kind, _, _ := strings.Cut(id, "/")
	return strings.ReplaceAll(strings.TrimSpace(kind), "_", "")
}

// Components are a configuration's, in the file's order, with what they name.
func Components(n *yamltext.Node) []Component {
	var all []Component
	for _, section := range sections {
		components := n.Get(section)
		if components == nil {
			continue
		}
		for _, p := range components.Pairs {
			id := p.Key.Value()
			path := section + "." + id
			kind, _, _ := strings.Cut(id, "/")
			f := &finder{component: kind, within: p.Value.Start}
			for _, r := range rules[section][Type(id)] {
				r.find(f, p.Value, path)
			}
			for _, r := range ofSection[section] {
				r.find(f, p.Value, path)
			}
			all = append(all, Component{Section: section, ID: id, Config: p.Value, Found: f.finish(), Broken: f.broken})
		}
	}
	return all
}

// Telemetry is what a configuration says of the collector's own telemetry.
func Telemetry(n *yamltext.Node) []Found {
	telemetry := n.Get("service", "telemetry")
	if telemetry == nil {
		return nil
	}
	f := &finder{component: "service.telemetry", within: telemetry.Start}
	for _, r := range ofTelemetry {
		r.find(f, telemetry, "service.telemetry")
	}
	return f.found
}
