// Program semconv-lint checks what services emit, and what their repositories name, against the
// semantic conventions.
package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/koine-otel/koine/semconv-lint/command"
	"github.com/koine-otel/koine/semconv-lint/rules"
	"github.com/koine-otel/koine/semconv-lint/source/analyzers"
)

//go:generate sh -c "go run . rules --markdown > ../../docs/lint-rules.md"

// version is the collector's, too: they come from one tree.
const version = "0.1.0"

func main() {
	if analyzers.IsVet(os.Args[1:]) { // go vet -vettool=$(which semconv-lint) ./...
		analyzers.Main()
	}
	boundMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the program at once, as nothing is caught any more.
	context.AfterFunc(ctx, stop)
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(command.Trouble)
	}
	os.Exit(command.Run(ctx, os.Args[1:], command.Environment{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Dir: dir, Getenv: os.Getenv, Now: time.Now,
	}, parts()))
}

// boundMemory makes the garbage collector work harder where there is much to keep: without, it
// would let the heap grow to twice of that. What the linter keeps stays below; see its README.
func boundMemory() {
	const engine, worker = 224 << 20, 64 << 20
	if debug.SetMemoryLimit(-1) == math.MaxInt64 { // GOMEMLIMIT is not set
		debug.SetMemoryLimit(engine + worker*int64(runtime.GOMAXPROCS(0)))
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(400) // far from the limit there is no hurry
		}
	}
}

func parts() command.Parts {
	return command.Parts{Rules: rules.All(), Version: version, Normalize: normalize, Readers: readers}
}
