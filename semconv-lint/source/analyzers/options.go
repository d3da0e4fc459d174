package analyzers

import (
	"flag"
	"strings"
	"sync"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/source"
)

// Options are an analyzer's settings. The zero value judges by the newest conventions.
type Options struct {
	// Target is the version of the conventions, empty for the newest.
	Target string
	// Registries are folders of company registries.
	Registries []string
	// Tier is the least sure one that is told: A or B; 0 is B.
	Tier source.Tier
	// Severities are by rule; Least is the least severe that is told, Off is a warning: go vet
	// knows no severities and fails with any.
	Severities map[string]semconvlint.Severity
	Least      semconvlint.Severity
}

// settings are options that flags may still change, and the judge by them.
type settings struct {
	Options
	once sync.Once
	made *source.Judge
	err  error
}

func (s *settings) flags(f *flag.FlagSet) {
	f.StringVar(&s.Target, "target", s.Target, "the `version` of the semantic conventions, 1.44.0, empty for the newest")
	f.Func("registry", "the `folder` of a company registry; may be given several times", func(dir string) error {
		s.Registries = append(s.Registries, dir)
		return nil
	})
	f.Func("tier", "the least sure `tier` that is told: A, proven calls of telemetry, or B, names in files that use telemetry", func(name string) error {
		return parsed(name, source.ParseTier, &s.Tier)
	})
	f.Func("least", "the least `severity` that is told: note, warning or error", func(name string) error {
		return parsed(name, semconvlint.ParseSeverity, &s.Least)
	})
	f.Func("rule", "`RULE=severity`, which may be off; may be given several times", func(text string) error {
		rule, name, _ := strings.Cut(text, "=")
		severity, err := semconvlint.ParseSeverity(name)
		if err != nil {
			return err
		}
		if s.Severities == nil {
			s.Severities = map[string]semconvlint.Severity{}
		}
		s.Severities[rule] = severity
		return nil
	})
}

// parsed sets what a name means, and nothing where it means nothing.
func parsed[T any](name string, parse func(string) (T, error), to *T) error {
	value, err := parse(name)
	if err == nil {
		*to = value
	}
	return err
}

// judge is made when there is something to judge: go vet starts the tool once for each package,
// and most have nothing.
func (s *settings) judge() (*source.Judge, error) {
	s.once.Do(func() {
		c, err := semconvlint.NewConventions(s.Target, s.Registries...)
		if err != nil {
			s.err = err
			return
		}
		s.made = source.NewJudge(c, source.JudgeOptions{Severities: s.Severities, Least: s.Tier})
	})
	return s.made, s.err
}
