package command

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/koine-otel/koine/semconv-lint/telemetry"
)

// runCommand is `semconv-lint run`: what a command sends, a test suite's most of all.
func runCommand(e *Environment, p *Parts) *cobra.Command {
	var f flags
	var grace time.Duration
	c := &cobra.Command{
		Use:   "run [flags] -- COMMAND [ARG…]",
		Short: "Run a command and check what it sends",
		Long: "Run a command, a test suite say, with OTEL_* and Zipkin's variables set so that its telemetry comes here, and check that.\n" +
			"The exit code is the greater of the command's and the linter's.",
		Example: "  semconv-lint run -- go test ./...\n  semconv-lint run --fail-on warning -- pytest -q",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, command []string) error {
			if err := notNegative("grace", grace); err != nil {
				return err
			}
			l, err := begin(&f, e, p)
			if err != nil {
				return err
			}
			var r refusals
			code, err := telemetry.Run(c.Context(), command, l.sink, telemetry.RunOptions{
				Stdin: e.In, Stdout: e.Out, Stderr: e.Err, Grace: grace, Refused: r.add, Registry: l.registry,
				Done: func(counts telemetry.Counts) { l.damaged = counts.Damaged },
			})
			l.outside = code
			return worse(code, l.end(r.with(err)), e)
		},
	}
	f.register(c)
	c.Flags().SetInterspersed(false) // what stands after the command is the command's
	c.Flags().DurationVar(&grace, "grace", 0, "how long to wait for telemetry after the command's end (default: 500ms)")
	return c
}

// worse is the greater of two codes; what is not told by a code alone is told here.
func worse(command int, lint error, e *Environment) error {
	own := Clean
	var code exit
	switch {
	case errors.As(lint, &code):
		own = int(code)
	case lint != nil:
		say(e.Err, lint)
		own = Trouble
	}
	if worst := max(command, own); worst != Clean {
		return exit(worst)
	}
	return nil
}
