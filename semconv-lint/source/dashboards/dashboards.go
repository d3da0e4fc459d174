// Package dashboards reads the names that queries ask for: in Grafana's and Perses' dashboards,
// alerts and recording rules, and whatever else in YAML and JSON holds queries.
package dashboards

import (
	"bytes"
	"context"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// New is a reader. The names tell it which metrics are OpenTelemetry's: that is what proves that a
// label is.
func New(names *source.Mangled) source.Reader { return &reader{names} }

type reader struct{ names *source.Mangled }

func (*reader) Name() string { return "dashboards" }

// Claims takes JSON and YAML, and rules.
func (*reader) Claims(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".json", ".yaml", ".yml", ".rules":
		return true
	case ".tpl", ".tmpl", ".j2", ".template":
		return slices.Contains([]string{".json", ".yaml", ".yml"}, path.Ext(strings.TrimSuffix(name, path.Ext(name))))
	}
	return false
}

func (r *reader) Read(ctx context.Context, _ string, files []*source.File, to source.Sink) error {
	var mu sync.Mutex
	found, made := map[*source.File]*file{}, recorded{}
	source.Each(ctx, files, func(f *source.File) {
		content, ok := r.content(f, to)
		if !ok {
			return
		}
		in, line, err := read(r.names, isJSON(f.Path), content)
		if err != nil && bytes.Contains(content, []byte("expr")) {
			to.Note(f, line, "syntax error", err.Error())
		}
		if len(in.found)+len(in.mentions) == 0 {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		found[f] = in
		made.add(in)
	})
	// What a rule of one file makes, a dashboard of another asks for.
	source.Each(ctx, slices.Collect(maps.Keys(found)), func(f *source.File) {
		uses := found[f].uses(made)
		if len(uses) == 0 {
			return
		}
		if content, ok := r.content(f, to); ok {
			to.Uses(f, form(f.Path), content, uses)
		}
	})
	return ctx.Err()
}

// content is that of a file that may hold queries.
func (r *reader) content(f *source.File, to source.Sink) ([]byte, bool) {
	content, ok := f.ContentFor(to)
	return content, ok && promising(content) && source.Unreadable(f.Path, content) == ""
}

// form is what a file is written in.
func form(name string) string {
	if isJSON(name) {
		return "json"
	}
	return "yaml"
}

func isJSON(name string) bool { return strings.Contains(strings.ToLower(path.Base(name)), ".json") }

// signs are of which a file has one that holds queries.
var signs = [][]byte{
	[]byte("expr"), []byte("query"), []byte("Query"), []byte("Sql"), []byte("legendFormat"), []byte("source_labels"), []byte("sourceLabels"), []byte("input_series"), []byte("expression"),
}

func promising(content []byte) bool {
	return slices.ContainsFunc(signs, func(sign []byte) bool { return bytes.Contains(content, sign) })
}
