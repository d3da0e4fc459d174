package command

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/aymanbagabas/go-udiff"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// ReaderOptions are what is set of how files are read.
type ReaderOptions struct {
	// SyntaxOnly reads Go without its types.
	SyntaxOnly bool
	// Mangled are names as Prometheus spells them.
	Mangled *source.Mangled
}

// maxPasses bounds how often files are fixed anew: two findings that overlap take two.
const maxPasses = 4

// run lints, fixes if that is wanted, and says what there is.
func (s *sourceLint) run(ctx context.Context) error {
	if s.flags.newFrom != "" {
		changed, err := source.ChangedSince(ctx, s.rootFolder(), s.flags.newFrom)
		if err != nil {
			return fmt.Errorf("--new-from: %w", err)
		}
		s.linter.Only = changed.Has
	}
	result, trouble := s.read(ctx)
	if result == nil {
		return trouble
	}
	fixed := 0
	switch {
	case s.flags.diff:
		if err := s.diff(result); err != nil {
			return errors.Join(trouble, err)
		}
	case s.flags.fix:
		for pass := 0; pass < maxPasses; pass++ {
			n, err := s.fix(result)
			fixed += n
			if err != nil {
				return errors.Join(trouble, err)
			}
			if n == 0 {
				break
			}
			if result, trouble = s.read(ctx); result == nil {
				return trouble
			}
		}
	}
	return s.endSource(result, fixed, trouble)
}

// read looks at the repository. Without a result there is nothing to say but why.
func (s *sourceLint) read(ctx context.Context) (*source.Result, error) {
	result, err := s.linter.Lint(ctx, s.root)
	if result == nil && ctx.Err() != nil {
		err = errors.New("interrupted: nothing is said of what was read so far")
	}
	return result, err
}

// endSource says what was found.
func (s *sourceLint) endSource(result *source.Result, fixed int, trouble error) error {
	r, err := s.sourceReport(result, fixed, trouble == nil)
	if err != nil {
		return errors.Join(trouble, err)
	}
	code := Clean
	switch {
	case trouble != nil:
		code = Trouble
	case result.Read == 0:
		code = s.empty
	case r.Failed():
		code = Found
	}
	r.ExitCode = code
	if !s.flags.diff { // the patch alone, so that it can be applied
		if err := writeAll(s.outputs, s.env, r); err != nil {
			return errors.Join(trouble, err)
		}
	}
	switch {
	case trouble != nil:
		return trouble
	case code != Clean:
		return exit(code)
	}
	return nil
}

// rootFolder is the folder of what is linted.
func (s *sourceLint) rootFolder() string {
	if isFile(s.root) {
		return filepath.Dir(s.root)
	}
	return s.root
}

// fixable are the findings of each file that have edits and that nothing suppresses, in the files' order.
func (s *sourceLint) fixable(result *source.Result) ([]string, map[string][]source.Finding, error) {
	r, err := s.sourceReport(result, 0, false)
	if err != nil {
		return nil, nil, err
	}
	type place struct {
		path, rule   string
		line, column int
	}
	counts := map[place]bool{}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Source != nil && f.Suppressed == nil {
			counts[place{f.Source.Path, f.Rule, f.Source.Line, f.Source.Column}] = true
		}
	}
	var paths []string
	by := map[string][]source.Finding{}
	for _, f := range result.Findings {
		if !f.Fixable() || !counts[place{f.Path, f.Rule, f.Line, f.Column}] {
			continue
		}
		if by[f.Path] == nil {
			paths = append(paths, f.Path)
		}
		by[f.Path] = append(by[f.Path], f)
	}
	return paths, by, nil
}

// fixes are the files as the edits leave them. A file that a reader could not read any more is
// left as it is.
func (s *sourceLint) fixes(result *source.Result) ([]*source.Fixed, error) {
	paths, by, err := s.fixable(result)
	if err != nil {
		return nil, err
	}
	var all []*source.Fixed
	for _, path := range paths {
		f := &source.File{Path: path, Abs: filepath.Join(s.rootFolder(), filepath.FromSlash(path))}
		fixed, err := source.Fix(f, by[path])
		if err != nil {
			return nil, err
		}
		if err := s.linter.Check(f, fixed.Before, fixed.After); err != nil {
			fmt.Fprintf(s.env.Err, "Warning: %v: it is left as it is\n", err)
			continue
		}
		if len(fixed.Done) > 0 {
			all = append(all, fixed)
		}
	}
	return all, nil
}

func (s *sourceLint) fix(result *source.Result) (int, error) {
	all, err := s.fixes(result)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, f := range all {
		if err := f.Write(); err != nil {
			return n, err
		}
		n += len(f.Done)
	}
	return n, nil
}

func (s *sourceLint) diff(result *source.Result) error {
	all, err := s.fixes(result)
	if err != nil {
		return err
	}
	for _, f := range all {
		fmt.Fprint(s.env.Out, udiff.Unified("a/"+f.File.Path, "b/"+f.File.Path, string(f.Before), string(f.After)))
	}
	return nil
}
