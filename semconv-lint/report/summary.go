package report

import (
	"fmt"
	"strings"
)

// summary is what the run comes to, a line a thing.
func (r *Report) summary() []string {
	if r.Interrupted {
		return append([]string{"interrupted: what was not read until then was not checked"}, r.came()...)
	}
	return r.came()
}

// came is what the telemetry comes to that was read.
func (r *Report) came() []string {
	if r.Source != nil {
		return r.cameOfSource()
	}
	if r.Seen.Empty() {
		return []string{"no telemetry seen"}
	}
	t := r.totals()
	found := "nothing found"
	if t.errors+t.warnings+t.notes > 0 {
		found = strings.Join([]string{plural(t.errors, "error"), plural(t.warnings, "warning"), plural(t.notes, "note")}, ", ")
	}
	lines := []string{fmt.Sprintf("%s in %s (%s, %s, %s)", found, plural(len(r.Seen.Services), "service"),
		plural(r.Seen.Spans, "span"), plural(r.Seen.Points, "metric point"), plural(r.Seen.Logs, "log record"))}
	if t.suppressed > 0 {
		lines = append(lines, fmt.Sprintf("%s suppressed by the configuration", number(t.suppressed)))
	}
	if t.baselined > 0 {
		lines = append(lines, fmt.Sprintf("%s accepted by the baseline", number(t.baselined)))
	}
	lines = append(lines, r.incomplete()...)
	if r.Seen.PartialTraces > 0 {
		lines = append(lines, fmt.Sprintf("%s judged before all spans were there, for want of room", plural(r.Seen.PartialTraces, "trace")))
	}
	if r.Seen.LateSpans > 0 {
		lines = append(lines, fmt.Sprintf("%s came when their traces had been judged without them", plural(r.Seen.LateSpans, "span")))
	}
	if r.Uncounted > 0 {
		lines = append(lines, fmt.Sprintf("%s of more causes than are told apart", plural(r.Uncounted, "occurrence")))
	}
	return lines
}

// incomplete says which of the score's rules scores are without, as its specification wants: once
// for all services that are without the same.
func (r *Report) incomplete() []string {
	services := map[string][]string{}
	var all []string
	for i := range r.Scores {
		if missing := strings.Join(r.Scores[i].Missing, ", "); missing != "" {
			if services[missing] == nil {
				all = append(all, missing)
			}
			services[missing] = append(services[missing], Visible(serviceName(r.Scores[i].Service)))
		}
	}
	for i, missing := range all {
		of := strings.Join(services[missing], ", ")
		if len(services[missing]) == len(r.Scores) {
			of = "every service"
		}
		all[i] = "scores are incomplete, of " + of + " without " + missing
	}
	return all
}
