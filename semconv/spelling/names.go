// Package spelling finds what a misspelt name was meant to be.
package spelling

import "strings"

// Names are those that there are.
type Names struct{ byNamespace map[string][]string }

// New has none.
func New() *Names { return &Names{map[string][]string{}} }

// Add adds a name. The order does not count where names are added in theirs.
func (n *Names) Add(name string) {
	namespace, _, _ := strings.Cut(name, ".")
	n.byNamespace[namespace] = append(n.byNamespace[namespace], name)
}

// maxDistance is how many letters a name may be off: with three, short names mean each other.
const maxDistance = 2

// Nearest is the name of the same namespace that takes the fewest letters to change, at most two;
// of equals one with as many parts, then the first. It is empty where there is none.
func (n *Names) Nearest(name string) string {
	namespace, _, _ := strings.Cut(name, ".")
	best, least := "", 2*maxDistance+2
	for _, candidate := range n.byNamespace[namespace] {
		d := Distance(name, candidate)
		if d > maxDistance || candidate == name || d > slips(name, candidate) {
			continue
		}
		score := 2 * d
		if strings.Count(candidate, ".") != strings.Count(name, ".") {
			score += maxDistance * 2 // those with as many parts come first
		}
		if best == "" || score < least {
			best, least = candidate, score
		}
	}
	return best
}

// slips is how many letters a name may be off from another: in a word of three letters none, as any
// other is another word (cpu and ip), in one of five a single one (kind and id).
func slips(name, candidate string) int {
	from, n, c := 0, len(name), len(candidate)
	for from < min(n, c) && name[from] == candidate[from] {
		from++
	}
	for n > from && c > from && name[n-1] == candidate[c-1] {
		n, c = n-1, c-1
	}
	start := strings.LastIndexAny(candidate[:from], "._") + 1
	end := c
	if i := strings.IndexAny(candidate[c:], "._"); i >= 0 {
		end += i
	} else {
		end = len(candidate)
	}
	switch length := end - start; {
	case length < shortWord:
		return 0
	case length < longWord:
		return 1
	}
	return maxDistance
}

// Bounds of slips.
const (
	shortWord = 4
	longWord  = 6
)

// Distance is how many letters are inserted, left out, replaced or swapped with their neighbour;
// more than two where that is clear from the lengths.
func Distance(a, b string) int {
	if len(a)-len(b) > maxDistance || len(b)-len(a) > maxDistance {
		return maxDistance + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replaced := last[j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			row[j] = min(replaced, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
