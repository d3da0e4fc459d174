package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/koine-otel/koine/semconv-lint/report"
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// migrateCommand is `semconv-lint migrate`: what a new version of the conventions touches in a
// repository.
func migrateCommand(e *Environment, p *Parts) *cobra.Command {
	var f sourceFlags
	var from, to, format string
	c := &cobra.Command{
		Use:     "migrate [FOLDER]",
		Short:   "Say all that a newer version of the conventions touches in a repository, in the order to do it",
		Example: "  semconv-lint migrate --from 1.20 --to 1.44\n  semconv-lint migrate --from 1.20 --format markdown services > migration.md",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			write, ok := migrationFormats[format]
			if !ok {
				return fmt.Errorf("--format: %q is not text, json or markdown", format)
			}
			if from == "" {
				return errors.New("--from: which version of the conventions do the services speak now?")
			}
			m := report.Migration{From: wholeVersion(from), To: wholeVersion(cmp.Or(to, registry.Version))}
			if !translate.IsVersion(m.From) {
				return fmt.Errorf("--from: %q is no version such as 1.20", from)
			}
			if err := translate.CheckTarget(m.To); err != nil {
				return fmt.Errorf("--to: %w", err)
			}
			if !translate.Before(m.From, m.To) {
				return fmt.Errorf("--from %s is not before --to %s", m.From, m.To)
			}
			f.target, f.tier = m.To, "C"
			s, err := beginSource(&f, e, p, args)
			if err != nil {
				return err
			}
			return s.migrate(c.Context(), &m, write)
		},
	}
	s := c.Flags()
	s.StringVar(&from, "from", "", "`version` of the conventions that is spoken now")
	s.StringVar(&to, "to", "", "`version` to go to (default: the newest)")
	s.StringVar(&format, "format", "text", "`format`: text, json, markdown")
	s.StringVar(&f.config, "config", "", "configuration `file`")
	s.StringArrayVar(&f.registries, "registry", nil, "`folder` with a company's own conventions in Weaver's format; repeatable")
	s.StringArrayVar(&f.exclude, "exclude", nil, "`glob` of files and folders that are not looked at; repeatable")
	s.BoolVar(&f.syntaxOnly, "syntax-only", false, "read Go without its types")
	return c
}

var migrationFormats = map[string]func(io.Writer, *report.Migration) error{
	"text": report.WriteMigrationText, "json": report.WriteMigrationJSON, "markdown": report.WriteMigrationMarkdown,
}

// wholeVersion is 1.20.0 for 1.20.
func wholeVersion(version string) string {
	version = strings.TrimPrefix(version, "v")
	if strings.Count(version, ".") == 1 {
		version += ".0"
	}
	return version
}

func (s *sourceLint) migrate(ctx context.Context, m *report.Migration, write func(io.Writer, *report.Migration) error) error {
	result, trouble := s.read(ctx)
	if result == nil {
		return trouble
	}
	m.Root = s.shownRoot()
	for i := range result.Findings {
		f := &result.Findings[i]
		if !touched(f, m) {
			continue
		}
		finding, place := told(f)
		step := stepOf(f)
		m.Steps[step] = append(m.Steps[step], report.Finding{Finding: finding, Source: &place})
		if word := optInOf(f.Key); word != "" && !slices.Contains(m.OptIn, word) {
			m.OptIn = append(m.OptIn, word)
		}
	}
	slices.Sort(m.OptIn)
	m.Skipped = result.Skipped
	return errors.Join(trouble, write(s.env.Out, m))
}

// touched is whether a finding is of what happened between two versions. Of what has no date it is
// not known, and it is told.
func touched(f *source.Finding, m *report.Migration) bool {
	switch f.Rule {
	case source.OldConventionPackage:
		return true
	case source.RetiredAttribute, source.RetiredMetric, source.RetiredEvent, source.RetiredValue:
		return f.Since == "" || translate.Before(m.From, f.Since) && !translate.Before(m.To, f.Since)
	}
	return false
}

// stepOf is when a place's turn is. What reads goes before what writes: while both names are
// written, a reader of the new ones misses nothing.
func stepOf(f *source.Finding) report.MigrationStep {
	switch {
	case f.UnitChanged, f.Replacement == "":
		return report.ByHand
	case f.Read, f.Role == source.PrometheusMetric, f.Role == source.PrometheusLabel:
		return report.Readers
	case f.Rule == source.OldConventionPackage:
		return report.Packages
	}
	return report.Writers
}

// optInOf is the word of OTEL_SEMCONV_STABILITY_OPT_IN by which instrumentations write a name's
// successor.
func optInOf(key string) string {
	namespace, _, _ := strings.Cut(strings.ReplaceAll(key, "_", "."), ".")
	switch namespace {
	case "http", "net":
		return "http"
	case "db":
		return "database"
	case "messaging", "rpc", "code":
		return namespace
	}
	return ""
}
