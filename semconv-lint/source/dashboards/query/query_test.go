package query

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv/translate"
)

var update = flag.Bool("update", false, "write what is found to testdata")

var languages = map[string]func(string) Query{
	"promql": PromQL, "logql": LogQL, "traceql": TraceQL, "sql": SQL, "lucene": Lucene,
	"variable": func(text string) Query { q, _ := Variable(text); return q },
}

// TestQueries reads testdata/queries.txt: a language and a query, and below it what is found.
func TestQueries(t *testing.T) {
	const path = "testdata/queries.txt"
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	var out strings.Builder
	for block := range strings.SplitSeq(strings.TrimSpace(string(content)), "\n\n") {
		input, _, _ := strings.Cut(block, "\n----")
		language, q, _ := strings.Cut(input, " ")
		read := languages[language]
		require.NotNil(t, read, block)
		found := read(q)
		checkQuery(t, q, &found)
		out.WriteString(input + "\n----\n" + shown(q, &found, language == "promql") + "\n")
	}
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(out.String()), 0o600))
		return
	}
	assert.Equal(t, string(content), out.String())
}

var roles = map[source.Role]string{source.Attribute: "attribute", source.Metric: "metric", source.PrometheusMetric: "metric", source.PrometheusLabel: "label"}

var places = map[translate.Place]string{source.AnySpan: "span", translate.Resource: "resource", translate.Event: "event", translate.Record: "record", translate.Scope: "scope", translate.Link: "link"}

func shown(text string, q *Query, parsed bool) string {
	var b strings.Builder
	if parsed && !q.Whole {
		b.WriteString("guessed\n")
	}
	for _, n := range q.Names {
		fmt.Fprintf(&b, "%d %s %s", n.At.Start, roles[n.Role], text[n.At.Start:n.At.End])
		if place := places[n.Place]; place != "" {
			fmt.Fprintf(&b, " on %s", place)
		}
		if n.Role == source.PrometheusLabel {
			var of []string
			for _, i := range n.In {
				of = append(of, q.Selectors[i].Metrics...)
			}
			if len(of) > 0 {
				fmt.Fprintf(&b, " of %s", strings.Join(of, ", "))
			}
		}
		if n.Value != nil {
			fmt.Fprintf(&b, " = %q", n.Value.Text)
		}
		if n.Made {
			b.WriteString(" (made)")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// checkQuery holds for every query, however broken.
func checkQuery(t testing.TB, text string, q *Query) {
	for _, n := range q.Names {
		require.True(t, 0 <= n.At.Start && n.At.Start <= n.At.End && n.At.End <= len(text), "%q: %+v", text, n)
		require.Equal(t, n.Key, text[n.At.Start:n.At.End], "%q", text)
		if n.Value != nil {
			require.Equal(t, n.Value.Text, text[n.Value.At.Start:n.Value.At.End], "%q", text)
		}
		for _, i := range n.In {
			require.Less(t, i, len(q.Selectors), "%q", text)
		}
	}
}

func FuzzQueries(f *testing.F) {
	content, err := os.ReadFile("testdata/queries.txt")
	require.NoError(f, err)
	for block := range strings.SplitSeq(string(content), "\n\n") {
		input, _, _ := strings.Cut(block, "\n----")
		_, q, _ := strings.Cut(input, " ")
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range languages {
			q := read(text)
			checkQuery(t, text, &q)
		}
	})
}

func BenchmarkPromQL(b *testing.B) {
	const q = `histogram_quantile(0.95, sum by (le, http_method) (rate(http_server_duration_milliseconds_bucket{job="$job", http_status_code=~"5.."}[$__rate_interval])))`
	b.ReportAllocs()
	b.SetBytes(int64(len(q)))
	for b.Loop() {
		PromQL(q)
	}
}

func TestDeepAndLong(t *testing.T) {
	for _, q := range []string{strings.Repeat("(", 100_000), strings.Repeat("-", 60_000) + "a", strings.Repeat("sum(", 10_000), strings.Repeat("{", 60_000), strings.Repeat("a[", 30_000), strings.Repeat("$a ", 20_000)} {
		for _, read := range languages {
			found := read(q)
			checkQuery(t, q, &found)
		}
	}
}
