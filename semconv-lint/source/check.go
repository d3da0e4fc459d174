package source

import "fmt"

// Parser is a Reader that knows whether a file is in its language.
type Parser interface {
	// Parses is nil for a content without syntax errors.
	Parses(path string, content []byte) error
}

// Check is whether a file that could be read before an edit still can be after it.
func (l *Linter) Check(f *File, before, after []byte) error {
	for _, r := range l.Readers {
		p, ok := r.(Parser)
		if !ok || !r.Claims(f.Path) || p.Parses(f.Path, before) != nil {
			continue
		}
		if err := p.Parses(f.Path, after); err != nil {
			return fmt.Errorf("fix: %s: would not parse any more: %w", f.Path, err)
		}
	}
	return nil
}
