// Program registrygen makes the tables of package registry.
//
//	registrygen import [-o DIR] PATH...  reads registries and tables of retired names into description-free extracts
//	registrygen generate                 turns the committed extracts into Go tables
//
// A path is a Weaver-format registry (a folder or an archive), an OpenTelemetry schema
// file, or a .tsv of retired names, in any order; registries count in theirs: what a
// later one defines replaces what an earlier one only retires. The GenAI conventions
// moved to a registry of their own, and the names that the core registry marks as
// moved are live there.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "registrygen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("want a command: import or generate")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	switch args[0] {
	case "import":
		extracts := flags.String("o", "registry/extract", "the folder of the extracts")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		found, err := importAll(flags.Args())
		if err != nil {
			return err
		}
		return writeFiles(*extracts, writeExtracts(found))
	case "generate":
		extracts := flags.String("extract", "registry/extract", "the folder of the extracts")
		tables := flags.String("tables", "registry", "the folder of the Go tables")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		sources, err := generate(*extracts)
		if err != nil {
			return err
		}
		return writeFiles(*tables, sources)
	default:
		return fmt.Errorf("unknown command %q, want import or generate", args[0])
	}
}

// generate makes the Go tables from the extracts, by file name.
func generate(extracts string) (map[string][]byte, error) {
	found, err := readExtracts(os.DirFS(extracts))
	if err != nil {
		return nil, err
	}
	return goTables(found)
}

func writeFiles(folder string, files map[string][]byte) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
