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
		Fixes        []sarifFix         `json:"fixes,omitempty"`
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
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
	sarifFix struct {
		Description sarifMessage  `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion  `json:"deletedRegion"`
		Inserted sarifMessage `json:"insertedContent"`
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
		Locations: []sarifLocation{{Physical: sarifPhysical{sarifArtifact{uri(file)}, sarifRegion{StartLine: line}}}},
		// GitHub looks at the first alone, and would otherwise hash the line of the telemetry.
		Fingerprints: map[string]string{"primaryLocationLineHash": id + ":1", "semconvLint/v1": id},
		Properties:   map[string]string{},
	}
	if i, ok := index[f.Rule]; ok {
		result.RuleIndex = &i
	}
	if f.Source != nil {
		result.Count = 0 // one place is one result
		result.Locations[0].Physical.Region = sarifRegionOf(f.Source.Region)
		result.Fixes = sarifFixes(f, uri(file))
		result.Properties["tier"], result.Properties["language"] = f.Source.Tier, f.Source.Language
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

func sarifRegionOf(r Region) sarifRegion {
	return sarifRegion{StartLine: r.Line, StartColumn: r.Column, EndLine: r.EndLine, EndColumn: r.EndColumn}
}

// sarifFixes are the edits that write the replacement.
func sarifFixes(f *Finding, file string) []sarifFix {
	if !f.Source.Fixable() {
		return nil
	}
	change := sarifChange{Artifact: sarifArtifact{file}}
	for _, e := range f.Source.Edits {
		change.Replacements = append(change.Replacements, sarifReplacement{sarifRegionOf(e.Region), sarifMessage{e.Text}})
	}
	return []sarifFix{{sarifMessage{"write " + f.Replacement}, []sarifChange{change}}}
}

func sarifLevel(s semconvlint.Severity) string {
	if s == semconvlint.Off {
		return "none"
	}
	return s.String()
}

// uri is a file's: relative ones stay so, as viewers want them.
func uri(file string) string {
	u := url.URL{Path: strings.TrimPrefix(filepath.ToSlash(file), "./")}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
	}
	return u.String() // ./a:b for a:b, which would be of a scheme a
}
