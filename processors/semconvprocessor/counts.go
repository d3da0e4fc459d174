package semconvprocessor

import "github.com/koine-otel/koine/semconv/translate"

// counts is what happened to one resource of a batch. They are plain numbers of one
// goroutine, and added to what others read once a resource.
type counts struct {
	elements                                  [elementCount][outcomeCount]int64
	invalid, conflicts, duplicates, spanNames int64
	// kept are retired names that stay because the configuration says so or nobody knows
	// what to do with them.
	kept int64
	// rules is by their numbers; applied are those that are not 0.
	rules   []int64
	applied []int32
}

// element is what was translated.
type element uint8

const (
	records element = iota
	metrics
	points
	resources
	scopes
	spans
	elementCount
)

var elementNames = [elementCount]string{"log_record", "metric", "point", "resource", "scope", "span"}

// outcome is what became of an element. Every element seen has one.
type outcome uint8

const (
	// conforming: there was nothing to change.
	conforming outcome = iota
	converted
	// conflict: it stayed as it was, because converted it would have been taken for
	// another.
	conflict
	// duplicate: a point that went, because the new name had it already.
	duplicate
	// merged: its value was added to another point, or its points moved into another
	// metric.
	merged
	// unconvertible: it stayed as it was, because its values have no exact form in the
	// new unit.
	unconvertible
	// upstream: a Koine before this one converted it, so that it was not looked at.
	upstream
	outcomeCount
)

var outcomeNames = [outcomeCount]string{"conforming", "converted", "conflict", "duplicate", "merged", "unconvertible", "upstream"}

func (c *counts) add(e element, changed bool) {
	if changed {
		c.elements[e][converted]++
	} else {
		c.elements[e][conforming]++
	}
}

// result counts what a translation did besides.
func (c *counts) result(r *translate.Result) {
	c.invalid += int64(len(r.Invalid))
	c.conflicts += int64(r.Conflicts)
	c.duplicates += int64(r.Duplicates)
	for i := range r.Renames {
		c.rule(r.Renames[i].Rule)
	}
	for i := range r.Edits {
		c.rule(r.Edits[i].Rule)
	}
	for i := range r.Fields {
		c.rule(r.Fields[i].Rule)
	}
}

// gaveWay counts an attribute that was dropped for what says the same, or another thing.
func (c *counts) gaveWay(same bool) {
	if same {
		c.duplicates++
	} else {
		c.conflicts++
	}
}

func (c *counts) rule(n int32) {
	if c.rules[n] == 0 {
		c.applied = append(c.applied, n)
	}
	c.rules[n]++
}

// changed is how many elements are other than they were, left how many kept something
// old that could not be converted.
func (c *counts) changed() (changed, left int64) {
	for e := range c.elements {
		changed += c.elements[e][converted] + c.elements[e][duplicate] + c.elements[e][merged]
		left += c.elements[e][conflict] + c.elements[e][unconvertible]
	}
	return changed, left + c.invalid + c.kept
}

// reset empties c and keeps its memory.
func (c *counts) reset() {
	for _, n := range c.applied {
		c.rules[n] = 0
	}
	*c = counts{rules: c.rules, applied: c.applied[:0]}
}
