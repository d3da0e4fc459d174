package config

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Suppress says for every finding which suppression covers it, nil for none, and gives what is to
// be said of the suppressions themselves. One for what was not looked at is not unused.
func (c *Config) Suppress(findings []semconvlint.Finding, in Scope, now time.Time) (by []*Suppression, own []semconvlint.Finding) {
	by = make([]*Suppression, len(findings))
	for i := range c.Ignore {
		s := &c.Ignore[i]
		expired := s.expired(now)
		used := false
		for j := range findings {
			if !s.covers(&findings[j]) {
				continue
			}
			used = true
			if !expired && by[j] == nil {
				by[j] = s
			}
		}
		switch {
		case expired:
			own = c.say(own, ExpiredSuppression, s, fmt.Sprintf("expired on %s: %s", s.Expires.Format(time.DateOnly), s.Reason))
		case !used && in.concerns(s):
			own = c.say(own, UnusedSuppression, s, "matches no finding: "+s.Reason)
		}
	}
	return by, own
}

func (s *Suppression) covers(f *semconvlint.Finding) bool {
	return Match(s.Rule, f.Rule) && matches(s.Key, f.Key) && matches(s.Path, f.Path) && matches(s.Service, f.Service) &&
		(matches(s.Scope, f.Scope) || Match(s.Scope, scopeName(f.Scope)))
}

func matches(glob, text string) bool { return glob == "" || Match(glob, text) }

// expired is from the day after, whatever the time zone: a day begins in UTC.
func (s *Suppression) expired(now time.Time) bool {
	return !s.Expires.IsZero() && !now.Before(s.Expires.AddDate(0, 0, 1))
}

// String is the suppression as it is found again in the file.
func (s *Suppression) String() string {
	parts := []string{s.Rule}
	for _, p := range []struct{ name, glob string }{{"key", s.Key}, {"service", s.Service}, {"scope", s.Scope}, {"path", s.Path}} {
		if p.glob != "" {
			parts = append(parts, p.name+" "+p.glob)
		}
	}
	return strings.Join(parts, ", ")
}

func (c *Config) say(findings []semconvlint.Finding, doc *semconvlint.Doc, s *Suppression, message string) []semconvlint.Finding {
	return append(findings, semconvlint.Finding{
		Rule: doc.ID, Title: doc.Title, Severity: c.Severity(doc), Signal: OnConfiguration,
		Key: s.String(), Message: message, Count: 1,
		Example: semconvlint.Example{Source: fmt.Sprintf("%s:%d", cmp.Or(c.Path, FileName), s.Line)},
	})
}

// Severity is a rule's, as configured.
func (c *Config) Severity(doc *semconvlint.Doc) semconvlint.Severity {
	if set := c.Rules[doc.ID].Severity; set != nil {
		return *set
	}
	return doc.Severity
}
