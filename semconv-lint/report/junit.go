package report

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/config"
)

// A suite is a service, a case one of its rules; what does not fail the run is a case's output.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitFailure `xml:"failure"`
		Skipped *junitSkipped `xml:"skipped"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

func writeJUnit(w io.Writer, r *Report) error {
	all := junitSuites{Name: "semconv-lint"}
	byName := map[string][]Finding{}
	var names []string
	for _, service := range r.Seen.Services {
		names = append(names, serviceName(service))
	}
	for _, g := range r.groups(r.Findings) {
		if !slices.Contains(names, g.name) {
			names = append(names, g.name)
		}
		byName[g.name] = g.findings
	}
	for _, name := range names {
		suite := r.junitSuite(name, byName[name])
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Suites = append(all.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (r *Report) junitSuite(name string, findings []Finding) junitSuite {
	suite := junitSuite{Name: name}
	byRule := map[string][]Finding{}
	var rules []string
	for _, doc := range r.Docs {
		own := config.IsOwn(doc.ID)
		if own == (name == configuration) {
			rules = append(rules, doc.ID)
		}
	}
	for _, f := range findings {
		if !slices.Contains(rules, f.Rule) {
			rules = append(rules, f.Rule)
		}
		byRule[f.Rule] = append(byRule[f.Rule], f)
	}
	for _, rule := range rules {
		c := r.junitCase(name, rule, byRule[rule])
		suite.Tests++
		if c.Failure != nil {
			suite.Failures++
		}
		if c.Skipped != nil {
			suite.Skipped++
		}
		suite.Cases = append(suite.Cases, c)
	}
	return suite
}

func (r *Report) junitCase(suite, rule string, findings []Finding) junitCase {
	c := junitCase{Class: suite, Name: rule}
	var failing, passing, why []string
	severity := ""
	for i := range findings {
		f := &findings[i]
		line := f.sentence()
		if f.Source != nil {
			line = Visible(f.Source.Path) + ":" + f.Source.at() + ": " + line
		}
		if e := f.example(); e != "" {
			line += ", e.g. " + e
		}
		switch {
		case f.Suppressed != nil:
			why = append(why, "suppressed: "+f.Suppressed.Reason)
		case f.Baselined:
			why = append(why, "accepted by the baseline")
		case r.fails(f.Severity):
			failing, severity = append(failing, line), f.Severity.String()
		default:
			passing = append(passing, f.Severity.String()+": "+line)
		}
	}
	c.Output = strings.Join(passing, "\n")
	switch {
	case len(failing) > 0:
		c.Failure = &junitFailure{Message: failing[0], Type: severity, Text: strings.Join(failing, "\n")}
	case len(passing) == 0 && len(why) > 0:
		c.Skipped = &junitSkipped{Message: why[0]}
	}
	return c
}
