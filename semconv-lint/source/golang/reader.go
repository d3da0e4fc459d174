// Package golang reads Go: by types where the go command knows the module's dependencies without
// fetching anything, else by what the syntax and the declarations of the well-known APIs tell.
package golang

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// Options say how Go is read.
type Options struct {
	// Syntax is to call no go command: faster, and blind for what only the types of dependencies
	// tell. It is also what is done with modules whose dependencies are not there.
	Syntax bool
}

// New makes a reader of Go files.
func New(o Options) source.Reader { return &reader{o} }

type reader struct{ Options }

func (*reader) Name() string { return "go" }

// Claims leaves out what the go command does not look at either.
func (*reader) Claims(name string) bool {
	if path.Ext(name) != ".go" {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "testdata" || part == "vendor" || strings.HasPrefix(part, "_") || strings.HasPrefix(part, ".") {
			return false
		}
	}
	return true
}

func (r *reader) Read(ctx context.Context, root string, files []*source.File, to source.Sink) error {
	scanned := scan(ctx, files, to)
	if err := ctx.Err(); err != nil {
		return err
	}
	all := modules(scanned)
	read := func(i int) {
		if ctx.Err() == nil {
			all[i].read(ctx, r.Syntax, to)
		}
	}
	if r.Syntax { // most modules are small, and each step of one would wait for its slowest package
		inParallel(len(all), read)
		return ctx.Err()
	}
	for i := range all {
		read(i)
	}
	return ctx.Err()
}

// inParallel calls do for numbers up to n.
func inParallel(n int, do func(int)) {
	var group sync.WaitGroup
	next := make(chan int)
	for range min(n, workers) {
		group.Go(func() { // ends with the numbers, awaited below
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	group.Wait()
}

// sortedKeys are a map's, in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
