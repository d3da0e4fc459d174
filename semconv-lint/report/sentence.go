package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/config"
)

// fix is what to do, as short as it can be said.
func (f *Finding) fix() string {
	switch {
	case f.Replacement != "" && f.Key != "":
		// The conventions' names have a dot, and units, values and kinds have none: those are no
		// new names of the key.
		if f.Source == nil && f.Detail != "" && f.Detail != f.Replacement && !strings.Contains(f.Replacement, ".") {
			return f.Key + ": " + f.Detail + " → " + f.Replacement
		}
		return f.Key + " → " + f.Replacement
	case f.Replacement != "":
		return "→ " + f.Replacement
	}
	return f.Key
}

// sentence is a finding in a line, and visible.
func (f *Finding) sentence() string {
	var parts []string
	if fix := f.fix(); fix != "" {
		parts = append(parts, fix)
	}
	if f.Message != "" {
		parts = append(parts, f.Message)
	}
	return Visible(strings.Join(parts, ": ") + " (" + f.whose() + ")")
}

// whose is what emits it, and how often.
func (f *Finding) whose() string {
	if f.Signal == config.OnConfiguration {
		return "configuration"
	}
	if f.Source != nil {
		return f.Rule
	}
	s := fmt.Sprintf("%s × %s of %s", number(f.Count), f.Signal, serviceName(f.Service))
	if f.Scope != "" {
		s += ", scope " + f.Scope
	}
	return s
}

// number has a comma every three digits.
func number[T int | int64](n T) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func plural[T int | int64](n T, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + one + "s"
}
