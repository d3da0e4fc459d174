package source

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
)

// MaxFileBytes bounds the files that are read: people write no larger ones, and a parser takes
// some 250 times as much memory of hostile ones.
const MaxFileBytes = 1 << 20

// File is one of a repository.
type File struct {
	// Path is relative to the root, with slashes; Abs is where it lies.
	Path, Abs string
	Size      int64
}

// Content reads the file. It is not kept: who needs it again reads it again.
func (f *File) Content() ([]byte, error) {
	content, err := os.ReadFile(f.Abs)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	return content, nil
}

// ContentFor is Content for a reader. It is false for a file that is larger than MaxFileBytes, or
// cannot be read, of which it makes a note.
func (f *File) ContentFor(to Sink) ([]byte, bool) {
	if f.large(to) {
		return nil, false
	}
	content, err := f.Content()
	if err != nil {
		to.Note(f, 0, "unreadable", err.Error())
		return nil, false
	}
	return content, true
}

// large is whether a file is larger than those that are read, of which it makes a note.
func (f *File) large(to Sink) bool {
	if f.Size <= MaxFileBytes {
		return false
	}
	to.Note(f, 0, "large", fmt.Sprintf("%d bytes: files of up to %d are read", f.Size, MaxFileBytes))
	return true
}

// Each calls do for all files, in as many goroutines as there are processors. It returns when
// all are done, or those begun when the context ended.
func Each(ctx context.Context, files []*File, do func(*File)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() { // ends with the files, awaited below
			for i := next.Add(1); int(i) <= len(files) && ctx.Err() == nil; i = next.Add(1) {
				do(files[i-1])
			}
		})
	}
	workers.Wait()
}
