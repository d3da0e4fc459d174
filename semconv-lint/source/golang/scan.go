package golang

import (
	"bytes"
	"context"
	"path/filepath"
	"sync"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// scanned is a file as far as its bytes tell.
type scanned struct {
	*source.File
	content []byte
	// telemetry: it imports an API. dotted: it has a text like a name. slog, environment: it may
	// set what these have.
	telemetry, dotted, slog, environment bool
}

// scan reads all files and keeps those in which there may be something.
func scan(ctx context.Context, files []*source.File, to source.Sink) []*scanned {
	var mu sync.Mutex
	var all []*scanned
	source.Each(ctx, files, func(f *source.File) {
		if s := scanFile(f, to); s != nil {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, s)
		}
	})
	return all
}

// scanFile is nil for files that say nothing.
func scanFile(f *source.File, to source.Sink) *scanned {
	content, ok := f.ContentFor(to)
	if !ok || generated(content) {
		return nil
	}
	s := &scanned{
		File: f, content: content, dotted: hasDotted(content), slog: bytes.Contains(content, []byte(`"log/slog"`)),
		environment: bytes.Contains(content, []byte(`"OTEL_`)) || bytes.Contains(content, []byte("`OTEL_")),
	}
	for _, marker := range markers {
		s.telemetry = s.telemetry || bytes.Contains(content, marker)
	}
	if !s.telemetry && !s.dotted && !s.environment {
		return nil
	}
	return s
}

// markers stand in the files that import a telemetry API.
var markers = [][]byte{
	[]byte(`"go.opentelemetry.io/`), []byte(`"github.com/opentracing/opentracing-go`), []byte(`"github.com/openzipkin/zipkin-go`),
	[]byte(`"go.opencensus.io/`), []byte(`"github.com/uber/jaeger-client-go`), []byte(`"github.com/jaegertracing/`),
}

// generated is whether a file says so as go.dev/s/generatedcode asks: a whole line before the
// package clause.
func generated(content []byte) bool {
	for line := range bytes.Lines(content) {
		line = bytes.TrimRight(line, "\r\n")
		if bytes.HasPrefix(line, []byte("package ")) {
			return false
		}
		if bytes.HasPrefix(line, []byte("// Code generated ")) && bytes.HasSuffix(line, []byte(" DO NOT EDIT.")) {
			return true
		}
	}
	return false
}

// hasDotted finds a text that is all of lower-case words with dots between.
func hasDotted(content []byte) bool {
	for i := 0; ; {
		n := bytes.IndexByte(content[i:], '"')
		if n < 0 {
			return bytes.IndexByte(content, '`') >= 0 && rawDotted(content)
		}
		i += n + 1
		if dottedUntil(content[i:], '"') {
			return true
		}
	}
}

func rawDotted(content []byte) bool {
	for i := 0; ; {
		n := bytes.IndexByte(content[i:], '`')
		if n < 0 {
			return false
		}
		i += n + 1
		if dottedUntil(content[i:], '`') {
			return true
		}
	}
}

// dottedUntil is whether a name stands before a quote. What begins an import is none of interest:
// a path has a slash before or after its dot.
func dottedUntil(content []byte, quote byte) bool {
	dots := 0
	for i, c := range content {
		switch {
		case c == quote:
			return dots > 0 && content[i-1] != '.'
		case c == '.':
			dots++
		case 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_':
		default:
			return false
		}
	}
	return false
}

// folder is a file's.
func (s *scanned) folder() string { return filepath.Dir(s.Abs) }
