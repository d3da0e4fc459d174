package telemetry

import (
	"bytes"
	"context"
	"testing"

	"github.com/koine-otel/koine/tracegen"
)

// FuzzReadFiles: whatever a file has, it is read to its end, and what could not be read is told.
func FuzzReadFiles(f *testing.F) {
	for _, p := range []tracegen.Protocol{tracegen.ZipkinJSON, tracegen.ZipkinProto, tracegen.OTLPHTTP} {
		body := corpus(f, p, 1)[0].Body
		f.Add(body)
		f.Add(framed(body))
		f.Add(gzipped(body))
	}
	all, _ := requests(f, 1)
	f.Add(lines(f, all))
	f.Add(indented(f, asJSON(f, all[0])))
	f.Add(testdata(f, "jaeger.json"))
	f.Add(testdata(f, "zipkin_v1.json"))
	f.Add([]byte(oneRequest + "\n" + oneRequest[:50] + "\n" + oneRequest))
	f.Fuzz(func(t *testing.T, content []byte) {
		counts, err := ReadFiles(context.Background(), []string{"-"}, bytes.NewReader(content), new(gatherer), Options{Workers: 1, MaxElement: 1 << 20})
		if (counts.Damaged > 0) != (err != nil) {
			t.Fatalf("%d damaged: %v", counts.Damaged, err)
		}
	})
}

func FuzzDetect(f *testing.F) {
	for _, seed := range []string{"", "\n", "{", "\n{\n\"", "\n\x7b\n\x22", "\x00\x00\x00\x02\n\x00", "\x0c\x00\x00\x00\x01"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		if (detect(head) == emptyFile) != (len(bytes.Trim(bytes.TrimPrefix(head, byteOrderMark), " \t\r\n")) == 0) {
			t.Fatalf("%q is %d", head, detect(head))
		}
	})
}

func FuzzJaeger(f *testing.F) {
	f.Add([]byte(`{"traceID":"1","spans":[{"spanID":"2","processID":"p","startTime":1}],"processes":{"p":{"serviceName":"s"}}}`))
	f.Add(testdata(f, "jaeger.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		td, err := jaegerTraces(body)
		if err != nil {
			return
		}
		for _, s := range (&gatherer{traces: append((&gatherer{}).traces, td)}).spans() {
			if s.TraceID().IsEmpty() || s.SpanID().IsEmpty() || s.EndTimestamp() < s.StartTimestamp() {
				t.Fatalf("%s %s %d %d", s.TraceID(), s.SpanID(), s.StartTimestamp(), s.EndTimestamp())
			}
		}
	})
}
