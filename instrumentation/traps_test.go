package koine

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdkresource "go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

type detector struct {
	schema string
	attrs  []attribute.KeyValue
	err    error
}

func (d detector) Detect(context.Context) (*sdkresource.Resource, error) {
	return sdkresource.NewWithAttributes(d.schema, d.attrs...), d.err
}

// Trap 2: what a failing detector has found stays.
func TestPartialResourceIsKept(t *testing.T) {
	s := newSink(t)
	shutdown, _, err := started(t, s.URL, Service("checkout", "1"), Detect(detector{attrs: []attribute.KeyValue{attribute.String("cloud.region", "eu")}, err: sdkresource.ErrPartialResource}))
	require.ErrorIs(t, err, sdkresource.ErrPartialResource)
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	require.Equal(t, "eu", s.attribute("cloud.region"))
	require.Equal(t, "checkout", s.attribute("service.name"))
}

type panicking struct{}

func (panicking) Detect(context.Context) (*sdkresource.Resource, error) { panic("no metadata") }

func TestPanickingDetectorDoesNotStopTheService(t *testing.T) {
	s := newSink(t)
	shutdown, _, err := started(t, s.URL, Service("checkout", "1"), Detect(panicking{}, nil))
	require.ErrorContains(t, err, "panicking: panic: no metadata")
	require.ErrorContains(t, err, "nil pointer")
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	require.Equal(t, "checkout", s.attribute("service.name"))
}

// Trap 3 and T4: detectors of other versions of the conventions make no conflict.
func TestSchemaURLsDoNotConflict(t *testing.T) {
	s := newSink(t)
	shutdown, out, err := started(t, s.URL, Service("checkout", "1"),
		Detect(detector{"https://opentelemetry.io/schemas/1.4.0", []attribute.KeyValue{attribute.String("old", "1")}, nil},
			detector{"https://opentelemetry.io/schemas/1.99.0", []attribute.KeyValue{attribute.String("new", "2")}, nil}))
	require.NoError(t, err)
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	require.Equal(t, sdkresource.Default().SchemaURL(), s.schema)
	require.Equal(t, "1", s.attribute("old"))
	require.Equal(t, "2", s.attribute("new"))
	require.Empty(t, out.lines("onflict"))
}

// Trap 4 and T5: a service without a name has unknown_service, and a warning that names the cure.
func TestUnnamedService(t *testing.T) {
	s := newSink(t)
	shutdown, out, err := started(t, s.URL)
	require.NoError(t, err)
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	require.Regexp(t, "^unknown_service:", s.attribute("service.name"))
	warning := out.lines("has no name")
	require.Len(t, warning, 1)
	require.Contains(t, warning[0]["msg"], "OTEL_SERVICE_NAME")
	require.Contains(t, warning[0]["msg"], "OTEL_RESOURCE_ATTRIBUTES")
}

// Trap 8: the SDK's own name stays, the distribution has attributes of its own; no secrets.
func TestResource(t *testing.T) {
	s := newSink(t)
	shutdown, out, err := started(t, s.URL, Service("checkout", "1.4.2"))
	require.NoError(t, err)
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	require.Equal(t, "opentelemetry", s.attribute("telemetry.sdk.name"))
	require.Equal(t, "koine", s.attribute("telemetry.distro.name"))
	require.Equal(t, "1.4.2", s.attribute("service.version"))
	require.NotEmpty(t, s.attribute("service.instance.id"))
	require.NotEmpty(t, s.attribute("host.name"))
	require.Empty(t, s.attribute("process.command_line"))
	for _, a := range s.resource.Attributes {
		require.NotEqual(t, "process.command_args", a.Key)
	}
	require.Empty(t, out.lines("has no name"))
	require.NotNil(t, s.metric("go.memory.used"), "runtime metrics")
}

// Trap 5: a signal whose collector is silent does not eat the others' time, with a file either.
func TestShutdownIsParallel(t *testing.T) {
	s := newSink(t)
	hole := blackHole(t)
	t.Run("variables", func(t *testing.T) {
		t.Setenv("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", hole+"/v1/metrics")
		shutdown, _, err := started(t, s.URL)
		require.NoError(t, err)
		requireParallel(t, s, shutdown)
	})
	t.Run("file", func(t *testing.T) {
		s := newSink(t)
		useFile(t, fileOf(s.URL, hole))
		shutdown, _, err := started(t, s.URL)
		require.NoError(t, err)
		requireParallel(t, s, shutdown)
	})
}

func requireParallel(t *testing.T, s *sink, shutdown Shutdown) {
	t.Helper()
	emit(t)
	begin := time.Now()
	require.ErrorIs(t, shutdown(context.Background()), errSilent)
	require.Less(t, time.Since(begin), 2*time.Second)
	spans, records, _ := s.received()
	require.Len(t, spans, 1)
	require.Len(t, records, 1)
	require.ErrorIs(t, shutdown(context.Background()), errSilent, "again it says the same, at once")
}

// A collector that is slow is not called silent.
func TestShutdownSaysWhyItGivesUp(t *testing.T) {
	begin := time.Now()
	at := func(ms int) time.Time { return begin.Add(time.Duration(ms) * time.Millisecond) }
	require.NoError(t, overdue(begin, time.Unix(0, 0), at(1400)))
	require.Equal(t, errSilent, overdue(begin, time.Unix(0, 0), at(1600)))
	require.NoError(t, overdue(begin, at(9000), at(9900)))
	require.Equal(t, errSilent, overdue(begin, at(5000), at(6600)))
	require.Equal(t, errSlow, overdue(begin, at(9900), at(10100)))
}

func fileOf(endpoint, metrics string) string {
	return `file_format: "1.0"
log_level: debug
resource:
  attributes:
    - name: team
      value: file
  attributes_list: "region=eu,team=list"
tracer_provider:
  processors:
    - batch:
        exporter:
          otlp_http: {endpoint: "` + endpoint + `/v1/traces"}
meter_provider:
  readers:
    - periodic:
        exporter:
          otlp_http: {endpoint: "` + metrics + `/v1/metrics"}
logger_provider:
  processors:
    - batch:
        exporter:
          otlp_http: {endpoint: "` + endpoint + `/v1/logs"}
`
}

func useFile(t *testing.T, text string) string {
	file := filepath.Join(t.TempDir(), "otel.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	t.Setenv("OTEL_CONFIG_FILE", file)
	return file
}

// Trap 6: what otelconf reads and forgets holds; what is left out is said.
func TestConfigFile(t *testing.T) {
	s := newSink(t)
	t.Setenv("OTEL_SERVICE_NAME", "from-env")
	file := useFile(t, fileOf(s.URL, s.URL))
	shutdown, out, err := started(t, "http://unused.invalid", Service("from-code", "3"), Sample(0))
	require.NoError(t, err)
	require.Equal(t, file, os.Getenv("OTEL_CONFIG_FILE"))
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	require.Len(t, s.spans, 1, "the file's sampler counts")
	require.Len(t, s.records, 1)
	require.NotNil(t, s.metric("shop.work"))
	require.NotNil(t, s.metric("go.memory.used"))
	require.Equal(t, "eu", s.attribute("region"))
	require.Equal(t, "file", s.attribute("team"), "attributes count more than attributes_list")
	require.Equal(t, "from-env", s.attribute("service.name"))
	require.Equal(t, "3", s.attribute("service.version"))
	require.Equal(t, sdkresource.Default().SchemaURL(), s.schema)
	require.Len(t, out.lines("OTEL_CONFIG_FILE decides"), 1)
	require.NotEmpty(t, out.lines("TracerProvider created"), "log_level: debug")
}

// A variable counts wherever the file names it, in braces too, and the SDK's chatter is not asked
// for by saying nothing.
func TestConfigFileInBraces(t *testing.T) {
	s := newSink(t)
	t.Setenv("SHOP_TEAM", "blue")
	useFile(t, `# {not, a, variable
file_format: "1.0"
resource: {attributes: [{name: team, value: "${SHOP_TEAM}"}, {name: region, value: "${SHOP_REGION:-eu}"}]} # {nor this
tracer_provider: {processors: [{batch: {exporter: {otlp_http: {endpoint: "${OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces"}}}}]}
`)
	shutdown, out, err := started(t, s.URL, Service("shop", "1"))
	require.NoError(t, err)
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	require.Len(t, s.spans, 1)
	require.Equal(t, "blue", s.attribute("team"))
	require.Equal(t, "eu", s.attribute("region"))
	require.Empty(t, out.lines("TracerProvider created"))
}

func TestConfigFileWithGaps(t *testing.T) {
	for name, test := range map[string]struct{ text, says, fails string }{
		"one signal":  {text: "file_format: \"1.0\"\nmeter_provider: {readers: []}\n", says: "traces, logs"},
		"disabled":    {text: "file_format: \"1.0\"\ndisabled: true\n"},
		"no file":     {text: "", fails: "file_format"},
		"the future":  {text: "file_format: \"2.0\"\n", fails: "file_format"},
		"not yaml":    {text: "\t", fails: "OTEL_CONFIG_FILE="},
		"no exporter": {text: "file_format: \"1.0\"\ntracer_provider: {processors: [{batch: {exporter: {}}}]}\n", fails: "no valid span exporter"},
	} {
		t.Run(name, func(t *testing.T) {
			useFile(t, test.text)
			shutdown, out, err := started(t, dead(t))
			if test.fails == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.fails)
			}
			if test.says != "" {
				require.Equal(t, test.says, out.lines("OTEL_CONFIG_FILE decides")[0]["off"])
			}
			emit(t)
			requireJoined(t, "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
			require.NoError(t, shutdown(context.Background()))
		})
	}
}

// Trap 9: a metric with too many series is named, once.
func TestOverflowIsSaid(t *testing.T) {
	s := newSink(t)
	t.Setenv("OTEL_METRIC_EXPORT_INTERVAL", "20")
	t.Setenv("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "base2_exponential_bucket_histogram")
	shutdown, out, err := started(t, s.URL)
	require.NoError(t, err)
	counter, err := otel.Meter("test").Int64Counter("crowd")
	require.NoError(t, err)
	for i := range 2500 {
		counter.Add(t.Context(), 1, metric.WithAttributes(attribute.Int("user", i)))
	}
	histogram, err := otel.Meter("test").Float64Histogram("throng")
	require.NoError(t, err)
	for i := range 2500 {
		histogram.Record(t.Context(), 1, metric.WithAttributes(attribute.Int("user", i)))
	}
	_, _, before := s.received()
	require.Eventually(t, func() bool { _, _, now := s.received(); return len(now) > len(before)+2 }, 5*time.Second, 5*time.Millisecond)
	require.NoError(t, shutdown(context.Background()))
	require.Len(t, out.lines("too many series"), 2)
	require.Equal(t, "crowd", out.lines("too many series")[0]["metric"])
	require.Equal(t, "throng", out.lines("too many series")[1]["metric"])
}

// Trap 11: what a full queue refuses is counted, and what arrives too.
func TestDropsAreCounted(t *testing.T) {
	s := newSink(t)
	hold := make(chan struct{})
	s.hold = hold
	t.Setenv("OTEL_BSP_MAX_QUEUE_SIZE", "10")
	t.Setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1")
	shutdown, _, err := started(t, s.URL)
	require.NoError(t, err)
	for range 100 {
		_, span := otel.Tracer("test").Start(t.Context(), "work")
		span.End()
	}
	close(hold)
	require.Eventually(t, func() bool { spans, _, _ := s.received(); return len(spans) >= 10 }, 5*time.Second, time.Millisecond)
	err = shutdown(context.Background())
	spans, _, _ := s.received()
	require.ErrorContains(t, err, fmt.Sprintf("koine: %d of 100 spans were lost (%d as the queue was full)", 100-len(spans), 100-len(spans)))
	require.EqualValues(t, 100-len(spans), s.sum("otel.sdk.processor.span.processed", "error.type", "queue_full"))
	require.Less(t, len(spans), 13)
}

// T7: whoever starts second gets what the first one started.
func TestSecondStart(t *testing.T) {
	s := newSink(t)
	shutdown, _, err := started(t, s.URL, Service("first", "1"))
	require.NoError(t, err)
	provider := otel.GetTracerProvider()
	again, err := Start(context.Background(), Service("second", "1"))
	require.NoError(t, err)
	require.Same(t, provider, otel.GetTracerProvider())
	emit(t)
	require.NoError(t, again(context.Background()))
	require.Len(t, s.spans, 1)
	require.Equal(t, "first", s.attribute("service.name"))
	require.NoError(t, shutdown(context.Background()))

	s2 := newSink(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", s2.URL)
	shutdown, _, err = started(t, s2.URL, Service("third", "1"))
	require.NoError(t, err)
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	require.Equal(t, "third", s2.attribute("service.name"), "after a shutdown it starts anew")
}

func TestSomebodyElsesProviderStays(t *testing.T) {
	type theirs struct{ *sdktrace.TracerProvider }
	before := otel.GetTracerProvider()
	defer otel.SetTracerProvider(before)
	mine := theirs{sdktrace.NewTracerProvider()}
	otel.SetTracerProvider(mine)
	shutdown, _, err := started(t, dead(t))
	require.NoError(t, err)
	require.Equal(t, mine, otel.GetTracerProvider())
	require.NoError(t, shutdown(context.Background()))
}

// T9: Start waits for nobody.
func TestStartIsQuick(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", dead(t))
	var took []time.Duration
	logger := slog.Default()
	defer slog.SetDefault(logger)
	for range 200 {
		begin := time.Now()
		shutdown, err := Start(context.Background(), Service("quick", "1"), LogTo(slog.DiscardHandler))
		took = append(took, time.Since(begin))
		require.NoError(t, err)
		_ = shutdown(context.Background())
	}
	quick := 0
	for _, d := range took {
		if d < 5*time.Millisecond {
			quick++
		}
	}
	t.Logf("the first took %v, %d of %d less than 5 ms", took[0], quick, len(took))
	require.GreaterOrEqual(t, quick, len(took)*9/10, "a loaded machine may stop a few: %v", took)
}

// Noise: a collector that is away is one line.
func TestErrorsAreLimited(t *testing.T) {
	var out output
	l := newLimiter(slog.NewJSONHandler(&out, nil))
	now := time.Unix(1000, 0)
	l.now = func() time.Time { return now }
	away := dead(t)
	for _, signal := range []string{"traces", "metrics", "logs"} {
		_, err := http.Get(away + "/v1/" + signal)
		l.Handle(fmt.Errorf("%s export: %w", signal, err))
	}
	require.Len(t, out.lines("export: "), 1, "of one collector that is away one line is enough")
	for i := range 1000 {
		l.Handle(fmt.Errorf("export of %d items failed", i))
	}
	require.Len(t, out.lines("export of 0 items failed"), 1)
	require.Len(t, out.lines("items failed"), 1)
	now = now.Add(2 * time.Minute)
	l.Handle(fmt.Errorf("export of %d items failed", 7))
	require.EqualValues(t, 1000, out.lines("of 7 items failed")[0]["times"])
	for i := range 10 * maxCauses {
		l.Handle(fmt.Errorf("cause %s", strings.Repeat("x", i)))
	}
	require.Len(t, l.causes, maxCauses+1)
}
