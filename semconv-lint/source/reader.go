package source

import "context"

// Reader reads files of a kind. It is used for one run.
type Reader interface {
	// Name is short and says what it reads: go, python, prometheus.
	Name() string
	// Claims says by a file's path, with slashes and relative to the root, whether it may read
	// it. A file may be claimed by several readers.
	Claims(path string) bool
	// Read reads the files that it claimed, with their uses for the sink, in any order and from
	// several goroutines. A file that cannot be read is a note to the sink and no error.
	Read(ctx context.Context, root string, files []*File, to Sink) error
}

// Sink takes what readers find. It is safe for concurrent use.
type Sink interface {
	// Uses takes a file's uses. The content must be what their ranges refer to; neither is kept.
	Uses(f *File, language string, content []byte, uses []Use)
	// Note says what is not read, or only in part: a syntax error, no types. Line is 0 where
	// none is meant. The reason is a kind, the same for all such files: it is counted.
	Note(f *File, line int, reason, message string)
}

// ClaimAll gives a reader those of the files that it claims.
func ClaimAll(r Reader, files []*File) []*File {
	var claimed []*File
	for _, f := range files {
		if r.Claims(f.Path) {
			claimed = append(claimed, f)
		}
	}
	return claimed
}
