package source

import (
	"slices"
	"strings"
	"sync"

	"github.com/koine-otel/koine/semconv"
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
)

// Judge puts uses to semconv's verdicts. It is safe for concurrent use.
type Judge struct {
	conventions *semconvlint.Conventions
	severities  map[string]semconvlint.Severity
	set         map[string]bool // severities that the user chose
	least       Tier
	mangled     *Mangled
	// replacements cost some milliseconds, which a clean repository does not pay.
	replacements func() *verdicts.Replacements
}

// JudgeOptions are how a Judge works. The zero value has every rule with its own severity.
type JudgeOptions struct {
	// Severities are by rule; Off leaves a rule out.
	Severities map[string]semconvlint.Severity
	// Least is the least sure tier that is told; 0 is B.
	Least Tier
	// Mangled is one that a reader has, too; nil makes one when it is needed.
	Mangled *Mangled
}

// NewJudge makes a judge by conventions.
func NewJudge(c *semconvlint.Conventions, o JudgeOptions) *Judge {
	j := &Judge{conventions: c, severities: map[string]semconvlint.Severity{}, set: map[string]bool{}, least: o.Least}
	if j.least == 0 {
		j.least = B
	}
	for _, d := range Docs() {
		j.severities[d.ID] = d.Severity
		if s, ok := o.Severities[d.ID]; ok {
			j.severities[d.ID], j.set[d.ID] = s, true
		}
	}
	j.replacements = sync.OnceValue(func() *verdicts.Replacements { return verdicts.NewReplacements(c.Table) })
	if j.mangled = o.Mangled; j.mangled == nil {
		j.mangled = NewMangled(c)
	}
	return j
}

// problem is one of a use, before it is a finding.
type problem struct {
	rule, replacement, message string
	// settled is a convention that is not in development: others fail no build.
	settled bool
	since   string
	// unit is whether values are in another unit under the new name.
	unit  bool
	at    Range
	key   string
	edits []Edit
}

// Uses judges those of a file.
func (j *Judge) Uses(path, language string, content []byte, uses []Use) []Finding {
	var findings []Finding
	var in *positions
	beside := newBeside(uses)
	for i := range uses {
		u := &uses[i]
		if u.Tier > j.least || u.Role == SpanName && isTest(path) { // tests number their spans
			continue
		}
		for _, p := range j.problems(u) {
			if (p.rule == UnknownAttribute && p.replacement == "" || p.rule == SecretKey || p.rule == PersonalData) && isTest(path) {
				continue // tests make names up
			}
			severity := j.severity(u, &p, beside)
			if severity == semconvlint.Off {
				continue
			}
			if in == nil {
				in = newPositions(content)
			}
			f := Finding{
				Rule: p.rule, Severity: severity, Tier: u.Tier, Path: path, Language: language, Key: p.key,
				Replacement: p.replacement, Message: p.message, Since: p.since, UnitChanged: p.unit, At: p.at, Read: u.Read, Role: u.Role,
			}
			f.place(in, p.edits)
			findings = append(findings, f)
		}
	}
	return unique(findings)
}

// unique leaves one of findings that several readers, or several roles of one text, gave.
func unique(findings []Finding) []Finding {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		if c := Compare(&a, &b); c != 0 {
			return c
		}
		return int(a.Tier) - int(b.Tier)
	})
	return slices.CompactFunc(findings, func(a, b Finding) bool { return a.At == b.At && a.Rule == b.Rule && a.Key == b.Key })
}

func (j *Judge) problems(u *Use) []problem {
	switch u.Role {
	case Attribute:
		return j.attribute(u)
	case Metric:
		return j.metric(u)
	case Name:
		if j.conventions.Registry.Resolve(u.Key) == nil {
			if found := j.metric(u); len(found) > 0 {
				return found
			}
		}
		return j.attribute(u)
	case SpanName:
		return j.spanName(u)
	case Event:
		return j.event(u)
	case PrometheusMetric:
		return j.prometheusMetric(u)
	case PrometheusLabel:
		return j.prometheusLabel(u)
	case Package:
		return j.convention(u)
	case OptIn:
		return j.optIn(u)
	}
	return nil
}

// severity is how bad a problem is where it was found. What is not proven, and what a convention
// in development says, fails nothing unless the user wants it to.
func (j *Judge) severity(u *Use, p *problem, b *beside) semconvlint.Severity {
	s := j.severities[p.rule]
	switch {
	case u.Tier >= C || b.has(u, p):
		s = min(s, semconvlint.Note)
	case u.Tier == B, !p.settled && !j.set[p.rule]:
		s = min(s, semconvlint.Warning)
	}
	return s
}

// context is what the rules' shared words want.
func (j *Judge) context() *semconvlint.Context {
	return &semconvlint.Context{Conventions: j.conventions}
}

// said is a problem of a use at its name.
func (u *Use) said(rule, replacement, message string, settled bool) problem {
	return problem{rule: rule, replacement: replacement, message: message, settled: settled, at: u.At, key: u.Key}
}

// fixed gives a problem the edits that write its replacement.
func (p problem) fixed(rewrite Rewrite) problem {
	if rewrite != nil && p.replacement != "" && !strings.Contains(p.replacement, ",") {
		p.edits = rewrite(p.replacement)
	}
	return p
}

// ofCode are the problems of a code.
func ofCode(problems []semconv.Problem, code semconv.Code) []semconv.Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p semconv.Problem) bool { return p.Code != code })
}
