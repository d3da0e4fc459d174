package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
)

// verdict is semconv-lint's report on a folder of telemetry, what this program shows of it.
type verdict struct {
	Findings []struct {
		Rule, Severity, Service, Scope, Key, Replacement, Message string
		Count                                                     int
	}
	Scores  map[string]float64
	Summary struct {
		Errors, Warnings, Damaged, Spans int
		Services                         []string
	}
}

// lint has semconv-lint check a folder.
func lint(ctx context.Context, program, dir string) (v verdict, err error) {
	out, err := exec.CommandContext(ctx, program, "check", "--format", "json", "--fail-on", "none", dir).Output()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		return v, fmt.Errorf("semconv-lint check %s: %w: %s", dir, err, lastLines(string(failed.Stderr), 3))
	}
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(out, &v); err != nil {
		return v, fmt.Errorf("semconv-lint check %s: %w", dir, err)
	}
	return v, nil
}

// counts are how many errors a service has, how often in all, and how many warnings.
func (v verdict) counts(service string) (errors, times, warnings int) {
	for _, f := range v.Findings {
		switch {
		case f.Service != service:
		case f.Severity == "error":
			errors++
			times += f.Count
		case f.Severity == "warning":
			warnings++
		}
	}
	return errors, times, warnings
}
