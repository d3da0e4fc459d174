package zipkin_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/zipkin"
)

func isUnreadable(err error) bool {
	return errors.Is(err, zipkin.ErrMalformed) || errors.Is(err, zipkin.ErrFormat) || errors.Is(err, zipkin.ErrTooMany)
}

var used = map[zipkin.SharedSpans]*zipkin.Decoder{}

// checkDecode decodes whatever there is, and holds what comes of it to what is promised.
func checkDecode(t *testing.T, format zipkin.Format, body []byte) {
	t.Helper()
	for _, mode := range []zipkin.SharedSpans{zipkin.SplitShared, zipkin.DeferShared, zipkin.KeepShared} {
		options := zipkin.Options{IsResource: isResource, SharedSpans: mode, ParseStringTags: len(body)%2 == 0}
		traces, report, err := zipkin.NewDecoder(options).Decode(format, body, received)
		if err != nil {
			require.True(t, isUnreadable(err), "%v", err)
			require.Zero(t, traces.SpanCount())
		} else {
			require.Equal(t, report.Spans, traces.SpanCount()+report.Dropped()+report.Merged)
		}
		checkTraces(t, traces, mode)
		checkMalformed(t, format, body, err)

		options.ParseStringTags = false
		if used[mode] == nil {
			used[mode] = zipkin.NewDecoder(options)
		}
		again, _, _ := used[mode].Decode(format, body, received)
		fresh, _, _ := zipkin.NewDecoder(options).Decode(format, body, received)
		require.Equal(t, dump(fresh), dump(again), "a decoder that was used")
	}
}

// checkMalformed: JSON is malformed where it is for others, too, or is no list of objects.
func checkMalformed(t *testing.T, format zipkin.Format, body []byte, err error) {
	t.Helper()
	if format != zipkin.JSONv2 && format != zipkin.JSONv1 || errors.Is(err, zipkin.ErrFormat) {
		return
	}
	var list []json.RawMessage
	valid := json.Unmarshal(body, &list) == nil && list != nil
	for _, element := range list {
		valid = valid && bytes.HasPrefix(element, []byte("{"))
	}
	if strings.Count(string(body), "[")+strings.Count(string(body), "{") > 500 {
		return // it may be too deep
	}
	require.Equal(t, valid, err == nil, "%v", err)
}

func checkTraces(t *testing.T, traces ptrace.Traces, mode zipkin.SharedSpans) {
	t.Helper()
	type key struct {
		trace pcommon.TraceID
		span  pcommon.SpanID
	}
	seen := map[key]bool{}
	for _, rs := range traces.ResourceSpans().All() {
		checkMap(t, rs.Resource().Attributes())
		_, named := rs.Resource().Attributes().Get("service.name")
		require.True(t, named)
		for _, ss := range rs.ScopeSpans().All() {
			require.NotZero(t, ss.Spans().Len())
			for _, s := range ss.Spans().All() {
				k := key{s.TraceID(), s.SpanID()}
				k.trace = pcommon.TraceID(append(make([]byte, 8), k.trace[8:]...))
				require.False(t, mode == zipkin.SplitShared && seen[k], "two spans of one id")
				seen[k] = true
				require.False(t, s.TraceID().IsEmpty() || s.SpanID().IsEmpty())
				require.NotEqual(t, s.SpanID(), s.ParentSpanID())
				require.NotZero(t, s.StartTimestamp())
				require.GreaterOrEqual(t, s.EndTimestamp(), s.StartTimestamp())
				require.NotEqual(t, ptrace.SpanKindUnspecified, s.Kind())
				require.True(t, utf8.ValidString(s.Name()+s.Status().Message()+s.TraceState().AsRaw()))
				checkMap(t, s.Attributes())
				for _, e := range s.Events().All() {
					require.True(t, utf8.ValidString(e.Name()))
					checkMap(t, e.Attributes())
				}
			}
		}
	}
}

func checkMap(t *testing.T, m pcommon.Map) {
	t.Helper()
	keys := map[string]bool{}
	for k, v := range m.All() {
		require.False(t, keys[k], "%q twice", k)
		keys[k] = true
		require.True(t, utf8.ValidString(k))
		require.True(t, utf8.ValidString(v.AsString()))
	}
}

// seed adds the cases of testdata, and random spans.
func seed(f *testing.F, format zipkin.Format, word string) {
	f.Helper()
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(f, err)
		for _, c := range strings.Split(string(content), "\n\n\n") {
			head, rest, _ := strings.Cut(strings.TrimSpace(c), "\n")
			body, _, _ := strings.Cut(rest, "\n----")
			if strings.HasPrefix(head, word) {
				f.Add([]byte(body))
			}
		}
	}
	rng := rand.New(rand.NewPCG(5, 6))
	for n := range 5 {
		f.Add(encoders[format](randomSpans(rng, n)))
	}
}

func FuzzJSONv2(f *testing.F) {
	seed(f, zipkin.JSONv2, "v2")
	f.Fuzz(func(t *testing.T, body []byte) { checkDecode(t, zipkin.JSONv2, body) })
}

func FuzzJSONv1(f *testing.F) {
	seed(f, zipkin.JSONv1, "v1")
	f.Fuzz(func(t *testing.T, body []byte) { checkDecode(t, zipkin.JSONv1, body) })
}

func FuzzProto3(f *testing.F) {
	seed(f, zipkin.Proto3, "proto")
	f.Fuzz(func(t *testing.T, body []byte) { checkDecode(t, zipkin.Proto3, body) })
}

func FuzzThrift(f *testing.F) {
	seed(f, zipkin.Thrift, "thrift")
	f.Fuzz(func(t *testing.T, body []byte) { checkDecode(t, zipkin.Thrift, body) })
}
