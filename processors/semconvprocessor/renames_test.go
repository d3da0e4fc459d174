package semconvprocessor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/semconv/translate"
)

func TestRenames(t *testing.T) {
	renamed := func(change func(*Config)) bool {
		c := createDefaultConfig().(*Config)
		change(c)
		table, err := c.Renames()
		require.NoError(t, err)
		if table == nil {
			return false
		}
		in := translate.Input{Keys: []string{"http.method"}, Values: []translate.Value{translate.StringValue("GET")}, Place: translate.Server}
		return table.Translate(&in, &translate.Result{})
	}
	assert.True(t, renamed(func(*Config) {}))
	assert.False(t, renamed(func(c *Config) { c.Mode = modeDuplicate }))
	assert.False(t, renamed(func(c *Config) { c.Mode = modeReport }))
	assert.False(t, renamed(func(c *Config) { c.Disable = []string{"http.method"} }))

	c := createDefaultConfig().(*Config)
	c.Registries = []string{"/nowhere"}
	_, err := c.Renames()
	assert.Error(t, err)
}
