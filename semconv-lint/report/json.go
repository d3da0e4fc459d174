package report

import (
	"encoding/json"
	"io"
	"math"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// document is the JSON form. It is stable: keys are added, none is changed. schema.json says it.
type document struct {
	// Findings are those that count.
	Findings []semconvlint.Finding `json:"findings"`
	Scores   map[string]float64    `json:"scores"`
	Summary  summary               `json:"summary"`
}

type summary struct {
	// Failed is whether ExitCode is not 0, for whatever reason.
	Failed bool `json:"failed"`
	// Empty is whether no telemetry was seen.
	Empty bool `json:"empty"`
	// Damaged is how much of the input could not be read.
	Damaged int64 `json:"damaged"`
	// Interrupted is whether there was more to read.
	Interrupted bool `json:"interrupted"`
	ExitCode    int  `json:"exit_code"`
	Errors      int  `json:"errors"`
	Warnings    int  `json:"warnings"`
	Notes       int  `json:"notes"`
	// Suppressed and Baselined are not among the findings.
	Suppressed int      `json:"suppressed"`
	Baselined  int      `json:"baselined"`
	Uncounted  int64    `json:"uncounted"`
	Services   []string `json:"services"`
	Spans      int64    `json:"spans"`
	Points     int64    `json:"points"`
	Logs       int64    `json:"logs"`
	// PartialTraces were judged before they were whole.
	PartialTraces int64 `json:"partial_traces"`
	// LateSpans came when their traces had been judged, without them.
	LateSpans int64 `json:"late_spans"`
	// ScoresWithout are the rules that a service's score is without.
	ScoresWithout map[string][]string `json:"scores_without"`
}

func writeJSON(w io.Writer, r *Report) error {
	if r.Source != nil {
		return writeSourceJSON(w, r)
	}
	t := r.totals()
	d := document{Findings: []semconvlint.Finding{}, Scores: map[string]float64{}, Summary: summary{
		Failed: r.ExitCode != 0, Empty: r.Seen.Empty(), Damaged: r.Damaged, Interrupted: r.Interrupted, ExitCode: r.ExitCode,
		Errors: t.errors, Warnings: t.warnings, Notes: t.notes,
		Suppressed: t.suppressed, Baselined: t.baselined, Uncounted: r.Uncounted,
		Services: append([]string{}, r.Seen.Services...), Spans: r.Seen.Spans, Points: r.Seen.Points, Logs: r.Seen.Logs, PartialTraces: r.Seen.PartialTraces, LateSpans: r.Seen.LateSpans,
		ScoresWithout: map[string][]string{},
	}}
	for _, f := range r.counting() {
		d.Findings = append(d.Findings, f.Finding)
	}
	for _, s := range r.Scores {
		d.Scores[s.Service] = math.Round(s.Value*100) / 100
		if len(s.Missing) > 0 {
			d.Summary.ScoresWithout[s.Service] = s.Missing
		}
	}
	return encode(w, d)
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
