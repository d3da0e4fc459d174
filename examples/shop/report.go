package main

import (
	"fmt"
	"io"
	"strings"
)

func (r *result) writeServices(w io.Writer) {
	fmt.Fprintf(w, "koine shop · %d services in %d languages\n", len(r.running), len(r.running))
	for _, s := range services {
		if why, skipped := r.skipped[s.name]; skipped {
			fmt.Fprintf(w, "SKIP   %-11s %-8s %s\n", s.name, s.language, why)
			continue
		}
		fmt.Fprintf(w, "RUN    %-11s %-8s %-7s %s\n", s.name, s.language, s.protocol, s.telemetry)
	}
}

// writeTrace shows the trace that goes through the most services; of several one with the
// planted bottleneck.
func (r *result) writeTrace(w io.Writer) {
	shown, best := trace{}, -1
	for _, t := range r.kept {
		score := 2 * len(t.services())
		if b, _ := t.bottleneck(); b.planted() {
			score++
		}
		if score > best {
			shown, best = t, score
		}
	}
	if best < 0 {
		fmt.Fprintln(w, "TRACE  none was kept")
		return
	}
	fmt.Fprintf(w, "TRACE  %s · %d spans of %d services · one of %d traces kept of %d\n",
		shown.id, len(shown.spans), len(shown.services()), len(r.kept), r.orders)
	for _, root := range shown.roots() {
		shown.writeTree(w, []span{root}, 0)
	}
	if b, excess := shown.bottleneck(); b.pattern != "" {
		fmt.Fprintf(w, "       its root says koine.bottleneck.service=%s .operation=%s .pattern=%s .excess=%.3f\n", b.service, b.operation, b.pattern, excess)
	}
}

// writeTree writes a line for spans that differ in nothing but their times, and what is below.
func (t trace) writeTree(w io.Writer, group []span, depth int) {
	sum := 0.0
	for _, s := range group {
		sum += s.seconds()
	}
	times := ""
	if len(group) > 1 {
		times = fmt.Sprintf(" ×%d", len(group))
	}
	first := group[0]
	of := serviceOf(first.service)
	kind := strings.ToLower(first.Kind().String())
	name := strings.Repeat("  ", depth) + first.Name() + times
	fmt.Fprintf(w, "       %-10s %-7s %-6s %-8s %-31s %6.1f ms  %s\n", first.service, of.language, of.protocol, kind, name, 1000*sum, first.facts())
	for _, s := range group {
		for _, below := range t.children(s) {
			t.writeTree(w, below, depth+1)
		}
		if len(group) > 1 {
			return // the others are alike
		}
	}
}

// told are attributes that a line of a trace shows, where a span has them.
var told = []string{"http.request.method", "http.route", "http.response.status_code", "db.system.name", "db.query.text"}

// longestFact leaves a line of a trace a line.
const longestFact = 48

func (s span) facts() string {
	var facts []string
	for _, key := range told {
		if v := text(s.Attributes(), key); v != "" {
			facts = append(facts, key+"="+v[:min(len(v), longestFact)])
		}
	}
	return strings.Join(facts, " ")
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

// causesShown are enough to see that the planted one stands out.
const causesShown = 4

func (r *result) writeBottlenecks(w io.Writer) {
	if _, skipped := r.skipped["catalog"]; skipped {
		fmt.Fprintln(w, "FOUND  nothing that was planted: that is in the catalog, which does not run")
		return
	}
	kept, named := r.named()
	fmt.Fprintf(w, "FOUND  The catalog has a bottleneck (*) that shows in large orders. Of %d of these %d were kept, %d name it.\n", r.weddings, kept, named)
	all := causes(r.kept)
	for _, c := range all[:min(causesShown, len(all))] {
		mark := " "
		if c.planted() {
			mark = "*"
		}
		fmt.Fprintf(w, "     %s %s / %s %s: %.0f ms more, traces: %d\n", mark, c.service, c.operation, sentences[c.pattern], 1000*c.excess/float64(c.traces), c.traces)
	}
}

// named is how many traces with the planted bottleneck are kept, and how many of these name it.
func (r *result) named() (kept, named int) {
	for _, t := range r.kept {
		if !t.wedding() {
			continue
		}
		kept++
		if b, _ := t.bottleneck(); b.planted() {
			named++
		}
	}
	return kept, named
}

func (r *result) writeVerdicts(w io.Writer) {
	fmt.Fprintf(w, "LINT   %-20s %-38s %s\n", "by semconv-lint", "as it was sent", "as it was kept")
	for _, s := range r.running {
		fmt.Fprintf(w, "       %-11s %-8s %-38s %s\n", s.name, s.language, r.before.of(s.name), r.after.of(s.name))
	}
}

func (v verdict) of(service string) string {
	errors, times, warnings := v.counts(service)
	if errors == 0 {
		return fmt.Sprintf("0 errors, %d warnings", warnings)
	}
	return fmt.Sprintf("%d errors (%d times), %d warnings", errors, times, warnings)
}
