package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/koine-otel/koine/processors/semconvprocessor"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// semconvCommand is `koine semconv`: questions about the conventions.
func semconvCommand() *cobra.Command {
	command := &cobra.Command{Use: "semconv", Short: "Ask about the semantic conventions"}
	command.AddCommand(&cobra.Command{
		Use:     "diff FROM TO",
		Short:   "Say what a change of the semconv processor's target from one version to another renames, or renames back",
		Example: "  koine semconv diff 1.37 1.44\n  koine semconv diff 1.44 1.37",
		Args:    cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			from, to := version3(args[0]), version3(args[1])
			for _, v := range []string{from, to} {
				if err := translate.CheckTarget(v); err != nil {
					return fmt.Errorf("semconv diff: %w", err)
				}
			}
			return writeDiff(c.OutOrStdout(), translate.Changes(from, to, defaultStability(), translate.Embedded()...))
		},
	})
	return command
}

// version3 makes 1.37 into 1.37.0.
func version3(s string) string {
	if strings.Count(s, ".") == 1 {
		return s + ".0"
	}
	return s
}

// where is where a conversion holds.
func where(c translate.Conversion) string {
	if len(c.Metrics) > 0 {
		return "points of " + strings.Join(c.Metrics, ", ")
	}
	return strings.Join(c.On, ", ")
}

func writeDiff(w io.Writer, changes []translate.Change) error {
	if len(changes) == 0 {
		_, err := fmt.Fprintln(w, "nothing is renamed")
		return err
	}
	var table strings.Builder
	t := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SINCE\tSIGNAL\tFROM\tTO\tVALUE\tON\tONLY WITH")
	for _, c := range changes {
		only := ""
		if c.Needs != "" {
			only = "stability::" + c.Needs
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Since, c.Signal, strings.Join(c.From, " + "), c.To, c.How, where(c.Conversion), only)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(table.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// defaultStability is the least that a new name must have where the semconv processor's
// configuration does not say it.
func defaultStability() translate.Stability {
	c := semconvprocessor.NewFactory().CreateDefaultConfig().(*semconvprocessor.Config)
	levels := map[string]registry.Stability{}
	for s := registry.Development; s <= registry.Stable; s++ {
		levels[s.String()] = s
	}
	return translate.Stability{Attributes: levels[c.Stability.Attributes], Metrics: levels[c.Stability.Metrics]}
}
