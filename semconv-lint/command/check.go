package command

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/koine-otel/koine/semconv-lint/config"
	"github.com/koine-otel/koine/semconv-lint/telemetry"
)

// checkCommand is `semconv-lint check`: files.
func checkCommand(e *Environment, p *Parts) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "check [FILE…]",
		Short: "Check files: OTLP as JSON or protobuf, Zipkin, Jaeger, packed or not",
		Long: "Check files: OTLP as JSON (one request, or one a line) or protobuf, Zipkin's JSON, protobuf and thrift, Jaeger's JSON, packed with gzip\n" +
			"or zstd or not. What they hold is told by their content. Folders, globs and - for standard input are taken, too.",
		Example: "  semconv-lint check traces.json\n  semconv-lint check --format github --baseline baseline.json 'telemetry/**/*.json.gz'",
		RunE: func(c *cobra.Command, files []string) error {
			l, err := begin(&f, e, p)
			if err != nil {
				return err
			}
			if len(files) == 0 {
				files = l.config.Inputs
			}
			if len(files) == 0 {
				return errors.Join(errors.New("check: no files: name some, - for standard input, or set inputs in "+config.FileName), l.stop())
			}
			counts, err := telemetry.ReadFiles(c.Context(), files, e.In, l.sink, telemetry.Options{Registry: l.registry})
			l.damaged = counts.Damaged
			return l.end(err)
		},
	}
	f.register(c)
	return c
}
