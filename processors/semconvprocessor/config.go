package semconvprocessor

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

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

	_ struct{}
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
)

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

// table compiles what the configuration asks for.
func (c *Config) table() (*translate.Table, error) {
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
	o := translate.Options{Registry: conventions, KeepOld: c.Mode == modeDuplicate, OldWins: c.OnConflict == oldWins}
	if c.Target != registry.Version {
		o.Target = c.Target
	}
	if len(c.Disable) > 0 {
		o.Skip = c.disabled
	}
	return translate.New(o, vocabularies...), nil
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
