//go:build cgo

// Package treesitter reads code in languages for which there is a tree-sitter grammar: Python,
// JavaScript and TypeScript, Java and others. A language is data; DESIGN.md says how to add one.
package treesitter

import (
	"context"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/source"
)

// New makes a reader of all languages.
func New(c *semconvlint.Conventions) source.Reader { return &reader{newVocabulary(c)} }

type reader struct{ names *vocabulary }

func (*reader) Name() string { return "treesitter" }

// Claims says by the extension whether a file is in one of the languages.
func (*reader) Claims(path string) bool {
	l, _ := byExtension(path)
	return l != nil
}

// Read parses the files that are worth it. Constants of a file that others use are known only when
// all have been read, so its uses wait for them.
func (r *reader) Read(ctx context.Context, _ string, files []*source.File, to source.Sink) error {
	all := newRepository(files, r.names)
	source.Each(ctx, files, func(f *source.File) {
		l, extension := byExtension(f.Path)
		if l == nil {
			return
		}
		l.prepare()
		content, ok := f.ContentFor(to)
		if !ok || !worthParsing(l, content, r.names) {
			return
		}
		if reason := source.Unreadable(f.Path, content); reason != "" {
			to.Note(f, 0, reason, "no person wrote it: not read")
			return
		}
		t, err := parse(l.compiled[extension], l.parsed(content))
		if err != nil {
			to.Note(f, 0, "not parsed", err.Error())
			return
		}
		if t.broken >= 0 {
			line, _ := source.LinesOf(content).Position(content, t.broken)
			to.Note(f, line, "syntax error", "the file does not parse here: what follows may be read in part")
		}
		found := read(l, f, t, r.names)
		if wait := all.keep(found); !wait {
			to.Uses(f, l.name, content, found.uses)
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	all.finish(to)
	return nil
}
