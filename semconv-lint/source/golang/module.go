package golang

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

var workers = runtime.GOMAXPROCS(0)

// module is one, or what stands under none.
type module struct {
	// root is its folder, path its name; empty: none.
	root, path string
	// folders are the files in which there may be something.
	folders map[string][]*scanned
	// claimed are all files with something like a name, by absolute names.
	claimed   map[string]*scanned
	telemetry bool
}

// modules sorts files into modules. A module that uses no telemetry API has nothing to find but
// what it sets in the environment.
func modules(files []*scanned) []*module {
	roots := map[string]*module{}
	byFolder := map[string]*module{}
	for _, f := range files {
		m, ok := byFolder[f.folder()]
		if !ok {
			m = moduleOf(f.folder(), roots)
			byFolder[f.folder()] = m
		}
		m.claimed[f.Abs] = f
		m.folders[f.folder()] = append(m.folders[f.folder()], f)
		m.telemetry = m.telemetry || f.telemetry
	}
	var all []*module
	for _, root := range sortedKeys(roots) {
		m := roots[root]
		m.narrow()
		if len(m.folders) > 0 {
			all = append(all, m)
		}
	}
	return all
}

// moduleOf goes up from a folder to the next go.mod.
func moduleOf(folder string, roots map[string]*module) *module {
	for dir := folder; ; dir = filepath.Dir(dir) {
		if m, ok := roots[dir]; ok {
			return m
		}
		if content, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
			m := &module{root: dir, path: modulePath(content), folders: map[string][]*scanned{}, claimed: map[string]*scanned{}}
			m.telemetry = bytes.Contains(content, []byte("go.opentelemetry.io/otel"))
			roots[dir] = m
			return m
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if roots[""] == nil {
		roots[""] = &module{folders: map[string][]*scanned{}, claimed: map[string]*scanned{}}
	}
	return roots[""]
}

// modulePath reads the module directive.
func modulePath(content []byte) string {
	for line := range bytes.Lines(content) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(string(line)), "module"); ok && rest != strings.TrimLeft(rest, " \t\"`") {
			rest, _, _ = strings.Cut(rest, "//")
			return strings.Trim(rest, " \t\"`")
		}
	}
	return ""
}

// narrow leaves the folders in which something may be found: those that use an API, or have names
// and import such a folder, or log by slog.
func (m *module) narrow() {
	wanted := map[string]bool{}
	for folder, files := range m.folders {
		for _, f := range files {
			if f.telemetry || f.environment || m.telemetry && f.slog && f.dotted {
				wanted[folder] = true
			}
		}
	}
	for grown := m.telemetry && m.path != ""; grown; {
		grown = false
		for folder, files := range m.folders {
			for _, f := range files {
				if !wanted[folder] && f.dotted && m.importsAny(f, wanted) {
					wanted[folder], grown = true, true
				}
			}
		}
	}
	for _, folder := range m.constants(wanted) {
		wanted[folder] = true
	}
	for folder := range m.folders {
		if !wanted[folder] {
			delete(m.folders, folder)
		}
	}
}

// constants are the folders with names that the wanted ones import.
func (m *module) constants(wanted map[string]bool) []string {
	if m.path == "" {
		return nil
	}
	dotted := map[string]bool{}
	for folder, files := range m.folders {
		for _, f := range files {
			dotted[folder] = dotted[folder] || f.dotted
		}
	}
	var found []string
	for folder := range wanted {
		for _, f := range m.folders[folder] {
			for _, path := range m.importsOf(f) {
				if dir := m.dir(path); dotted[dir] && !wanted[dir] {
					found = append(found, dir)
				}
			}
		}
	}
	return found
}

// importsAny is whether a file imports one of the module's folders.
func (m *module) importsAny(f *scanned, wanted map[string]bool) bool {
	return slices.ContainsFunc(m.importsOf(f), func(path string) bool { return wanted[m.dir(path)] })
}

// importsOf are the module's packages that a file imports.
func (m *module) importsOf(f *scanned) []string {
	if !bytes.Contains(f.content, []byte(`"`+m.path)) {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", f.content, parser.ImportsOnly)
	if err != nil {
		return nil
	}
	var paths []string
	for _, i := range file.Imports {
		if path := strings.Trim(i.Path.Value, "\"`"); m.local(path) {
			paths = append(paths, path)
		}
	}
	return paths
}

// local is whether an import path is of the module.
func (m *module) local(path string) bool {
	return m.path != "" && (path == m.path || strings.HasPrefix(path, m.path+"/"))
}

// dir is the folder of one of the module's packages.
func (m *module) dir(path string) string {
	if !m.local(path) {
		return ""
	}
	return filepath.Join(m.root, filepath.FromSlash(strings.TrimPrefix(strings.TrimPrefix(path, m.path), "/")))
}

// importPath is what imports a folder of the module.
func (m *module) importPath(folder string) string {
	rel, err := filepath.Rel(m.root, folder)
	if m.path == "" || err != nil {
		return filepath.ToSlash(folder)
	}
	if rel == "." {
		return m.path
	}
	return m.path + "/" + filepath.ToSlash(rel)
}
