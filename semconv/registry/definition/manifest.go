package definition

import (
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// manifest is what a registry says of itself. The newer file is manifest.yaml with
// schema_url and dependencies of schema_url and registry_path; the older one is
// registry_manifest.yaml with name, schema_base_url and dependencies of name and
// registry_path.
type manifest struct {
	schemaURL    string
	dependencies []dependency
}

type dependency struct {
	url, path string
	at        Position
}

var manifestNames = [...]string{"manifest.yaml", "registry_manifest.yaml"}

// embedded is a dependency that needs no files: OpenTelemetry's own conventions, which
// are the bases, whatever version they are asked for in.
func (d dependency) embedded() bool {
	for _, prefix := range [...]string{
		"https://opentelemetry.io/schemas/",
		"https://github.com/open-telemetry/semantic-conventions",
	} {
		if strings.HasPrefix(d.url, prefix) || strings.HasPrefix(d.path, prefix) {
			return true
		}
	}
	return false
}

// manifest reads the bundle's manifest, which it need not have.
func (b *bundle) manifest(problems *Problems) manifest {
	var m manifest
	for _, name := range manifestNames {
		data, ok := b.files[name]
		if !ok {
			continue
		}
		items := maxItems
		f := &file{name: filepath.Join(b.name, name), problems: problems, items: &items}
		n := f.parse(data)
		f.only(n, manifestKeys)
		m.schemaURL = f.url(n)
		for _, d := range f.list(n, "dependencies") {
			d = resolved(d)
			f.only(d, dependencyKeys)
			m.dependencies = append(m.dependencies, dependency{f.url(d), f.text(d, "registry_path"), f.at(d)})
		}
		break
	}
	return m
}

// url is a schema_url, a text or a mapping with a url; the older manifest has none.
func (f *file) url(n *yaml.Node) string {
	if get(get(n, "schema_url"), "url") != nil {
		return f.text(get(n, "schema_url"), "url")
	}
	return f.text(n, "schema_url")
}
