package command

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/koine-otel/koine/semconv-lint/report"
)

// explainCommand is `semconv-lint explain`.
func explainCommand(p *Parts) *cobra.Command {
	return &cobra.Command{
		Use: "explain ID", Short: "Say what a rule finds, why, and what to write instead", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			for _, d := range p.docs() {
				if strings.EqualFold(d.ID, args[0]) {
					_, err := io.WriteString(c.OutOrStdout(), report.PlainDoc(d))
					return err
				}
			}
			return fmt.Errorf("explain: unknown rule %q: semconv-lint rules lists them", args[0])
		},
	}
}
