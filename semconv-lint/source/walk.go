package source

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Walk finds the files below a root, by path, that people wrote: none of a version control's,
// of dependencies, of builds. Excluded says of further paths, with slashes and relative to the
// root, that they are left out; nil is none. Links are not followed.
func Walk(ctx context.Context, root string, excluded func(path string) bool) ([]*File, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	if !info.IsDir() {
		return []*File{{Path: filepath.Base(root), Abs: root, Size: info.Size()}}, nil
	}
	var files []*File
	err = filepath.WalkDir(root, func(abs string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rel, relErr := filepath.Rel(root, abs)
		if relErr != nil {
			return relErr
		}
		rel = filepath.ToSlash(rel)
		switch {
		case err != nil && abs == root:
			return err
		case err != nil:
			return nil // a folder that may not be read holds nothing of ours
		case rel != "." && (skipped(entry) || excluded != nil && excluded(rel)):
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case !entry.Type().IsRegular():
			return nil
		}
		if info, err := entry.Info(); err == nil {
			files = append(files, &File{Path: rel, Abs: abs, Size: info.Size()})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	return files, nil
}

// foldersOfOthers hold what nobody of the project wrote.
var foldersOfOthers = map[string]bool{
	".git": true, ".hg": true, ".svn": true, "node_modules": true, "vendor": true, "third_party": true, "bower_components": true,
	".venv": true, "venv": true, ".tox": true, ".nox": true, "site-packages": true, "__pycache__": true, ".eggs": true,
	".gradle": true, ".terraform": true, ".idea": true, ".vs": true, ".next": true, ".nuxt": true, ".cache": true, ".yarn": true, ".pnpm-store": true,
}

func skipped(entry fs.DirEntry) bool {
	if entry.IsDir() {
		return foldersOfOthers[entry.Name()]
	}
	return generatedByName(entry.Name())
}

// generatedByName says of a file that a program wrote it.
func generatedByName(name string) bool {
	for _, end := range [...]string{
		".pb.go", ".pb.gw.go", "_pb2.py", "_pb2_grpc.py", "_pb2.pyi", ".pb.h", ".pb.cc", "_pb.js", "_pb.ts", "_pb.d.ts", "_grpc_pb.js", "_pb.rb",
		".min.js", ".min.css", ".bundle.js", ".chunk.js", ".map", ".lock", ".g.cs", ".designer.cs",
	} {
		if strings.HasSuffix(strings.ToLower(name), end) {
			return true
		}
	}
	return slices.Contains([]string{"package-lock.json", "npm-shrinkwrap.json", "composer.lock", "go.sum", "pnpm-lock.yaml"}, name)
}

// head is how much of a file says who wrote it.
const head = 2 << 10

// Unreadable says why a content is not looked at: it is binary, generated or minified. Empty: it
// is.
func Unreadable(name string, content []byte) string {
	start := content[:min(len(content), head)]
	switch {
	case bytes.IndexByte(start, 0) >= 0:
		return "binary"
	case bytes.Contains(start, []byte("DO NOT EDIT")) && bytes.Contains(bytes.ToLower(start), []byte("generated")), bytes.Contains(start, []byte("@generated")):
		return "generated"
	case minified(path.Ext(name), content):
		return "minified"
	}
	return ""
}

// longLine is how long lines are on average that nobody wrote.
const longLine = 2 << 10

func minified(ext string, content []byte) bool {
	switch ext {
	case ".js", ".mjs", ".cjs", ".ts", ".css", ".php", ".py":
		return len(content) > longLine && len(content)/(bytes.Count(content, []byte("\n"))+1) > longLine
	}
	return false
}
