package config

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Baseline is the findings that are accepted for now: new ones alone fail. It is a ratchet: what
// was solved is taken out and does not come back unseen.
type Baseline struct {
	Path    string
	entries map[Fingerprint]bool
}

// Fingerprint says which finding it is, whatever its count, its example and its library's version.
type Fingerprint struct {
	Rule    string `json:"rule"`
	Service string `json:"service"`
	Scope   string `json:"scope,omitempty"` // without a version: an upgrade makes no new finding
	Key     string `json:"key,omitempty"`
	Detail  string `json:"detail,omitempty"`
	Path    string `json:"path,omitempty"` // of a finding in source
}

// FingerprintOf is a finding's.
func FingerprintOf(f *semconvlint.Finding) Fingerprint {
	return Fingerprint{Rule: f.Rule, Service: f.Service, Scope: scopeName(f.Scope), Key: f.Key, Detail: f.Detail, Path: f.Path}
}

// scopeName is a scope without its version. A name may begin with an @ of its own, as npm's do.
func scopeName(scope string) string {
	if at := strings.LastIndexByte(scope, '@'); at > 0 {
		return scope[:at]
	}
	return scope
}

// baselineFile is the file's form.
type baselineFile struct {
	Version  int           `json:"version"`
	Findings []Fingerprint `json:"findings"`
}

const baselineVersion = 1

// LoadBaseline reads a baseline. One that is not there is empty if it may be.
func LoadBaseline(path string, mayBeMissing bool) (*Baseline, error) {
	b := &Baseline{Path: path, entries: map[Fingerprint]bool{}}
	data, err := os.ReadFile(path)
	if mayBeMissing && errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	var file baselineFile
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		line := 1 + bytes.Count(data[:min(d.InputOffset(), int64(len(data)))], []byte("\n"))
		return nil, fmt.Errorf("baseline: %s:%d: %w", path, line, err)
	}
	if file.Version != baselineVersion {
		return nil, fmt.Errorf("baseline: %s: version %d, not %d", path, file.Version, baselineVersion)
	}
	for _, f := range file.Findings {
		b.entries[f] = true
	}
	return b, nil
}

// Has says whether a finding is accepted. What concerns the configuration never is.
func (b *Baseline) Has(f *semconvlint.Finding) bool {
	return b != nil && f.Signal != OnConfiguration && b.entries[FingerprintOf(f)]
}

// Stale are the entries of what is no longer found, as far as it was looked for: of the others
// nothing is known.
func (b *Baseline) Stale(findings []semconvlint.Finding, in Scope) []Fingerprint {
	found := map[Fingerprint]bool{}
	for i := range findings {
		found[FingerprintOf(&findings[i])] = true
	}
	var stale []Fingerprint
	for entry := range b.entries {
		if !found[entry] && in.has(&entry) {
			stale = append(stale, entry)
		}
	}
	slices.SortFunc(stale, compareFingerprints)
	return stale
}

// StaleFindings say them.
func (c *Config) StaleFindings(b *Baseline, stale []Fingerprint) []semconvlint.Finding {
	var all []semconvlint.Finding
	for _, s := range stale {
		all = append(all, semconvlint.Finding{
			Rule: StaleBaseline.ID, Title: StaleBaseline.Title, Severity: c.Severity(StaleBaseline), Signal: OnConfiguration,
			Service: s.Service, Scope: s.Scope, Path: s.Path, Key: s.Key, Detail: strings.Trim(s.Rule+" "+s.Detail, " "), Count: 1,
			Message: fmt.Sprintf("%s is no longer found: --update-baseline takes it out", s.Rule),
			Example: semconvlint.Example{Source: b.Path},
		})
	}
	return all
}

// Update makes the baseline accept these findings, and no others where it was looked.
func (b *Baseline) Update(findings []semconvlint.Finding, in Scope) error {
	for _, stale := range b.Stale(findings, in) {
		delete(b.entries, stale)
	}
	for i := range findings {
		if findings[i].Signal != OnConfiguration {
			b.entries[FingerprintOf(&findings[i])] = true
		}
	}
	return b.write()
}

// write puts an entry on each line, in order: a review sees what came and what went.
func (b *Baseline) write() error {
	var entries []Fingerprint
	for entry := range b.entries {
		entries = append(entries, entry)
	}
	slices.SortFunc(entries, compareFingerprints)
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n  \"version\": %d,\n  \"findings\": [", baselineVersion)
	for i, entry := range entries {
		var line bytes.Buffer
		e := json.NewEncoder(&line)
		e.SetEscapeHTML(false)
		if err := e.Encode(entry); err != nil {
			return fmt.Errorf("baseline: %s: %w", b.Path, err)
		}
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, "\n    %s", bytes.TrimSpace(line.Bytes()))
	}
	if len(entries) > 0 {
		out.WriteString("\n  ")
	}
	out.WriteString("]\n}\n")
	if err := os.WriteFile(b.Path, out.Bytes(), 0o644); err != nil {
		return fmt.Errorf("baseline: %w", err)
	}
	return nil
}

func compareFingerprints(a, b Fingerprint) int {
	return cmp.Or(
		cmp.Compare(a.Service, b.Service), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Key, b.Key),
		cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Detail, b.Detail),
	)
}
