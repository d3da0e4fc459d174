// Command extract packs the tables of the package constants from two of facts: constants of the
// packages as their languages have them today, which lies outside the repository, and beside this
// file what that leaves out: older packages, members of enumerations, Go's functions and variables.
//
// The latter were read from the packages as released, newest first, so that a name that has changed
// its meaning has the newest: Go's otel, collector and opentracing-go modules, the Java artifacts
// opentelemetry-semconv (from 1.0.0-alpha) and opentelemetry-semconv-incubating, npm's
// @opentelemetry/semantic-conventions (from 1.0.0), PyPI's opentelemetry-semantic-conventions (from
// 0.24b0) and -ai, the crates of opentelemetry-semantic-conventions (from 0.9), and OpenTracing's tags.
// The older classes of C#, C++ and PHP follow from them: there, names are the attributes' by rule.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	from := flag.String("from", "../../../../shared/semconv/constants.tsv.gz", "table of today's constants: language, file, constant, value, state")
	more := flag.String("more", "extract/packages.tsv.gz", "table of further constants: language, packages, constant, name, member")
	to := flag.String("to", "tables", "folder of the packed tables")
	flag.Parse()
	err := run(*from, *more, *to)
	if errors.Is(err, fs.ErrNotExist) {
		// Who has no such table keeps what was packed from it.
		fmt.Fprintln(os.Stderr, "extract: kept as they are:", err)
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

func run(from, more, to string) error {
	f := facts{}
	if err := f.readToday(from); err != nil {
		return err
	}
	if err := f.readMore(more); err != nil {
		return err
	}
	for language, c := range f {
		packed, err := pack(write(language, c))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, language+".gz"), packed, 0o644); err != nil {
			return err
		}
	}
	return nil
}
