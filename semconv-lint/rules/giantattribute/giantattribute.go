// Package giantattribute finds very long values.
package giantattribute

import (
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// Rule is the check.
var Rule = semconvlint.Rule{
	Doc: &semconvlint.Doc{
		ID:       "giant-attribute",
		Title:    "Very long attribute value",
		Why:      "It is sent, kept and paid for on every element, and most backends cut it off or refuse the element.",
		Before:   "attributes: {shop.order: '{…100 kB…}'}",
		After:    "attributes: {shop.order.id: 7}",
		Severity: semconvlint.Warning,
		Options:  []semconvlint.Option{{Name: "max_bytes", Default: 4096, Meaning: "length of a value, without stack traces"}},
		Link:     "https://opentelemetry.io/docs/specs/otel/common/#attribute-limits",
	},
	New: func(c *semconvlint.Context) semconvlint.Checker {
		limit, _ := c.Options["max_bytes"].(int)
		return &checker{c, limit}
	},
}

type checker struct {
	c     *semconvlint.Context
	limit int
}

func (r *checker) Element(e *semconvlint.Element) {
	for i := range e.Attributes {
		a := &e.Attributes[i]
		if a.Key == "exception.stacktrace" || a.Key == "code.stacktrace" {
			continue // long by nature, and read by whoever looks for the error
		}
		if n := size(a.Raw, r.limit+1); n > r.limit {
			r.c.At(e, semconvlint.Report{Key: a.Key, Message: a.Key + " is longer than " + strconv.Itoa(r.limit) + " bytes"})
		}
	}
}

// size is a value's length, as far as enough to know.
func size(v pcommon.Value, enough int) int {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return len(v.Str())
	case pcommon.ValueTypeBytes:
		return v.Bytes().Len()
	case pcommon.ValueTypeSlice:
		n := 0
		for _, item := range v.Slice().All() {
			if n += size(item, enough-n); n >= enough {
				break
			}
		}
		return n
	case pcommon.ValueTypeMap:
		n := 0
		for key, item := range v.Map().All() {
			if n += len(key) + size(item, enough-n); n >= enough {
				break
			}
		}
		return n
	default:
		return 8
	}
}
