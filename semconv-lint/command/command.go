// Package command is semconv-lint's command line.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/config"
	"github.com/koine-otel/koine/semconv-lint/report"
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/telemetry"
)

// The exit codes.
const (
	Clean       = 0
	Found       = 1 // findings at or above --fail-on
	Trouble     = 2 // usage, configuration, input, interruption
	NothingSeen = 3 // no telemetry
)

// Parts are what the command line is put together from.
type Parts struct {
	// Rules are those that telemetry is checked by.
	Rules   []semconvlint.Rule
	Version string
	// Normalize gives a sink before another, in which telemetry becomes what a collector would
	// make of it, and what ends it.
	Normalize func(next telemetry.Sink, target string, registries []string) (sink telemetry.Sink, stop func() error, err error)
	// Readers are those of source.
	Readers func(*semconvlint.Conventions, ReaderOptions) []source.Reader
}

// Environment is where a command runs.
type Environment struct {
	In       io.Reader
	Out, Err io.Writer
	// Dir is the working directory: the configuration is looked for from there on up.
	Dir    string
	Getenv func(string) string
	Now    func() time.Time
}

// Run runs a command line and gives its exit code.
func Run(ctx context.Context, args []string, e Environment, p Parts) int {
	root := &cobra.Command{
		Use:           "semconv-lint",
		Short:         "Check what services emit, and what their repositories name, against the semantic conventions",
		SilenceErrors: true,
		SilenceUsage:  true,
		// Without a command it says what there is.
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
		Args: cobra.NoArgs,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(checkCommand(&e, &p), listenCommand(&e, &p), runCommand(&e, &p), sourceCommand(&e, &p), migrateCommand(&e, &p), rulesCommand(&p), explainCommand(&p), versionCommand(&p))
	root.SetArgs(args)
	root.SetIn(e.In)
	root.SetOut(e.Out)
	root.SetErr(e.Err)
	err := root.ExecuteContext(ctx)
	var code exit
	switch {
	case err == nil:
		return Clean
	case errors.As(err, &code):
		return int(code)
	}
	say(e.Err, err)
	return Trouble
}

// say writes an error, a line for each that is joined in it. Names of files and parts of what they
// hold are in it: they stay text.
func say(w io.Writer, err error) {
	lines := strings.Split(err.Error(), "\n")
	for i := range lines {
		lines[i] = report.Visible(lines[i])
	}
	fmt.Fprintln(w, "Error:", strings.Join(lines, "\n"))
}

// exit is the code of a run of which everything has been said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// docs are those of all rules: of telemetry, then of source alone, then of the configuration.
func (p *Parts) docs() []*semconvlint.Doc {
	docs := make([]*semconvlint.Doc, 0, len(p.Rules))
	for i := range p.Rules {
		docs = append(docs, p.Rules[i].Doc)
	}
	return slices.Concat(docs, source.OwnDocs(), config.Docs())
}
