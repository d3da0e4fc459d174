package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// found is the bottleneck that a kept trace names.
type found struct {
	bottleneck
	excess float64 // seconds
}

// bottleneck is where, and how, time gets lost.
type bottleneck struct{ service, operation, pattern string }

func foundIn(attrs pcommon.Map) (f found, ok bool) {
	pattern, ok := attrs.Get("koine.bottleneck.pattern")
	if !ok {
		return f, false
	}
	f.pattern = pattern.Str()
	if v, ok := attrs.Get("koine.bottleneck.service"); ok {
		f.service = v.Str()
	}
	if v, ok := attrs.Get("koine.bottleneck.operation"); ok {
		f.operation = v.Str()
	}
	if v, ok := attrs.Get("koine.bottleneck.excess"); ok {
		f.excess = v.Double()
	}
	return f, true
}

// sentences say what a pattern is.
var sentences = map[string]string{
	"slow":     "took longer than usual",
	"repeated": "was called again and again, one call after the other",
	"retry":    "was called again because it failed",
	"fan_out":  "was called more often than usual at the same time",
	"queue":    "waited to be taken up",
	"gap":      "spent time in its own code",
}

// foundLines is how many bottlenecks the summary names.
const foundLines = 8

// writeFound names the bottlenecks that cost the most.
func (r *demoResult) writeFound(w io.Writer) {
	type line struct {
		bottleneck
		traces int
		excess float64
	}
	lines := map[bottleneck]*line{}
	for _, f := range r.kept.found {
		l := lines[f.bottleneck]
		if l == nil {
			l = &line{bottleneck: f.bottleneck}
			lines[f.bottleneck] = l
		}
		l.traces++
		l.excess += f.excess
	}
	all := slices.SortedFunc(maps.Values(lines), func(a, b *line) int {
		return cmp.Or(cmp.Compare(b.excess, a.excess), cmp.Compare(a.service+a.operation+a.pattern, b.service+b.operation+b.pattern))
	})
	label := "FOUND"
	for _, l := range all[:min(foundLines, len(all))] {
		each := time.Duration(l.excess / float64(l.traces) * float64(time.Second)).Round(time.Millisecond)
		fmt.Fprintf(w, "%-6s %s / %s %s: %s more, in %s\n", label, l.service, l.operation, sentences[l.pattern], each, traces(l.traces))
		label = ""
	}
	if left := len(all) - foundLines; left > 0 {
		fmt.Fprintf(w, "       and %d more\n", left)
	}
}

func traces(n int) string {
	if n == 1 {
		return "1 trace"
	}
	return group(int64(n)) + " traces"
}

// named is how many of the planted bottlenecks are kept, and how many of these are named for what
// they are.
func (r *demoResult) named() (kept, named int64) {
	for _, l := range r.labels {
		if !r.kept.traces[l.TraceID] {
			continue
		}
		kept++
		if f, ok := r.kept.found[l.TraceID]; ok && f.service == l.Service && f.operation == l.Operation {
			named++
		}
	}
	return kept, named
}
