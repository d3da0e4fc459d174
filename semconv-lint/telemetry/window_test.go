package telemetry

import (
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
)

// TestValue: a value ends where it does, wherever the window does.
func TestValue(t *testing.T) {
	for _, c := range []struct {
		text, value string
	}{
		{`{} `, `{}`},
		{`{"a":[1,2,{"b":"}"}]},`, `{"a":[1,2,{"b":"}"}]}`},
		{`"a\"b\\" `, `"a\"b\\"`},
		{`"\\",`, `"\\"`},
		{`[],`, `[]`},
		{`12,`, `12`},
		{`true}`, `true`},
		{"null]", `null`},
		{"1\n}", "1"},
		{"[\n\n]", "[\n\n]"},
		{`,1`, ""},
		{`}`, ""},
		{`"a`, ""},
		{`{"a":`, ""},
		{"\"a\n\"", ""},
		{"{\n{\"resourceSpans\":[]}", ""},
	} {
		n, err := newWindow(iotest.OneByteReader(strings.NewReader(c.text)), 1<<20).value()
		assert.Equal(t, c.value, c.text[:n])
		assert.Equal(t, c.value == "", err != nil, c.text)
		w := newWindow(strings.NewReader(c.text), 1<<20)
		n, err = w.value()
		assert.Equal(t, c.value, c.text[:n])
		assert.Equal(t, c.value == "", err != nil, c.text)
	}
}

// TestLongestValue: how long a value may be does not depend on how much there is room for.
func TestLongestValue(t *testing.T) {
	for _, length := range []int{100, 101, 102, 103, 1000, 100_000} {
		_, err := newWindow(strings.NewReader(`"`+strings.Repeat("x", length-2)+`"`), 100).value()
		assert.Equal(t, length > 101, err != nil, length)
	}
}
