package report

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// The parts of SARIF 2.1.0 that a telemetry linter has something to say in.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool       `json:"tool"`
		Automation sarifAutomation `json:"automationDetails"`
		ColumnKind string          `json:"columnKind"`
		Results    []sarifResult   `json:"results"`
	}
	sarifAutomation struct {
		ID string `json:"id"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID            string        `json:"id"`
		Short         sarifMessage  `json:"shortDescription"`
		Full          *sarifMessage `json:"fullDescription,omitempty"`
		Help          sarifHelp     `json:"help"`
		HelpURI       string        `json:"helpUri,omitempty"`
		Configuration sarifDefault  `json:"defaultConfiguration"`
	}
	sarifDefault struct {
		Enabled bool   `json:"enabled"`
		Level   string `json:"level"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    *int               `json:"ruleIndex,omitempty"`
		Level        string             `json:"level"`
		Message      sarifMessage       `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Count        int64              `json:"occurrenceCount,omitempty"`
		Baseline     string             `json:"baselineState,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   map[string]string  `json:"properties,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
		Kind               string `json:"kind"`
	}
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	homepage    = "https://github.com/koine-otel/koine/tree/main/semconv-lint"
)

func writeSARIF(w io.Writer, r *Report) error {
	driver := sarifDriver{Name: "semconv-lint", Version: r.Version, InformationURI: homepage, Rules: []sarifRule{}}
	index := map[string]int{}
	for i, doc := range r.Docs {
		index[doc.ID] = i
		driver.Rules = append(driver.Rules, sarifRuleOf(doc))
	}
	run := sarifRun{
		Tool: sarifTool{driver}, Automation: sarifAutomation{"semconv-lint/"},
		ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
	}
	ids := ids(r.Findings)
	for i := range r.Findings {
		run.Results = append(run.Results, r.sarifResult(&r.Findings[i], ids[i], index))
	}
	return encode(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifRuleOf(doc *semconvlint.Doc) sarifRule {
	rule := sarifRule{
		ID: doc.ID, Short: sarifMessage{doc.Title}, HelpURI: doc.Link,
		Help:          sarifHelp{Text: PlainDoc(doc), Markdown: MarkdownDoc(doc)},
		Configuration: sarifDefault{Enabled: doc.Severity != semconvlint.Off, Level: sarifLevel(doc.Severity)},
	}
	if doc.Why != "" {
		rule.Full = &sarifMessage{doc.Why}
	}
	return rule
}

func (r *Report) sarifResult(f *Finding, id string, index map[string]int) sarifResult {
	file, line := r.place(f)
	result := sarifResult{
		RuleID: f.Rule, Level: sarifLevel(f.Severity), Message: sarifMessage{f.sentence()}, Count: f.Count,
		Locations: []sarifLocation{{Physical: sarifPhysical{sarifArtifact{uri(file)}, sarifRegion{line}}}},
		// GitHub looks at the first alone, and would otherwise hash the line of the telemetry.
		Fingerprints: map[string]string{"primaryLocationLineHash": id + ":1", "semconvLint/v1": id},
		Properties:   map[string]string{},
	}
	if i, ok := index[f.Rule]; ok {
		result.RuleIndex = &i
	}
	if f.Service != "" {
		result.Locations[0].Logical = []sarifLogical{{strings.Trim(f.Service+"/"+f.Scope, "/"), "module"}}
	}
	for _, p := range [][2]string{{"service", f.Service}, {"scope", f.Scope}, {"signal", string(f.Signal)}, {"key", f.Key}, {"replacement", f.Replacement}} {
		if p[1] != "" {
			result.Properties[p[0]] = p[1]
		}
	}
	if r.HasBaseline {
		result.Baseline = map[bool]string{true: "unchanged", false: "new"}[f.Baselined]
	}
	if f.Suppressed != nil {
		result.Suppressions = []sarifSuppression{{"external", "accepted", f.Suppressed.Reason}}
	}
	return result
}

func sarifLevel(s semconvlint.Severity) string {
	if s == semconvlint.Off {
		return "none"
	}
	return s.String()
}

// uri is a file's: relative ones stay so, as viewers want them.
func uri(file string) string {
	u := url.URL{Path: filepath.ToSlash(file)}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
	}
	return strings.TrimPrefix(u.String(), "./")
}
