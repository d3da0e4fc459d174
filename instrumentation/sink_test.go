package koine

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	logspb "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	metricspb "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	tracepb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	logpb "go.opentelemetry.io/proto/otlp/logs/v1"
	metricpb "go.opentelemetry.io/proto/otlp/metrics/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	spanpb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// sink is a collector's OTLP/HTTP receiver that keeps what it gets.
type sink struct {
	*httptest.Server

	mu       sync.Mutex
	requests []*http.Request
	spans    []*spanpb.Span
	records  []*logpb.LogRecord
	metrics  map[string]*metricpb.Metric // the last of each name
	resource *resourcepb.Resource
	schema   string
	hold     chan struct{} // while it is open requests wait
}

func newSink(t testing.TB) *sink {
	s := &sink{metrics: map[string]*metricpb.Metric{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		body, _ = gzip.NewReader(body)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	hold := s.hold
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-r.Context().Done():
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	if err := s.keep(r.URL.Path, data); err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

func (s *sink) keep(path string, data []byte) error {
	switch path {
	case "/v1/traces":
		var m tracepb.ExportTraceServiceRequest
		if err := proto.Unmarshal(data, &m); err != nil {
			return err
		}
		for _, rs := range m.ResourceSpans {
			s.resource, s.schema = rs.Resource, rs.SchemaUrl
			for _, ss := range rs.ScopeSpans {
				s.spans = append(s.spans, ss.Spans...)
			}
		}
	case "/v1/logs":
		var m logspb.ExportLogsServiceRequest
		if err := proto.Unmarshal(data, &m); err != nil {
			return err
		}
		for _, rl := range m.ResourceLogs {
			for _, sl := range rl.ScopeLogs {
				s.records = append(s.records, sl.LogRecords...)
			}
		}
	case "/v1/metrics":
		var m metricspb.ExportMetricsServiceRequest
		if err := proto.Unmarshal(data, &m); err != nil {
			return err
		}
		for _, rm := range m.ResourceMetrics {
			for _, sm := range rm.ScopeMetrics {
				for _, metric := range sm.Metrics {
					s.metrics[metric.Name] = metric
				}
			}
		}
	default:
		return http.ErrNotSupported
	}
	return nil
}

// received is a copy of what is there, for readers beside the server.
func (s *sink) received() (spans []*spanpb.Span, records []*logpb.LogRecord, requests []*http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(spans, s.spans...), append(records, s.records...), append(requests, s.requests...)
}

func (s *sink) metric(name string) *metricpb.Metric {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.metrics[name]
}

// sum adds a metric's points up, those with an attribute where one is given.
func (s *sink) sum(name, key, value string) (total int64) {
	for _, p := range s.metric(name).GetSum().GetDataPoints() {
		if key == "" || text(p.Attributes, key) == value {
			total += p.GetAsInt()
		}
	}
	return total
}

func (s *sink) attribute(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return text(s.resource.GetAttributes(), key)
}

func text(attributes []*commonpb.KeyValue, key string) string {
	for _, a := range attributes {
		if a.Key == key {
			return a.Value.GetStringValue()
		}
	}
	return ""
}
