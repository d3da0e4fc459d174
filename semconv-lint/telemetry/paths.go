package telemetry

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// standardInput is the pattern for it, and the name under which it appears.
const (
	standardInput = "-"
	stdinName     = "stdin"
)

// found is a file to read.
type found struct {
	path string
	// listed is whether it was found in a folder, where other things may lie, too.
	listed bool
}

// find gives the files that patterns mean, each once: paths, folders with all that is in them but
// for hidden things, and globs, in which ** is any number of folders. An error is a pattern's that
// means none.
func find(patterns []string) ([]found, []error) {
	var all []found
	var errs []error
	for _, pattern := range patterns {
		files, err := findOne(pattern)
		if err != nil {
			errs = append(errs, err)
		}
		all = append(all, files...)
	}
	seen := map[string]bool{}
	all = slices.DeleteFunc(all, func(f found) bool {
		again := seen[f.path]
		seen[f.path] = true
		return again
	})
	return all, errs
}

func findOne(pattern string) ([]found, error) {
	if pattern == standardInput {
		return []found{{path: standardInput}}, nil
	}
	// A file may be named like a glob.
	info, err := os.Stat(pattern)
	switch {
	case err == nil && info.IsDir():
		return walk(filepath.Clean(pattern), func(string) bool { return true })
	case err == nil:
		return []found{{path: filepath.Clean(pattern)}}, nil
	case !strings.ContainsAny(pattern, "*?["):
		return nil, &Error{File: pattern, Err: cause(err)}
	}
	return glob(pattern)
}

func glob(pattern string) ([]found, error) {
	pattern = filepath.ToSlash(filepath.Clean(pattern))
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, &Error{File: pattern, Err: err}
	}
	parts := strings.Split(pattern, "/")
	files, err := walk(fixed(parts), func(file string) bool {
		return matches(parts, strings.Split(filepath.ToSlash(file), "/"))
	})
	if err == nil && len(files) == 0 {
		err = &Error{File: pattern, Err: fs.ErrNotExist}
	}
	for i := range files {
		files[i].listed = false // its name was asked for
	}
	return files, err
}

// fixed is the folder in which all that matches is.
func fixed(parts []string) string {
	n := slices.IndexFunc(parts, func(part string) bool { return strings.ContainsAny(part, "*?[") })
	root := strings.Join(parts[:n], "/")
	switch {
	case n == 0:
		return "."
	case root == "":
		return "/"
	}
	return filepath.FromSlash(root)
}

// matches is path.Match by part, with ** for any number of parts.
func matches(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			if len(pattern) == 1 {
				return true
			}
			for i := range name {
				if matches(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, _ := path.Match(pattern[0], name[0]); !ok {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}

func walk(root string, wanted func(string) bool) ([]found, error) {
	var files []found
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		hidden := file != root && strings.HasPrefix(entry.Name(), ".")
		switch {
		case err != nil:
			return err
		case hidden && entry.IsDir():
			return fs.SkipDir
		case !hidden && !entry.IsDir() && wanted(file):
			files = append(files, found{path: file, listed: true})
		}
		return nil
	})
	return files, err
}
