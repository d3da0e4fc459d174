package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Linter reads the files of a repository and judges what they name.
type Linter struct {
	Judge   *Judge
	Readers []Reader
	// Excluded leaves out paths; nil leaves out none.
	Excluded func(path string) bool
	// Only, where it is not nil, says which lines of which files are told, as with --new-from.
	Only func(path string, line, endLine int) bool
}

// Note is what was not read, or in part.
type Note struct {
	Path    string
	Line    int
	Reason  string
	Message string
}

// Result is what was found.
type Result struct {
	// Findings are in the order of their places.
	Findings []Finding
	// Ignored are findings that a comment ignores.
	Ignored int
	// Uncounted are findings beyond MaxFindings.
	Uncounted int
	// Notes are what was not read, by path; at most maxNotes of each reason are kept, Skipped
	// counts all.
	Notes   []Note
	Skipped map[string]int
	// Files are those that there are, Read those that a reader claims.
	Files, Read int
	// Languages are how many uses were judged, by language.
	Languages map[string]int
}

// MaxFindings bounds what is kept of findings: nobody reads more, and a file of nothing else may
// have a hundred thousand.
const MaxFindings = 100_000

// maxNotes bounds the notes of a reason.
const maxNotes = 100

// maxNoted bounds the notes that are told apart.
const maxNoted = 100_000

// Lint looks at all files below a root, which may be a file.
func (l *Linter) Lint(ctx context.Context, root string) (*Result, error) {
	g := &gatherer{linter: l, noted: map[noted]bool{}, result: &Result{Skipped: map[string]int{}, Languages: map[string]int{}}}
	files, err := Walk(ctx, root, l.Excluded, func(folder *File, err error) { g.Note(folder, 0, "unreadable", err.Error()) })
	if err != nil {
		return nil, err
	}
	g.result.Files = len(files)
	g.mixed.learn(files)
	var readable []*File
	for _, f := range files {
		if l.claimed(f.Path) && !f.large(g) {
			readable = append(readable, f)
		}
	}
	g.result.Read = len(readable)
	var errs []error
	for _, r := range l.Readers {
		if claimed := ClaimAll(r, readable); len(claimed) > 0 {
			if err := r.Read(ctx, root, claimed, g); err != nil {
				errs = append(errs, fmt.Errorf("source: %s: %w", r.Name(), err))
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return g.finish(), errors.Join(errs...)
}

func (l *Linter) claimed(path string) bool {
	return slices.ContainsFunc(l.Readers, func(r Reader) bool { return r.Claims(path) })
}

// gatherer is the sink of a run.
type gatherer struct {
	linter *Linter
	mixed  mixed

	mu     sync.Mutex
	result *Result
	noted  map[noted]bool
}

// noted is what two readers of one file may say both.
type noted struct {
	path   string
	line   int
	reason string
}

// Uses judges a file's uses. What a comment ignores is not told.
func (g *gatherer) Uses(f *File, language string, content []byte, uses []Use) {
	findings := g.linter.Judge.Uses(f.Path, language, content, uses)
	ignores := ignoresOf(f.Path, content)
	kept, ignored := ignores.apply(findings)
	kept = append(kept, ignores.unused(g.linter.Judge, f.Path, language, content)...)
	if only := g.linter.Only; only != nil {
		kept = slices.DeleteFunc(kept, func(f Finding) bool { return !only(f.Path, f.Line, f.EndLine) })
	}
	g.mixed.add(f.Path, language, content, uses, findings)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.result.Ignored += ignored
	g.result.Languages[language] += len(uses)
	room := max(0, MaxFindings-len(g.result.Findings))
	if len(kept) > room {
		g.result.Uncounted += len(kept) - room
		kept = kept[:room]
	}
	g.result.Findings = append(g.result.Findings, kept...)
}

// Note counts what is not read.
func (g *gatherer) Note(f *File, line int, reason, message string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if same := (noted{f.Path, line, reason}); g.noted[same] {
		return
	} else if len(g.noted) < maxNoted {
		g.noted[same] = true
	}
	if g.result.Skipped[reason]++; g.result.Skipped[reason] <= maxNotes {
		g.result.Notes = append(g.result.Notes, Note{f.Path, line, reason, message})
	}
}

func (g *gatherer) finish() *Result {
	r := g.result
	r.Findings = append(r.Findings, g.mixed.findings(g.linter)...)
	slices.SortFunc(r.Findings, func(a, b Finding) int { return Compare(&a, &b) })
	r.Findings = slices.CompactFunc(r.Findings, func(a, b Finding) bool {
		return Compare(&a, &b) == 0
	})
	slices.SortFunc(r.Notes, compareNotes)
	return r
}

func compareNotes(a, b Note) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Message, b.Message))
}
