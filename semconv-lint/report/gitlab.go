package report

import (
	"io"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// issue is one of GitLab's code quality report.
type issue struct {
	Description string        `json:"description"`
	CheckName   string        `json:"check_name"`
	Fingerprint string        `json:"fingerprint"`
	Severity    string        `json:"severity"`
	Location    issueLocation `json:"location"`
}

type issueLocation struct {
	Path  string     `json:"path"`
	Lines issueLines `json:"lines"`
}

type issueLines struct {
	Begin int `json:"begin"`
}

var gitLabSeverities = [...]string{semconvlint.Note: "info", semconvlint.Warning: "minor", semconvlint.Error: "major"}

func writeGitLab(w io.Writer, r *Report) error {
	issues := []issue{}
	findings := r.counting()
	ids := ids(findings)
	for i := range findings {
		f := &findings[i]
		file, line := r.place(f)
		issues = append(issues, issue{f.sentence(), f.Rule, ids[i], gitLabSeverities[f.Severity], issueLocation{file, issueLines{line}}})
	}
	return encode(w, issues)
}
