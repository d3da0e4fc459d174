package definition

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// bundle is a registry's files in memory, by slashed path below its root.
type bundle struct {
	// name is the path as it was given: what positions start with.
	name  string
	files map[string][]byte
	// archive is the whole archive of which the bundle is a folder, inside; nil of a
	// folder in the file system.
	archive *bundle
	inside  string
	size    int64
}

var errNoRegistry = errors.New("no .yaml file in it")

// open reads the folder or archive at a path with an optional [folder].
func open(name string) (*bundle, error) {
	file, inside, _ := strings.Cut(strings.TrimSuffix(name, "]"), "[")
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		b, err := readFolder(filepath.Join(file, filepath.FromSlash(inside)))
		return b.checked(err)
	}
	archive := &bundle{name: filepath.Clean(file), files: map[string][]byte{}}
	if err := archive.unpack(file); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	archive.archive = archive
	if inside == "" {
		inside = archive.root()
	}
	b, err := archive.open(inside)
	return b.checked(err)
}

// checked refuses a bundle without a file.
func (b *bundle) checked(err error) (*bundle, error) {
	if err == nil && len(b.files) == 0 {
		err = fmt.Errorf("%s: %w", b.name, errNoRegistry)
	}
	return b, err
}

// open reads the registry at a path relative to this one: in the file system, or in
// the same archive, which it must not leave.
func (b *bundle) open(name string) (*bundle, error) {
	if b.archive == nil {
		if !filepath.IsAbs(name) {
			name = filepath.Join(b.name, filepath.FromSlash(name))
		}
		return open(name)
	}
	inside := path.Join(b.inside, name)
	if path.IsAbs(name) || inside == ".." || strings.HasPrefix(inside, "../") {
		return nil, fmt.Errorf("leaves the archive %s", b.archive.name)
	}
	if inside == "." {
		inside = ""
	}
	folder := &bundle{name: filepath.Join(b.archive.name, inside), files: map[string][]byte{}, archive: b.archive, inside: inside}
	for name, data := range b.archive.files {
		if below, ok := cutFolder(name, inside); ok {
			folder.files[below] = data
		}
	}
	return folder.checked(nil)
}

func cutFolder(name, folder string) (string, bool) {
	if folder == "" {
		return name, true
	}
	return strings.CutPrefix(name, folder+"/")
}

// root is the one folder that everything in an archive stands in, if there is one: a
// release's archive has it.
func (b *bundle) root() string {
	root := ""
	for name := range b.files {
		first, _, nested := strings.Cut(name, "/")
		if !nested || root != "" && root != first {
			return ""
		}
		root = first
	}
	return root
}

// definitions are the names of the files with definitions: no manifest, and nothing
// below a folder that has a manifest of its own, which is another registry.
func (b *bundle) definitions() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		if !slices.Contains(manifestNames[:], path.Base(name)) && !b.foreign(path.Dir(name)) {
			names = append(names, name)
		}
	}
	return names
}

func (b *bundle) foreign(dir string) bool {
	for ; dir != "."; dir = path.Dir(dir) {
		for _, name := range manifestNames {
			if _, ok := b.files[path.Join(dir, name)]; ok {
				return true
			}
		}
	}
	return false
}

// wanted says whether a file can be a part of a registry. schema-next.yaml is what
// Weaver makes of one.
func wanted(name string) bool {
	base := path.Base(name)
	ext := path.Ext(base)
	return (ext == ".yaml" || ext == ".yml") && base[0] != '.' && base != "schema-next.yaml"
}

func readFolder(root string) (*bundle, error) {
	b := &bundle{name: filepath.Clean(root), files: map[string][]byte{}}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		below = filepath.ToSlash(below)
		if entry.IsDir() {
			if below != "." && strings.HasPrefix(entry.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !wanted(below) {
			return nil
		}
		return b.addFile(below, name)
	})
	return b, err
}

// addFile reads a regular file, or the one that a link leads to.
func (b *bundle) addFile(below, name string) error {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return b.add(below, f)
}

// add reads one file and holds it against the bounds.
func (b *bundle) add(name string, r io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(r, maxFileSize+1))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	b.size += int64(len(data))
	switch {
	case len(data) > maxFileSize:
		return fmt.Errorf("%s: larger than %d MiB", name, maxFileSize>>20)
	case b.size > maxTotalSize:
		return fmt.Errorf("%s: its files and those before it are larger than %d MiB", name, maxTotalSize>>20)
	case len(b.files) == maxFiles:
		return fmt.Errorf("%s: more than %d files", name, maxFiles)
	case strings.Count(name, "/") > maxFolders:
		return fmt.Errorf("%s: deeper than %d folders", name, maxFolders)
	}
	b.files[name] = data
	return nil
}
