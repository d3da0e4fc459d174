package sdk001

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestNeeds are the packages' declarations on both sides of each change.
func TestNeeds(t *testing.T) {
	for _, x := range []struct{ language, sdk, below, least string }{
		{"python", "1.12.0", "3.5.9", "3.6"}, {"python", "1.13.0", "3.6.15", "3.7"}, {"python", "1.22.0", "3.6.15", "3.7"}, {"python", "1.23.0", "3.7.17", "3.8"},
		{"python", "1.33.1", "3.7.17", "3.8"}, {"python", "1.34.0", "3.8.20", "3.9"}, {"python", "1.41.1", "3.8.20", "3.9"}, {"python", "1.42.0", "3.9.21", "3.10"},
		{"python", "1.99.0", "3.9.21", "3.10"},
		{"go", "1.10.0", "go1.16.15", "1.17"}, {"go", "1.11.1", "go1.17", "1.18"}, {"go", "1.18.0", "go1.19.1", "1.20"}, {"go", "1.41.0", "go1.23.1", "1.24"},
		{"go", "1.42.0", "go1.24.1", "1.25"}, {"go", "1.47.0", "go1.25.0", "1.26"},
		{"nodejs", "1.3.1", "v8.11.4", "8.12"}, {"nodejs", "1.4.0", "12.22.12", "14.0"}, {"nodejs", "2.0.0", "18.18.2", "18.19"},
		{"nodejs", "2.0.0", "19.9.0", "20.6"}, {"nodejs", "2.0.0", "20.5.1", "20.6"},
	} {
		sdk, ok := parse(x.sdk)
		assert.True(t, ok)
		below, ok := parse(x.below)
		assert.True(t, ok)
		least, found := lacks(x.language, sdk, below)
		assert.True(t, found, x)
		assert.Equal(t, x.least, least, x)
		enough, _ := parse(least)
		_, found = lacks(x.language, sdk, enough)
		assert.False(t, found, x)
	}
	for _, x := range []struct{ language, sdk, runtime string }{
		{"nodejs", "1.30.1", "19.9.0"}, {"nodejs", "2.0.0", "18.20.0"}, {"nodejs", "2.0.0", "22.11.0"}, {"python", "0.17b0", "3.4"}, {"java", "1.40.0", "1.7"},
	} {
		sdk, _ := parse(x.sdk)
		runtime, _ := parse(x.runtime)
		_, found := lacks(x.language, sdk, runtime)
		assert.False(t, found, x)
	}
}

// TestOrder: the newest stand first, as the first that an SDK has is the one that holds.
func TestOrder(t *testing.T) {
	for language, all := range needs {
		for i := 1; i < len(all); i++ {
			assert.True(t, before(all[i].sdk, all[i-1].sdk) && before(all[i].runtime, all[i-1].runtime), "%s: %v", language, all[i])
		}
	}
}
