package command_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/command"
	"github.com/koine-otel/koine/semconv-lint/rules"
)

// noting is a rule that notes the names of all spans.
var noting = semconvlint.Rule{Doc: &semconvlint.Doc{ID: "names", Title: "Names", Severity: semconvlint.Note}, New: func(c *semconvlint.Context) semconvlint.Checker {
	return namer{c}
}}

type namer struct{ c *semconvlint.Context }

func (n namer) Element(e *semconvlint.Element) {
	if e.Signal == semconvlint.OnSpan {
		n.c.At(e, semconvlint.Report{Key: e.Name, Message: "it has a name"})
	}
}

// TestFloodOfNotes: an error that comes after it fails the run.
func TestFloodOfNotes(t *testing.T) {
	s := newSession(t)
	s.parts.Rules = append(slices.Clone(parts.Rules), noting)
	s.in = flood(60_000) + spans("checkout", "http.method")
	code, out, errors := s.run("check", "-", "--format", "json")
	assert.Equal(t, command.Found, code, errors)
	assert.Contains(t, found(t, out), "old-name")
}

// TestManySpanNames: the rule that is about them says so, however many there are.
func TestManySpanNames(t *testing.T) {
	s := newSession(t)
	s.parts.Rules = rules.All()
	s.in = flood(60_000)
	_, out, errors := s.run("check", "-", "--format", "json")
	assert.Empty(t, errors)
	assert.Contains(t, found(t, out), "span-name-cardinality")
}

// flood are requests with spans none of which has another's name.
func flood(names int) string {
	var b strings.Builder
	for i := range names {
		fmt.Fprintf(&b, `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"flooder"}}]},"scopeSpans":[{"scope":{"name":"lib"},`+
			`"spans":[{"traceId":"4bf92f3577b34da6a3ce929d%08x","spanId":"00f067aa0ba902b7","name":"load %d","kind":2,"startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}`+"\n", i+1, i)
	}
	return b.String()
}

// found are the rules of the findings of a report in JSON.
func found(t *testing.T, report string) []string {
	t.Helper()
	var document struct{ Findings []struct{ Rule string } }
	require.NoError(t, json.Unmarshal([]byte(report), &document))
	var ids []string
	for _, f := range document.Findings {
		ids = append(ids, f.Rule)
	}
	return slices.Compact(ids)
}
