package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// write gives a language's table: its packages, the stable and newest first, and each constant
// with those in which it means the same, by their numbers.
func write(language string, constants map[constant]meaning) []byte {
	packages := map[string]int{}
	for c := range constants {
		packages[c.pkg] = 0
	}
	order := make([]string, 0, len(packages))
	for p := range packages {
		order = append(order, p)
	}
	slices.SortFunc(order, func(a, b string) int {
		return cmp.Or(cmp.Compare(age(language, a), age(language, b)), slices.Compare(version(b), version(a)), strings.Compare(a, b))
	})
	var b bytes.Buffer
	for i, p := range order {
		packages[p] = i
		b.WriteString(p + "\n")
	}
	b.WriteByte('\n')

	type entry struct {
		name string
		meaning
	}
	in := map[entry][]int{}
	for c, m := range constants {
		e := entry{c.name, m}
		in[e] = append(in[e], packages[c.pkg])
	}
	entries := make([]entry, 0, len(in))
	for e := range in {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.meaning.name, b.meaning.name), strings.Compare(a.member, b.member))
	})
	for _, e := range entries {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", e.name, e.meaning.name, e.member, spans(in[e]))
	}
	return b.Bytes()
}

// spans writes numbers as 0-3,7.
func spans(numbers []int) string {
	slices.Sort(numbers)
	var written []string
	for i := 0; i < len(numbers); {
		first := i
		for i++; i < len(numbers) && numbers[i] == numbers[i-1]+1; i++ {
		}
		s := strconv.Itoa(numbers[first])
		if i-first > 1 {
			s += "-" + strconv.Itoa(numbers[i-1])
		}
		written = append(written, s)
	}
	return strings.Join(written, ",")
}

// ages are what the packages of a language begin with, in their order of preference; those of no
// such beginning come first.
var ages = map[string][]string{
	"cpp":    {"opentelemetry::semconv::", "opentelemetry::"},
	"csharp": {"OpenTelemetry.SemanticConventions.", "OpenTelemetry."},
	"go":     {"go.opentelemetry.io/otel/semconv/", "go.opentelemetry.io/collector/", "github.com/"},
	"java": {"io.opentelemetry.semconv.incubating.", "io.opentelemetry.semconv.SemanticAttributes",
		"io.opentelemetry.semconv.ResourceAttributes", "io.opentelemetry.semconv.trace.", "io.opentelemetry.semconv.resource.",
		"io.opentelemetry.api.", "io.opentelemetry.trace.", "io.opentelemetry.resource", "io.opentracing."},
	"js": {"@opentelemetry/semantic-conventions/", "opentracing"},
	"php": {`OpenTelemetry\SemConv\Attributes\`, `OpenTelemetry\SemConv\Metrics\`, `OpenTelemetry\SemConv\Incubating\`,
		`OpenTelemetry\SemConv\`},
	"python": {"opentelemetry.semconv.attributes.", "opentelemetry.semconv.metrics.http_metrics", "opentelemetry.semconv._incubating.",
		"opentelemetry.semconv.", "opentelemetry.semconv_ai."},
	"ruby": {"OpenTelemetry::SemConv::Incubating::", "OpenTelemetry::SemanticConventions::"},
	"rust": {"opentelemetry_semantic_conventions::attribute", "opentelemetry_semantic_conventions::metric", "opentelemetry_semantic_conventions::"},
}

func age(language, pkg string) int {
	for i, start := range ages[language] {
		if strings.HasPrefix(pkg, start) {
			return i + 1
		}
	}
	return 0
}

// version is that in a package's path, none for a path without.
func version(pkg string) []int {
	_, v, _ := strings.Cut(pkg, "/semconv/v")
	v, _, _ = strings.Cut(v, "/")
	var numbers []int
	for s := range strings.SplitSeq(v, ".") {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil
		}
		numbers = append(numbers, n)
	}
	return numbers
}

func pack(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
