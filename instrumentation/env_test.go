package koine

import (
	"context"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	metricpb "go.opentelemetry.io/proto/otlp/metrics/v1"
	"go.uber.org/goleak"
)

// T3: what each variable does, with code options that say otherwise.
func TestEnvironmentIsHonoured(t *testing.T) {
	otherwise := []Option{Service("from-code", "0"), Resource(attribute.String("team", "code")), Sample(0)}
	keep := map[string]string{"OTEL_TRACES_SAMPLER": "always_on"}
	for name, test := range map[string]struct {
		env    map[string]string
		during func(*testing.T, *sink) // before shutdown
		after  func(*testing.T, *sink)
	}{
		"OTEL_SERVICE_NAME": {env: map[string]string{"OTEL_SERVICE_NAME": "from-env"}, after: func(t *testing.T, s *sink) {
			require.Equal(t, "from-env", s.attribute("service.name"))
			require.Equal(t, "0", s.attribute("service.version"), "of what the environment does not say the code counts")
		}},
		"OTEL_RESOURCE_ATTRIBUTES": {env: map[string]string{"OTEL_RESOURCE_ATTRIBUTES": "service.name=from-env,service.version=9,team=env"}, after: func(t *testing.T, s *sink) {
			require.Equal(t, "from-env", s.attribute("service.name"))
			require.Equal(t, "9", s.attribute("service.version"))
			require.Equal(t, "env", s.attribute("team"))
		}},
		"OTEL_TRACES_SAMPLER=always_on": {after: func(t *testing.T, s *sink) { require.Len(t, s.spans, 1) }},
		"OTEL_TRACES_SAMPLER=parentbased_always_off": {env: map[string]string{"OTEL_TRACES_SAMPLER": "parentbased_always_off"}, after: func(t *testing.T, s *sink) {
			require.Empty(t, s.spans)
		}},
		"OTEL_TRACES_SAMPLER_ARG": {env: map[string]string{"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.999999"}, after: func(t *testing.T, s *sink) {
			require.Len(t, s.spans, 1)
			require.Regexp(t, "^ot=th:00001", s.spans[0].TraceState)
		}},
		"OTEL_TRACES_SAMPLER unknown": {env: map[string]string{"OTEL_TRACES_SAMPLER": "jaeger_remote"}, after: func(t *testing.T, s *sink) { require.Len(t, s.spans, 1) }},
		"OTEL_BSP_SCHEDULE_DELAY":     {env: map[string]string{"OTEL_BSP_SCHEDULE_DELAY": "20"}, during: soon(func(s *sink) bool { spans, _, _ := s.received(); return len(spans) == 1 })},
		"OTEL_BLRP_SCHEDULE_DELAY":    {env: map[string]string{"OTEL_BLRP_SCHEDULE_DELAY": "20"}, during: soon(func(s *sink) bool { _, records, _ := s.received(); return len(records) == 1 })},
		"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": {env: map[string]string{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "1"}, during: soon(func(s *sink) bool {
			spans, _, _ := s.received()
			return len(spans) == 1
		})},
		"OTEL_BSP_MAX_QUEUE_SIZE":     {env: map[string]string{"OTEL_BSP_MAX_QUEUE_SIZE": "7"}, after: func(t *testing.T, s *sink) { require.Len(t, s.spans, 1) }},
		"OTEL_METRIC_EXPORT_INTERVAL": {env: map[string]string{"OTEL_METRIC_EXPORT_INTERVAL": "20"}, during: soon(func(s *sink) bool { return s.metric("shop.work") != nil })},
		"OTEL_TRACES_EXPORTER=none": {env: map[string]string{"OTEL_TRACES_EXPORTER": "none"}, after: func(t *testing.T, s *sink) {
			require.Empty(t, s.spans)
			require.NotEmpty(t, s.records)
		}},
		"OTEL_METRICS_EXPORTER=none": {env: map[string]string{"OTEL_METRICS_EXPORTER": "none"}, after: func(t *testing.T, s *sink) { require.Empty(t, s.metrics) }},
		"OTEL_LOGS_EXPORTER=none":    {env: map[string]string{"OTEL_LOGS_EXPORTER": "none"}, after: func(t *testing.T, s *sink) { require.Empty(t, s.records) }},
		"OTEL_EXPORTER_OTLP_HEADERS": {env: map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "api-key=secret"}, after: func(t *testing.T, s *sink) { each(t, s, "api-key", "secret") }},
		"OTEL_EXPORTER_OTLP_COMPRESSION": {env: map[string]string{"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}, after: func(t *testing.T, s *sink) {
			each(t, s, "Content-Encoding", "gzip")
		}},
		"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": {env: map[string]string{"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta"}, after: func(t *testing.T, s *sink) {
			require.Equal(t, metricpb.AggregationTemporality_AGGREGATION_TEMPORALITY_DELTA, s.metric("shop.work").GetSum().AggregationTemporality)
		}},
		"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": {env: map[string]string{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "1"}, during: func(t *testing.T, _ *sink) {
			_, span := otel.Tracer("test").Start(t.Context(), "limited", trace.WithAttributes(attribute.Int("a", 1), attribute.Int("b", 2)))
			span.End()
		}, after: func(t *testing.T, s *sink) { require.EqualValues(t, 1, s.spans[1].DroppedAttributesCount) }},
		"OTEL_PROPAGATORS": {env: map[string]string{"OTEL_PROPAGATORS": "jaeger"}, during: func(t *testing.T, _ *sink) {
			require.Equal(t, []string{"uber-trace-id"}, otel.GetTextMapPropagator().Fields())
		}},
		"OTEL_PROPAGATORS with blanks": {env: map[string]string{"OTEL_PROPAGATORS": " baggage , jaeger,"}, during: func(t *testing.T, _ *sink) {
			require.ElementsMatch(t, []string{"baggage", "uber-trace-id"}, otel.GetTextMapPropagator().Fields())
		}},
		"OTEL_PROPAGATORS unknown": {env: map[string]string{"OTEL_PROPAGATORS": "pigeon"}, during: func(t *testing.T, _ *sink) {
			require.Contains(t, otel.GetTextMapPropagator().Fields(), "traceparent")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for k, v := range keep {
				t.Setenv(k, v)
			}
			for k, v := range test.env {
				t.Setenv(k, v)
			}
			s := newSink(t)
			shutdown, _, err := started(t, s.URL, otherwise...)
			require.NoError(t, err)
			emit(t)
			if test.during != nil {
				test.during(t, s)
			}
			require.NoError(t, shutdown(context.Background()))
			if test.after != nil {
				test.after(t, s)
			}
		})
	}
}

// soon waits for what the SDK's default delays, 1 s at least, would not bring in time.
func soon(there func(*sink) bool) func(*testing.T, *sink) {
	return func(t *testing.T, s *sink) {
		t.Helper()
		require.Eventually(t, func() bool { return there(s) }, 900*time.Millisecond, 5*time.Millisecond)
	}
}

func each(t *testing.T, s *sink, header, value string) {
	t.Helper()
	_, _, requests := s.received()
	require.Len(t, requests, 3)
	for _, r := range requests {
		require.Equal(t, value, r.Header.Get(header))
	}
}

// Trap 10: the base URL gets each signal's path, a signal's own URL none.
func TestEndpointsHavePaths(t *testing.T) {
	s := newSink(t)
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", s.URL+"/v1/logs")
	shutdown, _, err := started(t, s.URL)
	require.NoError(t, err)
	emit(t)
	_ = shutdown(context.Background())
	paths := map[string]bool{}
	_, _, requests := s.received()
	for _, r := range requests {
		paths[r.URL.Path] = true
	}
	require.Equal(t, map[string]bool{"/v1/logs": true, "/v1/metrics": true}, paths)
}

// What is wrong with a variable is reported; the rest works.
func TestBadProtocolLeavesTheRest(t *testing.T) {
	s := newSink(t)
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "carrier-pigeon")
	shutdown, _, err := started(t, s.URL)
	require.ErrorContains(t, err, "koine: traces: ")
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	require.Empty(t, s.spans)
	require.Len(t, s.records, 1)
	require.NotNil(t, s.metric("shop.work"))
}

// T6: the SDK starts nothing when it is turned off, and context still goes through.
func TestDisabled(t *testing.T) {
	for _, value := range []string{"true", "TRUE"} {
		t.Run(value, func(t *testing.T) {
			t.Setenv("OTEL_SDK_DISABLED", value)
			s := newSink(t)
			before := otel.GetTracerProvider()
			running := goleak.IgnoreCurrent()
			shutdown, out, err := started(t, s.URL)
			require.NoError(t, err)
			require.Equal(t, before, otel.GetTracerProvider())
			emit(t)
			require.NoError(t, goleak.Find(running))
			require.Len(t, out.lines("working"), 1, "logs still go to the local handler")
			requireJoined(t, "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
			require.NoError(t, shutdown(context.Background()))
			_, _, requests := s.received()
			require.Empty(t, requests)
		})
	}
}

// requireJoined has a request with a header go through a service that opens a span and calls on.
func requireJoined(t *testing.T, header, value string) {
	t.Helper()
	in, out := http.Header{}, http.Header{}
	in.Set(header, value)
	ctx := otel.GetTextMapPropagator().Extract(context.Background(), propagation.HeaderCarrier(in))
	ctx, span := otel.Tracer("test").Start(ctx, "joined")
	defer span.End()
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(out))
	require.Contains(t, out.Get("traceparent"), "0af7651916cd43dd8448eb211c80319c")
}

func TestLogLevel(t *testing.T) {
	for level, want := range map[string]struct{ warning, failure bool }{"": {true, true}, "debug": {true, true}, "error": {false, true}, "none": {false, false}} {
		t.Run("OTEL_LOG_LEVEL="+level, func(t *testing.T) {
			t.Setenv("OTEL_LOG_LEVEL", level)
			t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "many") // the SDK informs of that
			_, out, err := started(t, dead(t))
			require.NoError(t, err)
			otel.Handle(os.ErrClosed)
			require.Equal(t, want.failure, len(out.lines("file already closed")) == 1, out)
			if level == "debug" {
				require.NotEmpty(t, out.lines("opentelemetry: TracerProvider created"), out)
			} else {
				require.Empty(t, out.lines("TracerProvider created"))
			}
		})
	}
}

// What is no size is reported and as if unset: the SDK panics on some, and drops on others what
// nobody counts.
func TestSizesThatAreNone(t *testing.T) {
	for _, value := range []string{"-1", "0", "many", " 20000 "} {
		for _, name := range []string{"OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BLRP_MAX_QUEUE_SIZE"} {
			t.Run(name+"="+value, func(t *testing.T) {
				t.Setenv(name, value)
				s := newSink(t)
				shutdown, out, err := started(t, s.URL)
				require.NoError(t, err)
				if _, err := strconv.Atoi(strings.TrimSpace(value)); err != nil || len(value) < 3 {
					require.Len(t, out.lines(name), 1, out)
				} else {
					require.Empty(t, out.lines(name))
				}
				for range 5000 {
					_, span := otel.Tracer("test").Start(t.Context(), "burst")
					span.End()
				}
				require.NoError(t, shutdown(context.Background()))
				spans, _, _ := s.received()
				require.Len(t, spans, 5000)
			})
		}
	}
}

// What a code leaves empty is as if it were not said.
func TestEmptyOptions(t *testing.T) {
	s := newSink(t)
	shutdown, out, err := started(t, s.URL, nil, Process(nil), Service("", ""))
	require.NoError(t, err)
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	require.Len(t, s.spans, 1)
	require.Regexp(t, "^unknown_service:", s.attribute("service.name"))
	require.Len(t, out.lines("the service has no name"), 1)
}
