package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/koine-otel/koine/semconv/registry"
)

// versionCommand is `semconv-lint version`.
func versionCommand(p *Parts) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Say the version, and that of the semantic conventions", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "semconv-lint %s, semantic conventions %s\n", p.Version, registry.Version)
			return err
		},
	}
}
