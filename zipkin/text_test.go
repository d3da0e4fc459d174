package zipkin_test

import (
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/zipkin"
)

var update = flag.Bool("update", false, "rewrite what the cases of testdata expect")

// TestText runs the cases of testdata: a line "format [options]: what it shows", lists of spans
// (one a paragraph, read one after the other), "----", and what is expected.
func TestText(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			var out strings.Builder
			for i, c := range strings.Split(strings.TrimSpace(string(content)), "\n\n\n") {
				head, rest, _ := strings.Cut(strings.TrimSpace(c), "\n")
				input, want, found := strings.Cut(rest, "\n----")
				require.True(t, found || *update, "%s: no ---- in case %q", file, head)
				got := runCase(t, head, input)
				if i > 0 {
					out.WriteString("\n\n\n")
				}
				fmt.Fprintf(&out, "%s\n%s\n----\n%s", head, input, got)
				if !*update {
					assert.Equal(t, strings.TrimSpace(want), strings.TrimSpace(got), "%s", head)
				}
			}
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(strings.TrimRight(out.String(), "\n")+"\n"), 0o600))
			}
		})
	}
}

func runCase(t *testing.T, head, input string) string {
	t.Helper()
	setup, _, ok := strings.Cut(head, ":")
	require.True(t, ok, "no setup in %q", head)
	words := strings.Fields(setup)
	options := zipkin.Options{IsResource: isResource, Memory: zipkin.NewMemory()}
	for _, word := range words[1:] {
		switch word {
		case "reject":
			options.RejectInvalid = true
		case "types":
			options.ParseStringTags = true
		case "defer":
			options.SharedSpans = zipkin.DeferShared
		case "keep":
			options.SharedSpans = zipkin.KeepShared
		default:
			t.Fatalf("%s: unknown option %q", head, word)
		}
	}
	d := zipkin.NewDecoder(options)
	var out strings.Builder
	for _, body := range strings.Split(strings.TrimSpace(input), "\n\n") {
		format, raw := bodyOf(t, words[0], body)
		traces, report, err := d.Decode(format, raw, time.Unix(1_750_000_000, 0))
		if err != nil {
			fmt.Fprintf(&out, "error: %v\n", err)
		}
		out.WriteString(dump(traces) + dumpReport(&report))
	}
	return out.String()
}

func bodyOf(t *testing.T, format, body string) (zipkin.Format, []byte) {
	t.Helper()
	switch format {
	case "v2":
		return zipkin.JSONv2, []byte(body)
	case "v1":
		return zipkin.JSONv1, []byte(body)
	case "proto", "thrift":
		raw, err := hex.DecodeString(strings.Join(strings.Fields(body), ""))
		require.NoError(t, err)
		if format == "proto" {
			return zipkin.Proto3, raw
		}
		return zipkin.Thrift, raw
	}
	t.Fatalf("unknown format %q", format)
	return 0, nil
}

func isResource(key string) bool {
	return strings.HasPrefix(key, "host.") || strings.HasPrefix(key, "telemetry.") || key == "service.version"
}

// dump writes traces as text, attributes in their order.
func dump(traces ptrace.Traces) string {
	var out strings.Builder
	for _, rs := range traces.ResourceSpans().All() {
		out.WriteString("resource" + attributes(rs.Resource().Attributes()) + "\n")
		for _, ss := range rs.ScopeSpans().All() {
			if name := ss.Scope().Name(); name != "" {
				fmt.Fprintf(&out, " scope %s@%s\n", name, ss.Scope().Version())
			}
			for _, s := range ss.Spans().All() {
				dumpSpan(&out, s)
			}
		}
	}
	return out.String()
}

func dumpSpan(out *strings.Builder, s ptrace.Span) {
	fmt.Fprintf(out, "  %s %q %s %s", s.Kind(), s.Name(), strings.TrimPrefix(s.TraceID().String(), "0000000000000000"), s.SpanID())
	if !s.ParentSpanID().IsEmpty() {
		fmt.Fprintf(out, " < %s", s.ParentSpanID())
	}
	fmt.Fprintf(out, " %d+%d", s.StartTimestamp()/1000, (s.EndTimestamp()-s.StartTimestamp())/1000)
	if s.Status() != ptrace.NewStatus() && (s.Status().Code() != ptrace.StatusCodeUnset || s.Status().Message() != "") {
		fmt.Fprintf(out, " %s %q", s.Status().Code(), s.Status().Message())
	}
	if state := s.TraceState().AsRaw(); state != "" {
		out.WriteString(" state=" + state)
	}
	if n := [3]uint32{s.DroppedAttributesCount(), s.DroppedEventsCount(), s.DroppedLinksCount()}; n != [3]uint32{} {
		fmt.Fprintf(out, " dropped=%v", n)
	}
	out.WriteString("\n")
	if s.Attributes().Len() > 0 {
		out.WriteString("   " + attributes(s.Attributes()) + "\n")
	}
	for _, e := range s.Events().All() {
		fmt.Fprintf(out, "    event %d %q%s", e.Timestamp()/1000, e.Name(), attributes(e.Attributes()))
		if n := e.DroppedAttributesCount(); n > 0 {
			fmt.Fprintf(out, " dropped=%d", n)
		}
		out.WriteString("\n")
	}
	for _, l := range s.Links().All() {
		fmt.Fprintf(out, "    link %s %s %s%s %d\n", l.TraceID(), l.SpanID(), l.TraceState().AsRaw(), attributes(l.Attributes()), l.DroppedAttributesCount())
	}
}

func attributes(m pcommon.Map) string {
	var out strings.Builder
	for k, v := range m.All() {
		switch v.Type() {
		case pcommon.ValueTypeStr:
			fmt.Fprintf(&out, " %s=%q", k, v.Str())
		case pcommon.ValueTypeDouble:
			fmt.Fprintf(&out, " %s=%gf", k, v.Double())
		default:
			fmt.Fprintf(&out, " %s=%s", k, v.AsString())
		}
	}
	return out.String()
}

func dumpReport(r *zipkin.Report) string {
	var parts []string
	for reason, e := range r.First {
		if e != nil {
			parts = append(parts, fmt.Sprintf("dropped: %d, first: %v", r.Invalid[reason], e))
		}
	}
	for name, n := range map[string]int{
		"merged": r.Merged, "split": r.Split, "reparented": r.Reparented, "astray": r.Astray,
		"no service": r.NoService, "no timestamp": r.NoTimestamp,
	} {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s: %d", name, n))
		}
	}
	sort.Strings(parts)
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "\n") + "\n"
}
