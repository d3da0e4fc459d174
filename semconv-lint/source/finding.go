package source

import (
	"bytes"
	"cmp"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Finding is one problem at one place.
type Finding struct {
	Rule     string
	Severity semconvlint.Severity
	Tier     Tier
	// Path is relative to the root, with slashes.
	Path string
	// Lines and columns are from 1, columns in characters; the end is the one after the last.
	Line, Column, EndLine, EndColumn int
	Language                         string
	// Key is the name that is meant, Replacement what to write instead, empty where nothing is.
	Key, Replacement string
	// Message is a sentence without a full stop.
	Message string
	// Since is the version that retired the name, empty where that is not known.
	Since string
	// UnitChanged is whether values are in another unit under the new name: what they are compared
	// with changes as well.
	UnitChanged bool
	// Edits write the replacement; none where that is not safe.
	Edits []Placed
	// At is the place in bytes, Text the line that it begins on, trimmed and at most maxText long.
	At   Range
	Text string
	// Read is a name that is looked for and not set.
	Read bool
	Role Role
}

// maxText is how much of a line is shown: of a file of one line it would be all.
const maxText = 160

// Placed is an edit with its place in lines and columns.
type Placed struct {
	Edit
	Line, Column, EndLine, EndColumn int
}

// Fixable is whether the replacement can be written without looking.
func (f *Finding) Fixable() bool { return len(f.Edits) > 0 }

// Compare orders findings by place, then rule.
func Compare(a, b *Finding) int {
	return cmp.Or(
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Message, b.Message),
	)
}

// place says where a finding and its edits are.
func (f *Finding) place(in *positions, edits []Edit) {
	f.Line, f.Column = in.of(f.At.Start)
	f.EndLine, f.EndColumn = in.of(f.At.End)
	text := in.content[in.lines[f.Line-1]:in.lines.end(f.Line, len(in.content))]
	f.Text = clip(string(bytes.TrimSpace(text[:min(len(text), 4*maxText)])))
	for _, e := range edits {
		p := Placed{Edit: e}
		p.Line, p.Column = in.of(e.Start)
		p.EndLine, p.EndColumn = in.of(e.End)
		f.Edits = append(f.Edits, p)
	}
}

func clip(text string) string {
	if len(text) > maxText {
		return strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	return strings.ToValidUTF8(text, "")
}
