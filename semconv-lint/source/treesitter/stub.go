//go:build !cgo

// Package treesitter reads code in languages for which there is a tree-sitter grammar: Python,
// JavaScript and TypeScript, Java and others. This build has no cgo and reads none of them.
package treesitter

import (
	"context"
	"path"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/source"
)

// New makes a reader that says of the files what it leaves out.
func New(*semconvlint.Conventions) source.Reader { return reader{} }

type reader struct{}

func (reader) Name() string { return "treesitter" }

// extensions are those of the languages that a build with cgo reads.
var extensions = map[string]bool{
	".py": true, ".pyi": true,
	".js": true, ".mjs": true, ".cjs": true, ".jsx": true, ".ts": true, ".mts": true, ".cts": true, ".tsx": true,
	".java": true, ".kt": true, ".kts": true,
	".cs": true, ".csx": true, ".rb": true, ".rake": true, ".ru": true, ".php": true, ".phtml": true, ".inc": true, ".rs": true,
	".cpp": true, ".cc": true, ".cxx": true, ".h": true, ".hpp": true, ".hxx": true,
}

// Claims says by the extension whether a file is in one of the languages.
func (reader) Claims(file string) bool { return extensions[path.Ext(file)] }

// Read notes that the files are not read.
func (reader) Read(_ context.Context, _ string, files []*source.File, to source.Sink) error {
	for _, f := range files {
		to.Note(f, 0, "built without cgo", "code in this language is read by a semconv-lint that is built with cgo")
	}
	return nil
}
