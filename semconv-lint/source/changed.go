package source

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Changed are lines by file, as paths relative to a root.
type Changed struct {
	lines map[string][]lineRange
	whole map[string]bool
}

type lineRange struct{ from, to int }

// ChangedSince asks git which lines below a root are not as they were at a revision, also those
// that are not committed. Files that git does not know are new as a whole.
func ChangedSince(ctx context.Context, root, revision string) (*Changed, error) {
	if strings.HasPrefix(revision, "-") {
		return nil, fmt.Errorf("new from %q: no revision", revision)
	}
	c := &Changed{map[string][]lineRange{}, map[string]bool{}}
	// Outside of a repository diff would compare two files.
	if _, err := git(ctx, root, "rev-parse", "--show-prefix"); err != nil {
		return nil, fmt.Errorf("new from %s: %w", revision, err)
	}
	diff, err := git(ctx, root, "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--submodule=diff", "--relative", "--src-prefix=a/", "--dst-prefix=b/", revision, "--", ".")
	if err != nil {
		return nil, fmt.Errorf("new from %s: %w", revision, err)
	}
	c.read(diff)
	others, err := git(ctx, root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
	if err != nil {
		return nil, fmt.Errorf("new from %s: %w", revision, err)
	}
	for path := range strings.SplitSeq(string(others), "\x00") {
		if path != "" {
			c.whole[filepath.ToSlash(path)] = true
		}
	}
	return c, nil
}

func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir, "-c", "core.quotePath=false"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if said := strings.TrimSpace(stderr.String()); said != "" {
			return nil, fmt.Errorf("git %s: %s", args[0], said)
		}
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return out, nil
}

// read reads a diff without context: the lines that each hunk has after it.
func (c *Changed) read(diff []byte) {
	path, body := "", 0 // lines of the hunk that are still to come
	for line := range bytes.Lines(diff) {
		text := strings.TrimSuffix(string(line), "\n")
		switch {
		case strings.HasPrefix(text, "\\ "): // no newline at the end of the file
		case body > 0:
			body--
		case strings.HasPrefix(text, "+++ "):
			path = strings.TrimPrefix(unquoted(strings.TrimSuffix(text[4:], "\t")), "b/")
		default:
			var after lineRange
			if after, body = hunk(text); after.to >= after.from && body > 0 {
				c.lines[path] = append(c.lines[path], after)
			}
		}
	}
}

// unquoted is a path as it is: git writes one with quotes or control characters as a text of C's.
func unquoted(path string) string {
	if strings.HasPrefix(path, `"`) {
		if p, err := strconv.Unquote(path); err == nil {
			return p
		}
	}
	return path
}

// hunk reads a head, @@ -10,2 +12,3 @@: the lines after it, and how many lines it is long.
func hunk(head string) (after lineRange, length int) {
	fields := strings.Fields(head)
	if len(fields) < 3 || fields[0] != "@@" {
		return lineRange{}, 0
	}
	before, ok := rangeOf(fields[1], "-")
	after, both := rangeOf(fields[2], "+")
	if !ok || !both {
		return lineRange{}, 0
	}
	return after, before.to - before.from + 1 + after.to - after.from + 1
}

// rangeOf reads +12,3 or +12; one of no lines ends before it begins.
func rangeOf(text, sign string) (lineRange, bool) {
	start, count, many := strings.Cut(strings.TrimPrefix(text, sign), ",")
	from, err := strconv.Atoi(start)
	n := 1
	if many && err == nil {
		n, err = strconv.Atoi(count)
	}
	return lineRange{from, from + n - 1}, err == nil && strings.HasPrefix(text, sign)
}

// Has says whether any of a file's lines is among them.
func (c *Changed) Has(path string, line, endLine int) bool {
	if c.whole[path] {
		return true
	}
	for _, r := range c.lines[path] {
		if line <= r.to && endLine >= r.from {
			return true
		}
	}
	return false
}
