package source

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Fixed is a file with its findings' edits.
type Fixed struct {
	File          *File
	Before, After []byte
	// Done are the findings that were written, by index; others of the file overlap with them.
	Done []int
}

// Fix makes the edits of a file's findings. Of two that overlap the first by place is made, the
// other left for the next run. It does not write the file.
func Fix(f *File, findings []Finding) (*Fixed, error) {
	before, err := f.Content()
	if err != nil {
		return nil, err
	}
	fixed := &Fixed{File: f, Before: before}
	var all []Edit
	for i := range findings {
		var edits []Edit
		for _, e := range findings[i].Edits {
			edits = append(edits, e.Edit)
		}
		if len(edits) > 0 && fits(all, edits, len(before)) {
			all = append(all, edits...)
			fixed.Done = append(fixed.Done, i)
		}
	}
	fixed.After = applied(before, all)
	return fixed, nil
}

// fits is whether edits may be made beside others: the same edit, an import that two findings add,
// is made once, and two imports are added at one place.
func fits(all, edits []Edit, length int) bool {
	for _, e := range edits {
		if e.Start < 0 || e.End < e.Start || e.End > length {
			return false
		}
		for _, o := range all {
			if e != o && (e.Start < o.End && o.Start < e.End || e.Range == o.Range && e.Start < e.End) {
				return false
			}
		}
	}
	return true
}

// applied makes edits that do not overlap; equal ones are made once.
func applied(content []byte, edits []Edit) []byte {
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b Edit) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return a.End - b.End
	})
	edits = slices.Compact(edits)
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(content[at:e.Start])
		out.WriteString(e.Text)
		at = e.End
	}
	out.Write(content[at:])
	return out.Bytes()
}

// Write puts the new content in the file's place, whole or not at all, with the file's mode. A link
// stays one: what it leads to is written.
func (f *Fixed) Write() error {
	target, err := filepath.EvalSymlinks(f.File.Abs)
	if err != nil {
		return fmt.Errorf("fix: %w", err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return fmt.Errorf("fix: %w", err)
	}
	now, err := f.File.Content()
	if err != nil {
		return err
	}
	if !bytes.Equal(now, f.Before) {
		return fmt.Errorf("fix: %s: changed while it was read", f.File.Path)
	}
	temporary, err := os.CreateTemp(filepath.Dir(target), ".semconv-lint-*")
	if err != nil {
		return fmt.Errorf("fix: %w", err)
	}
	defer os.Remove(temporary.Name()) //nolint:errcheck // it is gone when it was renamed
	_, err = temporary.Write(f.After)
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(temporary.Name(), info.Mode().Perm())
	}
	if err == nil {
		err = os.Rename(temporary.Name(), target)
	}
	if err != nil {
		return fmt.Errorf("fix: %s: %w", f.File.Path, err)
	}
	return nil
}
