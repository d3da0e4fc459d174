package semconvprocessor

import "github.com/koine-otel/koine/semconv/translate"

// Renames is the table by which a processor of this configuration renames, nil for one that
// leaves old names where they are: in the modes duplicate and report.
func (c *Config) Renames() (*translate.Table, error) {
	if c.Mode != modeReplace {
		return nil, nil
	}
	j, err := c.job()
	if err != nil {
		return nil, err
	}
	return j.table, nil
}
