// Program registrygen makes the tables of package registry.
//
//	registrygen import [-o FILE] DIR...  reads Weaver-format registry folders into a description-free extract
//	registrygen generate                 turns the committed extract into Go tables
//
// An attribute that a later folder defines replaces one that an earlier folder only
// retires: the GenAI conventions moved to a registry of their own, and the names that
// the core registry marks as moved are live there.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
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
	extract := flags.String("extract", "registry/extract/attributes.tsv", "the description-free extract")
	tables := flags.String("tables", "registry/attributes_generated.go", "the Go tables")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "import":
		attributes, err := importFolders(flags.Args())
		if err != nil {
			return err
		}
		return os.WriteFile(*extract, writeExtract(attributes), 0o644)
	case "generate":
		data, err := os.ReadFile(*extract)
		if err != nil {
			return err
		}
		attributes, err := readExtract(*extract, string(data))
		if err != nil {
			return err
		}
		source, err := goTables(attributes)
		if err != nil {
			return err
		}
		return os.WriteFile(*tables, source, 0o644)
	default:
		return fmt.Errorf("unknown command %q, want import or generate", args[0])
	}
}
