package semconvprocessor

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/koine-otel/koine/semconv/dialects"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/registry/weaver"
	"github.com/koine-otel/koine/semconv/translate"
)

// Config is the processor's configuration.
type Config struct {
	// Target is the version of the semantic conventions that everything is turned
	// into, from 1.21.0 on. It is pinned, so that an upgrade of the binary renames
	// nothing. Default: 1.44.0.
	Target string `mapstructure:"target"`

	// Stability is the least that a new name must have for an old one to give way to it.
	Stability StabilityConfig `mapstructure:"stability"`

	// Mode says what to do with what is found: replace old names, duplicate (write the
	// new beside the old, for the time of a migration) or report (change nothing, count).
	// Default: replace.
	Mode string `mapstructure:"mode"`

	// OnConflict says which value stays where an old and a new name differ: new or old.
	// Default: new.
	OnConflict string `mapstructure:"on_conflict"`

	// Registries are a company's own conventions over OpenTelemetry's: Weaver-format
	// folders, .zip or .tar.gz files. Their types are enforced and their renames made.
	Registries []string `mapstructure:"registries"`

	// Dialects are the foreign vocabularies to understand.
	Dialects DialectsConfig `mapstructure:"dialects"`

	// Disable leaves names alone: old or new ones, or namespaces such as db.*.
	Disable []string `mapstructure:"disable"`

	// Unmatched says what becomes of names that stand in a namespace of the conventions,
	// are none of theirs, and that nothing converts: leave or prefix (put koine.unmatched.
	// before them). Default: leave.
	Unmatched string `mapstructure:"unmatched"`

	// SpanNames replaces span names that differ from span to span ("GET /users/8231") by
	// those that the conventions ask for ("GET /users/{id}"), where http.route or other
	// attributes tell. Default: false.
	SpanNames bool `mapstructure:"span_names"`

	// Mark puts koine.semconv on the resources of what was converted, so that a Koine
	// downstream with the same configuration passes it on without looking at it. Set it
	// where one is: that takes the mark away. Default: false.
	Mark bool `mapstructure:"mark"`

	// SummaryInterval is how often the log says what was converted, and for which
	// services; 0 is never. Default: 5m.
	SummaryInterval time.Duration `mapstructure:"summary_interval"`

	_ struct{}
}

// StabilityConfig has the conventions' words: development, alpha, beta,
// release_candidate or stable.
type StabilityConfig struct {
	// Attributes is that of attributes. Default: development, which is all.
	Attributes string `mapstructure:"attributes"`
	// Metrics is that of metrics. A metric that keeps its name keeps its unit and its own
	// labels too. Default: release_candidate.
	Metrics string `mapstructure:"metrics"`
	_       struct{}
}

// DialectsConfig chooses foreign vocabularies.
type DialectsConfig struct {
	// Disable turns off vocabularies that come with the processor, by name.
	Disable []string `mapstructure:"disable"`
	// Files are vocabularies of the user's own, in YAML. They come before the others.
	Files []string `mapstructure:"files"`
}

const (
	modeReplace   = "replace"
	modeDuplicate = "duplicate"
	modeReport    = "report"

	newWins = "new"
	oldWins = "old"

	unmatchedLeave  = "leave"
	unmatchedPrefix = "prefix"
)

// strayPrefix is what unmatched: prefix puts before a name.
const strayPrefix = "koine.unmatched."

var stabilities = map[string]registry.Stability{
	"development": registry.Development, "alpha": registry.Alpha, "beta": registry.Beta,
	"release_candidate": registry.ReleaseCandidate, "stable": registry.Stable,
}

var _ component.Config = (*Config)(nil)

// Validate gives every mistake in the configuration, those in the vocabularies' files
// too.
func (c *Config) Validate() error {
	var errs []error
	if err := translate.CheckTarget(c.Target); err != nil {
		errs = append(errs, fmt.Errorf("target: %w", err))
	}
	if !slices.Contains([]string{modeReplace, modeDuplicate, modeReport}, c.Mode) {
		errs = append(errs, fmt.Errorf("mode: %q is not %s, %s or %s", c.Mode, modeReplace, modeDuplicate, modeReport))
	}
	if c.OnConflict != newWins && c.OnConflict != oldWins {
		errs = append(errs, fmt.Errorf("on_conflict: %q is not %s or %s", c.OnConflict, newWins, oldWins))
	}
	if c.Unmatched != unmatchedLeave && c.Unmatched != unmatchedPrefix {
		errs = append(errs, fmt.Errorf("unmatched: %q is not %s or %s", c.Unmatched, unmatchedLeave, unmatchedPrefix))
	}
	for _, x := range []struct{ key, word string }{{"attributes", c.Stability.Attributes}, {"metrics", c.Stability.Metrics}} {
		if _, ok := stabilities[x.word]; !ok {
			errs = append(errs, fmt.Errorf("stability::%s: %q is not development, alpha, beta, release_candidate or stable", x.key, x.word))
		}
	}
	if c.SummaryInterval < 0 {
		errs = append(errs, fmt.Errorf("summary_interval: %v is negative", c.SummaryInterval))
	}
	for _, name := range c.Dialects.Disable {
		if !slices.Contains(dialects.Names(), name) {
			errs = append(errs, fmt.Errorf("dialects::disable: unknown dialect %q, there are %s", name, strings.Join(dialects.Names(), ", ")))
		}
	}
	if _, err := weaver.Load(c.Registries...); err != nil {
		errs = append(errs, fmt.Errorf("registries: %w", err))
	}
	if _, err := c.ownDialects(); err != nil {
		errs = append(errs, fmt.Errorf("dialects::files: %w", err))
	}
	return errors.Join(errs...)
}

// job compiles what the configuration asks for.
func (c *Config) job() (*job, error) {
	vocabularies, err := c.ownDialects()
	if err != nil {
		return nil, err
	}
	vocabularies = append(vocabularies, translate.Embedded()...)
	for _, v := range dialects.All() {
		if !slices.Contains(c.Dialects.Disable, v.Name) {
			vocabularies = append(vocabularies, v)
		}
	}
	conventions, err := weaver.Load(c.Registries...)
	if err != nil {
		return nil, err
	}
	o := translate.Options{
		Registry:  conventions,
		KeepOld:   c.Mode == modeDuplicate,
		OldWins:   c.OnConflict == oldWins,
		Stability: translate.Stability{Attributes: stabilities[c.Stability.Attributes], Metrics: stabilities[c.Stability.Metrics]},
	}
	if c.Unmatched == unmatchedPrefix {
		o.Unmatched = strayPrefix
	}
	if c.Target != registry.Version {
		o.Target = c.Target
	}
	if len(c.Disable) > 0 {
		o.Skip = c.disabled
	}
	j := newJob(translate.New(o, vocabularies...), vocabularies...)
	j.conventions = conventions
	j.partial = len(c.Disable) > 0 || o.Stability.Attributes > registry.Development
	if o.KeepOld {
		// What becomes of metrics: both number their rules alike.
		o.KeepOld = false
		j.renames = translate.New(o, vocabularies...)
	}
	j.spanNames = c.SpanNames
	j.marks = marks{own: c.mark(j.table, conventions), set: c.Mark && c.Mode != modeReport}
	if c.Mode != modeDuplicate {
		j.schema = c.Target
	}
	return j, nil
}

func (c *Config) ownDialects() ([]*translate.Vocabulary, error) {
	var own []*translate.Vocabulary
	var errs []error
	for _, path := range c.Dialects.Files {
		data, err := os.ReadFile(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		v, err := translate.ParseVocabulary(path, data)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		own = append(own, v)
	}
	return own, errors.Join(errs...)
}

// disabled says whether a rule is turned off, by either end.
func (c *Config) disabled(to, from string) bool {
	return slices.ContainsFunc(c.Disable, func(pattern string) bool {
		namespace, whole := strings.CutSuffix(pattern, "*")
		if whole {
			return strings.HasPrefix(to, namespace) || strings.HasPrefix(from, namespace)
		}
		return pattern == to || slices.Contains(strings.Split(from, "+"), pattern)
	})
}
