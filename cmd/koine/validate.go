package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/confmap"
	"go.yaml.in/yaml/v3"

	"github.com/koine-otel/koine/processors/semconvprocessor"
	"github.com/koine-otel/koine/semconv-lint/source/configs/pipelines"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
	"github.com/koine-otel/koine/semconv/translate"
)

// resolved keeps the configuration as the collector resolved it: merged from all that was given,
// with its variables filled in.
type resolved struct{ *confmap.Conf }

func (r *resolved) Convert(_ context.Context, conf *confmap.Conf) error {
	r.Conf = conf
	return nil
}

func (r *resolved) factory() confmap.ConverterFactory {
	return confmap.NewConverterFactory(func(confmap.ConverterSettings) confmap.Converter { return r })
}

// warnOfRenamed makes `koine validate` warn, where a configuration is valid, of components that
// read what the semconv processor before them has renamed.
func warnOfRenamed(root *cobra.Command, r *resolved) {
	command, _, err := root.Find([]string{"validate"})
	if err != nil {
		return // the collector has no such command
	}
	validate := command.RunE
	command.RunE = func(c *cobra.Command, args []string) error {
		if err := validate(c, args); err != nil || r.Conf == nil {
			return err
		}
		warnings, err := renamed(r.Conf)
		for _, w := range warnings {
			fmt.Fprintln(c.ErrOrStderr(), "Warning:", w)
		}
		return err
	}
}

func renamed(conf *confmap.Conf) ([]pipelines.Warning, error) {
	text, err := yaml.Marshal(conf.ToStringMap())
	if err != nil {
		return nil, fmt.Errorf("validate: %w", err)
	}
	documents := yamltext.Parse(text)
	if len(documents) != 1 || documents[0].Err != nil {
		return nil, nil // an empty one
	}
	return pipelines.Check(documents[0].Root, func(id string) (*translate.Table, error) {
		config := semconvprocessor.NewFactory().CreateDefaultConfig().(*semconvprocessor.Config)
		sub, err := conf.Sub("processors" + confmap.KeyDelimiter + id)
		if err != nil {
			return nil, err
		}
		if err := sub.Unmarshal(config); err != nil {
			return nil, err
		}
		return config.Renames()
	})
}
