// Package golden compares a test's traces with a file. It is apart from koinetest because it
// registers the flag -update, which a test of yours may have itself.
package golden

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"go.opentelemetry.io/otel/attribute"
)

func init() {
	if flag.Lookup("update") == nil {
		flag.Bool("update", false, "rewrite golden files")
	}
}

// Assert compares spans with a golden file, which the flag -update rewrites. The file shows each
// trace as a tree: names, kinds, statuses, attributes, events; no ids and no times. Of masked
// attributes it shows the type alone: ports and the like.
func Assert(tb testing.TB, spans []sdktrace.ReadOnlySpan, file string, mask ...string) {
	tb.Helper()
	have := Text(spans, mask...)
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(have), 0o644); err != nil {
			tb.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		tb.Fatalf("%v (go test -update writes it)", err)
	}
	if have != string(want) {
		tb.Errorf("traces differ from %s (go test -update accepts them)\n%s", file, firstDifference(string(want), have))
	}
}

// Text is the traces as a golden file has them.
func Text(spans []sdktrace.ReadOnlySpan, mask ...string) string {
	w := writer{children: map[trace.SpanID][]sdktrace.ReadOnlySpan{}, mask: mask}
	here := map[trace.SpanID]bool{}
	for _, s := range spans {
		here[s.SpanContext().SpanID()] = true
	}
	var roots []sdktrace.ReadOnlySpan
	for _, s := range spans {
		if parent := s.Parent().SpanID(); here[parent] {
			w.children[parent] = append(w.children[parent], s)
		} else {
			roots = append(roots, s)
		}
	}
	w.write(roots, "")
	return w.String()
}

type writer struct {
	strings.Builder
	children map[trace.SpanID][]sdktrace.ReadOnlySpan
	mask     []string
}

// write writes siblings in the order in which they began; of those that began at once, by name.
func (w *writer) write(spans []sdktrace.ReadOnlySpan, indent string) {
	slices.SortStableFunc(spans, func(a, b sdktrace.ReadOnlySpan) int {
		return cmp.Or(a.StartTime().Compare(b.StartTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, s := range spans {
		fmt.Fprintf(w, "%s%s [%s]%s\n", indent, s.Name(), s.SpanKind(), status(s.Status()))
		w.attributes(s.Attributes(), indent+"    ")
		for _, e := range s.Events() {
			fmt.Fprintf(w, "%s  event %s\n", indent, e.Name)
			w.attributes(e.Attributes, indent+"    ")
		}
		if n := len(s.Links()); n > 0 {
			fmt.Fprintf(w, "%s  links %d\n", indent, n)
		}
		w.write(w.children[s.SpanContext().SpanID()], indent+"  ")
	}
}

func (w *writer) attributes(attributes []attribute.KeyValue, indent string) {
	sorted := slices.Clone(attributes)
	slices.SortFunc(sorted, func(a, b attribute.KeyValue) int { return cmp.Compare(a.Key, b.Key) })
	for _, a := range sorted {
		value := a.Value.String()
		if slices.Contains(w.mask, string(a.Key)) || a.Key == "exception.stacktrace" {
			value = "<" + strings.ToLower(a.Value.Type().String()) + ">"
		}
		fmt.Fprintf(w, "%s%s: %s\n", indent, a.Key, value)
	}
}

func status(s sdktrace.Status) string {
	if s.Code == codes.Unset {
		return ""
	}
	return strings.TrimRight(" "+strings.ToLower(s.Code.String())+" "+s.Description, " ")
}

// firstDifference is the first lines that differ.
func firstDifference(want, have string) string {
	w, h := strings.Split(want, "\n"), strings.Split(have, "\n")
	for i := range max(len(w), len(h)) {
		if line := func(l []string) string {
			if i < len(l) {
				return l[i]
			}
			return "(end)"
		}; line(w) != line(h) {
			return fmt.Sprintf("line %d\n- %s\n+ %s", i+1, line(w), line(h))
		}
	}
	return ""
}
