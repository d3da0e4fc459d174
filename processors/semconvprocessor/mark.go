package semconvprocessor

import (
	"fmt"
	"hash/fnv"
	"os"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// markKey is a resource's attribute that says that a Koine has converted everything of
// it, and how: docs/adr/004.
const markKey = "koine.semconv"

// mark is the value: the target and a digest of all that decides what is converted to
// what. Two processors with one mark do the same.
func (c *Config) mark(t *translate.Table, conventions *registry.Registry) string {
	h := fnv.New64a()
	fmt.Fprintln(h, c.Target, c.Mode, c.OnConflict, c.Stability, c.Unmatched, c.SpanNames, sorted(c.Disable), sorted(c.Dialects.Disable))
	for _, r := range t.RuleNames() {
		fmt.Fprintln(h, r.From, r.To)
	}
	for _, path := range c.Dialects.Files {
		data, _ := os.ReadFile(path) // it was read a moment ago
		h.Write(data)
	}
	if len(c.Registries) > 0 {
		for _, a := range conventions.Attributes() {
			fmt.Fprintln(h, a.Key, a.Type, a.Retirement)
		}
		for _, m := range conventions.Metrics() {
			fmt.Fprintln(h, m.Name, m.Unit, m.Retirement)
		}
	}
	return fmt.Sprintf("%s/%016x", c.Target, h.Sum64())
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// marks are what a processor does with marks.
type marks struct {
	// own is the mark that says that there is nothing to do.
	own string
	// set: what is converted gets it. Else it goes: it is for the next Koine, and this
	// may be the last.
	set bool
}

// converted says whether a Koine that does the same has seen a resource, and takes a
// mark away that has done its duty.
func (m *marks) converted(attributes pcommon.Map) bool {
	v, ok := attributes.Get(markKey)
	if !ok {
		return false
	}
	same := v.Type() == pcommon.ValueTypeStr && v.Str() == m.own
	if !m.set {
		attributes.Remove(markKey)
	}
	return same
}

func (m *marks) put(attributes pcommon.Map) {
	if m.set {
		attributes.PutStr(markKey, m.own)
	}
}
