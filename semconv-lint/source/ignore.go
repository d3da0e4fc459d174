package source

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// marker begins a comment that ignores findings:
//
//	semconv-lint:ignore RULE[,RULE…] reason        on the same line, or alone above it
//	semconv-lint:ignore-file RULE[,RULE…] reason   in the whole file
const marker = "semconv-lint:ignore"

// ignores are a file's.
type ignores []ignore

type ignore struct {
	at    Range
	rules []string
	// line is the first that it covers, 0 for the whole file, end the last.
	line   int
	end    int
	reason bool
	used   bool
}

// ignoresOf finds those of a file. Most have none, and cost a search for the marker.
func ignoresOf(file string, content []byte) ignores {
	var all ignores
	var lines Lines
	next := 0 // the line below the last comment that stands alone
	for from := 0; ; {
		i := bytes.Index(content[from:], []byte(marker))
		if i < 0 {
			return all
		}
		if lines == nil {
			lines = LinesOf(content)
		}
		start := from + i
		from = start + len(marker)
		line, _ := lines.Position(content, start)
		before := bytes.TrimSpace(content[lines[line-1]:start])
		opened := commentStart(file, before)
		if opened < 0 {
			continue // a text that speaks of it
		}
		ig := ignore{at: Range{start, from}, line: line}
		rest, ofFile := strings.CutPrefix(string(content[from:lines.end(line, len(content))]), "-file")
		if !strings.HasPrefix(rest, " ") && strings.TrimSpace(rest) != "" {
			continue // semconv-lint:ignored
		}
		ig.say(rest)
		switch {
		case ofFile:
			ig.line = 0
		case opened == 0:
			// Of comments in a row all are above the same line.
			if next <= line {
				next = below(file, content, lines, line)
			}
			ig.line = next
		}
		if last := len(all) - 1; last >= 0 && all[last].line == ig.line {
			ig.end = all[last].end
		} else {
			ig.end = blockEnd(content, lines, ig.line)
		}
		all = append(all, ig)
	}
}

// say reads what stands behind the marker: rules with commas between them, and a reason, up to the
// comment's end.
func (ig *ignore) say(text string) {
	rules, reason, _ := strings.Cut(strings.TrimSpace(text), " ")
	for _, end := range [...]string{"*/", "-->", "*)", "#}"} {
		reason = strings.TrimSuffix(strings.TrimSpace(reason), end)
	}
	ig.reason = strings.TrimSpace(reason) != ""
	for rule := range strings.SplitSeq(rules, ",") {
		if rule = strings.TrimSpace(rule); rule != "" {
			ig.rules = append(ig.rules, rule)
		}
	}
}

// below is the next line with something that is no comment.
func below(file string, content []byte, lines Lines, line int) int {
	for line++; line <= len(lines); line++ {
		text := bytes.TrimSpace(content[lines[line-1]:lines.end(line, len(content))])
		if len(text) > 0 && commentStart(file, text[:min(len(text), 4)]) != 0 {
			return line
		}
	}
	return line
}

// opensBlock is a line of YAML whose text is the lines below it, which have no room for comments.
var opensBlock = regexp.MustCompile(`^[ \t]*(?:- +)*(?:[^\s#][^#\n]*:[ \t]+)?[|>][-+0-9]{0,2}[ \t]*(?:#[^\n]*)?\r?\n?$`)

// blockEnd is the last line of what begins at one: the line itself, but where it opens a text.
func blockEnd(content []byte, lines Lines, line int) int {
	if line == 0 || line > len(lines) {
		return line
	}
	opening := content[lines[line-1]:lines.end(line, len(content))]
	if !opensBlock.Match(opening) {
		return line
	}
	indent, end := indentOf(opening), line
	for next := line + 1; next <= len(lines); next++ {
		text := content[lines[next-1]:lines.end(next, len(content))]
		switch {
		case len(bytes.TrimSpace(text)) == 0:
		case indentOf(text) <= indent:
			return end
		default:
			end = next
		}
	}
	return end
}

func indentOf(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// commentStart is where a comment begins before the marker: 0 if nothing else stands on the line,
// -1 for none.
func commentStart(file string, before []byte) int {
	first := -1
	begins := slashes
	if !slashed[path.Ext(file)] {
		begins = anything
	}
	for _, begin := range begins {
		if i := bytes.Index(before, []byte(begin)); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}

// What begins a comment: a number sign is text in the languages of slashes.
var (
	slashes  = []string{"//", "/*", "*"}
	anything = []string{"//", "#", "/*", "<!--", "--", "{{/*", "*", ";", "(*"}
	slashed  = map[string]bool{
		".go": true, ".java": true, ".kt": true, ".kts": true, ".js": true, ".mjs": true, ".cjs": true, ".jsx": true, ".ts": true, ".mts": true, ".cts": true, ".tsx": true,
		".cs": true, ".rs": true, ".cpp": true, ".cc": true, ".cxx": true, ".h": true, ".hpp": true,
	}
)

// apply takes out what is ignored.
func (all ignores) apply(findings []Finding) (kept []Finding, ignored int) {
	if len(all) == 0 {
		return findings, 0
	}
	for _, f := range findings {
		if all.covers(&f) {
			ignored++
		} else {
			kept = append(kept, f)
		}
	}
	return kept, ignored
}

func (all ignores) covers(f *Finding) bool {
	covered := false
	for i := range all {
		if ig := &all[i]; ig.reason && (ig.line == 0 || ig.line <= f.EndLine && ig.end >= f.Line) && ig.names(f.Rule) {
			ig.used, covered = true, true
		}
	}
	return covered
}

func (ig *ignore) names(rule string) bool {
	for _, glob := range ig.rules {
		if ok, err := path.Match(glob, rule); err == nil && ok {
			return true
		}
	}
	return false
}

// unused are findings on ignores that ignore nothing.
func (all ignores) unused(j *Judge, file, language string, content []byte) []Finding {
	if len(all) == 0 || j.severities[UnusedIgnore] == semconvlint.Off {
		return nil
	}
	var found []Finding
	in := newPositions(content)
	for i := range all {
		ig := &all[i]
		if ig.used {
			continue
		}
		message := "ignores " + strings.Join(ig.rules, ", ") + ", of which there is nothing"
		switch {
		case len(ig.rules) == 0:
			message = "says no rule: " + marker + " RULE reason"
		case !ig.reason:
			message = "gives no reason, and ignores nothing: " + marker + " " + strings.Join(ig.rules, ",") + " reason"
		}
		f := Finding{Rule: UnusedIgnore, Severity: j.severities[UnusedIgnore], Tier: A, Path: file, Language: language, Key: strings.Join(ig.rules, ","), Message: message, At: ig.at}
		f.place(in, nil)
		found = append(found, f)
	}
	return found
}
