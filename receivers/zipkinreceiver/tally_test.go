package zipkinreceiver

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/koine-otel/koine/receivers/zipkinreceiver/internal/metadatatest"
	"github.com/koine-otel/koine/zipkin"
)

const (
	sharedServer = `{"traceId":"00000000000000a1","id":"2","kind":"SERVER","shared":true,"timestamp":2,"duration":1,"localEndpoint":{"serviceName":"back"}}`
	itsChild     = `{"traceId":"00000000000000a1","id":"3","parentId":"2","timestamp":2,"duration":1,"localEndpoint":{"serviceName":"back"}}`
	itsPiece     = `{"traceId":"00000000000000a1","id":"3","parentId":"2","tags":{"late":"yes"},"localEndpoint":{"serviceName":"back"}}`
	noService    = `{"traceId":"00000000000000a1","id":"4","timestamp":2,"duration":1}`
	noTimestamp  = `{"traceId":"00000000000000a1","id":"5","localEndpoint":{"serviceName":"back"}}`
	badKind      = `{"traceId":"00000000000000a1","id":"zz","timestamp":2}`
)

// TestOwnMetrics: each number that only this receiver has, and none of them among the accepted.
func TestOwnMetrics(t *testing.T) {
	sink := new(consumertest.TracesSink)
	r := start(t, sink, nil)
	early := `{"traceId":"00000000000000b2","id":"3","parentId":"2","timestamp":2,"localEndpoint":{"serviceName":"back"}}`
	late := `{"traceId":"00000000000000b2","id":"2","kind":"SERVER","shared":true,"timestamp":2,"localEndpoint":{"serviceName":"back"}}`
	for _, body := range []string{
		"[" + sharedServer + "," + itsChild + "," + itsPiece + "," + noService + "," + noTimestamp + "," + badKind + "," + noTraceID[1:],
		"[" + badKind + "," + early + "]",
		"[" + late + "]",
	} {
		assert.Equal(t, http.StatusAccepted, r.post(t, pathV2, []byte(body)).StatusCode)
	}
	assert.EqualValues(t, sink.SpanCount(), r.accepted(t))
	assert.Equal(t, 6, sink.SpanCount())
	assert.Zero(t, r.refused(t))
	assert.Zero(t, r.invalidRequests(t))
	for _, tc := range []struct {
		metric, key, value string
		want               int64
	}{
		{"invalid_spans", "koine.reason", "id", 2},
		{"invalid_spans", "koine.reason", "trace_id", 1},
		{"merged_spans", "", "", 1},
		{"shared_spans", "koine.outcome", "split", 2},
		{"shared_spans", "koine.outcome", "reparented", 1},
		{"shared_spans", "koine.outcome", "astray", 1},
		{"incomplete_spans", "koine.missing", "service", 1},
		{"incomplete_spans", "koine.missing", "timestamp", 1},
	} {
		with := []string{tc.key, tc.value}
		if tc.key == "" {
			with = nil
		}
		assert.Equal(t, tc.want, r.sum(t, "otelcol_receiver_zipkin_"+tc.metric, with...), "%s %s", tc.metric, tc.value)
	}
	metadatatest.AssertEqualReceiverZipkinMergedSpans(t, r.telemetry, []metricdata.DataPoint[int64]{{Value: 1}},
		metricdatatest.IgnoreTimestamp(), metricdatatest.IgnoreExemplars())
}

// TestFirstExamples: one line a reason, at debug level, however often it happens.
func TestFirstExamples(t *testing.T) {
	r := start(t, consumertest.NewNop(), nil)
	for range 3 {
		r.post(t, pathV2, []byte("["+badKind+","+badKind+","+noTraceID[1:]))
		r.post(t, pathV2, []byte("nonsense"))
		r.post(t, pathV1, []byte("nonsense"), "Content-Type", thriftType)
		r.post(t, pathV2, []byte(v1JSON))
		r.post(t, pathV2, nil, "Content-Type", thriftType)
	}
	counts := map[string]int{}
	for _, entry := range r.logs.All() {
		assert.Equal(t, "debug", entry.Level.String(), entry.Message)
		counts[entry.Message]++
		assert.Contains(t, entry.ContextMap()["error"], "zipkin: ")
	}
	assert.Equal(t, map[string]int{
		"an invalid span, the first for this reason":    2, // id, trace_id
		"an invalid request, the first for this reason": 3, // malformed, format, media_type
	}, counts)
}

// TestReasonsAreDocumented: metadata.yaml, from which documentation.md comes, lists what the
// code says.
func TestReasonsAreDocumented(t *testing.T) {
	file := readFile(t, "metadata.yaml")
	for r := range zipkin.Reasons {
		assert.Regexp(t, `span_reason:[^}]*enum: \[[^\]]*\b`+r.String()+`\b`, file)
	}
	for r := range reasons {
		assert.Regexp(t, `request_reason:[^}]*enum: \[[^\]]*\b`+r.String()+`\b`, file)
		assert.NotZero(t, answers[r].http)
	}
}
