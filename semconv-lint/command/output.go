package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/report"
)

// output is a report in a format, to a file or to standard output.
type output struct{ format, path string }

// outputs are what --format asks for. Two formats in one stream would be neither.
func outputs(flags []string) ([]output, error) {
	if len(flags) == 0 {
		flags = []string{"text"}
	}
	var all []output
	stdout := 0
	for _, flag := range flags {
		format, path, _ := strings.Cut(flag, "=")
		if err := report.Write(io.Discard, format, &report.Report{}); err != nil {
			return nil, fmt.Errorf("--format: %w", err)
		}
		if path == "" {
			stdout++
		}
		all = append(all, output{format, path})
	}
	if stdout > 1 {
		return nil, errors.New("--format: one goes to standard output, the others need a path: format=path")
	}
	return all, nil
}

func writeAll(all []output, e *Environment, r *report.Report) error {
	for _, o := range all {
		if err := o.write(e, r); err != nil {
			return err
		}
		if o.format == "github" {
			if err := appendStepSummary(e.Getenv("GITHUB_STEP_SUMMARY"), r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o output) write(e *Environment, r *report.Report) error {
	if o.path == "" {
		r.Style = report.StyleOf(e.Out, e.Getenv)
		return report.Write(e.Out, o.format, r)
	}
	r.Style = report.Style{}
	return toFile(o.path, os.O_TRUNC, o.format, r)
}

// appendStepSummary adds to what a GitHub step says of itself.
func appendStepSummary(path string, r *report.Report) error {
	if path == "" {
		return nil
	}
	return toFile(path, os.O_APPEND, "markdown", r)
}

func toFile(path string, how int, format string, r *report.Report) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|how, 0o644)
	if err != nil {
		return fmt.Errorf("format %s: %w", format, err)
	}
	return errors.Join(report.Write(file, format, r), file.Close())
}
