package semconvlint

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

func TestClip(t *testing.T) {
	short := strings.Repeat("x", maxText)
	assert.Equal(t, short, clip(short))
	assert.Equal(t, short, clip(short+"y"))
	cut := clip("x" + strings.Repeat("ü", maxText))
	assert.Len(t, cut, maxText-1)
	assert.True(t, utf8.ValidString(cut))
}

func TestTextsAreBounded(t *testing.T) {
	names, long := texts{}, strings.Repeat("x", maxText+1)
	assert.Equal(t, long, names.of(long))
	assert.Empty(t, names)
	for i := range 3 * maxTexts {
		name := fmt.Sprint(i)
		assert.Equal(t, name, names.of(name))
		assert.LessOrEqual(t, len(names), maxTexts)
	}
}
