// Package configs reads what names attributes and metrics without being code: configurations of
// collectors, of SDKs and of the stores behind them, Kubernetes manifests, Helm charts, compose
// files, environments.
package configs

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// New makes the reader.
func New() source.Reader { return reader{} }

type reader struct{}

func (reader) Name() string { return "configs" }

func (reader) Claims(p string) bool { return formOf(p) != "" }

// The forms of files.
const (
	yamlForm       = "yaml"
	jsonForm       = "json"
	propertiesForm = "properties"
	textForm       = "env"
)

var formsByExtension = map[string]string{
	".yaml": yamlForm, ".yml": yamlForm, ".tpl": yamlForm, ".gotmpl": yamlForm,
	".json": jsonForm, ".properties": propertiesForm,
	".env": textForm, ".envrc": textForm, ".sh": textForm, ".bash": textForm, ".zsh": textForm, ".service": textForm, ".conf": textForm, ".dockerfile": textForm,
	".tf": textForm, ".tfvars": textForm, ".hcl": textForm, ".toml": textForm, ".ini": textForm, ".ps1": textForm, ".bat": textForm, ".cmd": textForm, ".mk": textForm, ".nix": textForm,
}

// templates are the endings of files that are filled in, or copied, before they are used.
var templates = []string{".j2", ".jinja", ".jinja2", ".tmpl", ".tftpl", ".template", ".gotmpl", ".tpl", ".erb", ".example", ".sample", ".dist"}

// formOf says by a file's name how it is read, empty where it is not.
func formOf(p string) string {
	base := strings.ToLower(path.Base(p))
	if inner := strings.TrimSuffix(base, path.Ext(base)); slices.Contains(templates, path.Ext(base)) && formsByExtension[path.Ext(inner)] != "" {
		base = inner
	}
	if form := formsByExtension[path.Ext(base)]; form != "" {
		return form
	}
	for _, start := range []string{"dockerfile", "containerfile", ".env", "makefile", "procfile", "justfile", "tiltfile", "vagrantfile"} {
		if base == start || strings.HasPrefix(base, start+".") {
			return textForm
		}
	}
	return ""
}

func (reader) Read(ctx context.Context, _ string, files []*source.File, to source.Sink) error {
	source.Each(ctx, files, func(f *source.File) {
		content, ok := f.ContentFor(to)
		if !ok || !telling(content) {
			return
		}
		r := newReading(f, to, content)
		r.read(formOf(f.Path))
		if len(r.uses) > 0 {
			to.Uses(f, formOf(f.Path), content, r.uses)
		}
	})
	return ctx.Err()
}

// tells are what stands in every file that names something: most files are not looked at again.
var tells = [][]byte{
	[]byte("receivers"), []byte("processors"), []byte("exporters"), []byte("connectors"), []byte("OTEL_"), []byte("otel"), []byte("opentelemetry"), []byte("file_format"),
	[]byte("metrics_generator"), []byte("metricsGenerator"), []byte("otlp_config"), []byte("resource_attributes"), []byte("relabel"), []byte("Relabel"),
	[]byte("tags_as_fields"), []byte("tags-as-fields"), []byte("TAGS_AS_FIELDS"), []byte("linkPatterns"), []byte("parquet_dedicated_columns"), []byte("span["), []byte("attr:"),
}

func telling(content []byte) bool {
	for _, tell := range tells {
		if bytes.Contains(content, tell) {
			return true
		}
	}
	return false
}
