package configs

import (
	"fmt"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// Parses is nil for a content that can be read, statements of OTTL in it too.
func (reader) Parses(path string, content []byte) error {
	switch formOf(path) {
	case jsonForm:
		_, err := yamltext.ParseJSON(content)
		return err
	case yamlForm:
		s := &errorSink{}
		r := newReading(&source.File{Path: path}, s, content)
		r.read(yamlForm)
		return s.err
	}
	return nil
}

// errorSink keeps the first note.
type errorSink struct{ err error }

func (*errorSink) Uses(*source.File, string, []byte, []source.Use) {}

func (s *errorSink) Note(_ *source.File, line int, reason, message string) {
	if s.err == nil {
		s.err = fmt.Errorf("line %d: %s: %s", line, reason, message)
	}
}
