package main

import (
	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/command"
	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/configs"
	"github.com/koine-otel/koine/semconv-lint/source/dashboards"
	"github.com/koine-otel/koine/semconv-lint/source/golang"
	"github.com/koine-otel/koine/semconv-lint/source/treesitter"
)

// readers are those of everything that a repository may hold.
func readers(c *semconvlint.Conventions, o command.ReaderOptions) []source.Reader {
	return []source.Reader{
		dashboards.New(o.Mangled), configs.New(), golang.New(golang.Options{Syntax: o.SyntaxOnly}), treesitter.New(c),
	}
}
