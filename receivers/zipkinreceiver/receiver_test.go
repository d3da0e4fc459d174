package zipkinreceiver

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/koine-otel/koine/receivers/zipkinreceiver/internal/metadata"
)

// running is a receiver behind its port.
type running struct {
	receiver.Traces
	address, url string
	client       *http.Client
	telemetry    *componenttest.Telemetry
	logs         *observer.ObservedLogs
}

// start starts a receiver with what is set besides its defaults.
func start(tb testing.TB, next consumer.Traces, set map[string]any, extensions ...component.Component) *running {
	tb.Helper()
	core, logs := observer.New(zap.DebugLevel)
	r := &running{address: freeAddress(tb), telemetry: componenttest.NewTelemetry(), logs: logs}
	settings := receivertest.NewNopSettings(metadata.Type)
	settings.ID = component.NewID(metadata.Type)
	settings.TelemetrySettings = r.telemetry.NewTelemetrySettings()
	settings.Logger = zap.New(core)
	config := configured(tb, set)
	config.ServerConfig.NetAddr.Endpoint = r.address
	var err error
	r.Traces, err = NewFactory().CreateTraces(context.Background(), settings, config, next)
	require.NoError(tb, err)
	require.NoError(tb, r.Start(context.Background(), hostOf(extensions)))

	r.url = "http://" + r.address
	r.client = &http.Client{Transport: &http.Transport{DisableCompression: true}}
	tb.Cleanup(func() {
		r.client.CloseIdleConnections()
		require.NoError(tb, r.Shutdown(context.Background()))
		require.NoError(tb, r.telemetry.Shutdown(context.Background()))
	})
	return r
}

func configured(tb testing.TB, set map[string]any) *Config {
	tb.Helper()
	config := createDefaultConfig().(*Config)
	require.NoError(tb, confmap.NewFromStringMap(set).Unmarshal(config))
	require.NoError(tb, confmap.Validate(config))
	return config
}

func freeAddress(tb testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	defer l.Close()
	return l.Addr().String()
}

// host has extensions, each under its own number.
type host map[component.ID]component.Component

func hostOf(extensions []component.Component) host {
	h := host{}
	for i, e := range extensions {
		h[component.NewIDWithName(component.MustNewType("test"), string(rune('a'+i)))] = e
	}
	return h
}

func (h host) GetExtensions() map[component.ID]component.Component { return h }

// response is an answer, read.
type response struct {
	*http.Response
	body string
}

// post posts a body, with headers in pairs.
func (r *running) post(tb testing.TB, path string, body []byte, headers ...string) response {
	tb.Helper()
	return r.send(tb, http.MethodPost, path, bytes.NewReader(body), headers...)
}

func (r *running) send(tb testing.TB, method, path string, body io.Reader, headers ...string) response {
	tb.Helper()
	req, err := http.NewRequest(method, r.url+path, body)
	require.NoError(tb, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := r.client.Do(req)
	require.NoError(tb, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(tb, err)
	return response{resp, strings.TrimSpace(string(text))}
}

// sum is a counter's value over all points that have the attributes, in pairs.
func (r *running) sum(tb testing.TB, name string, with ...string) int64 {
	tb.Helper()
	m, err := r.telemetry.GetMetric(name)
	if err != nil {
		return 0 // nothing was counted yet
	}
	total := int64(0)
points:
	for _, point := range m.Data.(metricdata.Sum[int64]).DataPoints {
		for i := 0; i < len(with); i += 2 {
			if v, _ := point.Attributes.Value(attribute.Key(with[i])); v.AsString() != with[i+1] {
				continue points
			}
		}
		total += point.Value
	}
	return total
}

func (r *running) accepted(tb testing.TB, with ...string) int64 {
	return r.sum(tb, "otelcol_receiver_accepted_spans", with...)
}

func (r *running) refused(tb testing.TB, with ...string) int64 {
	return r.sum(tb, "otelcol_receiver_refused_spans", with...)
}

func (r *running) invalidRequests(tb testing.TB, with ...string) int64 {
	return r.sum(tb, "otelcol_receiver_zipkin_invalid_requests", with...)
}

// operations gives the receiver's own spans that were ended: each request that was begun.
func (r *running) operations() int {
	n := 0
	for _, s := range r.telemetry.SpanRecorder.Ended() {
		if s.Name() == "receiver/"+metadata.Type.String()+"/TraceDataReceived" {
			n++
		}
	}
	return n
}

const oneSpan = `[{"traceId":"463ac35c9f6413ad48485a3953bb6124","id":"0000000000000001","name":"get",` +
	`"timestamp":1700000000000000,"duration":5,"localEndpoint":{"serviceName":"front"}}]`

func TestStartNamesTheEndpoint(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	config := createDefaultConfig().(*Config)
	config.ServerConfig.NetAddr.Endpoint = l.Addr().String()
	r, err := NewFactory().CreateTraces(context.Background(), receivertest.NewNopSettings(metadata.Type), config, consumertest.NewNop())
	require.NoError(t, err)
	require.ErrorContains(t, r.Start(context.Background(), componenttest.NewNopHost()), "listening at "+l.Addr().String())
	require.NoError(t, r.Shutdown(context.Background()))
}

func TestShutdownTwiceAndBeforeStart(t *testing.T) {
	r, err := NewFactory().CreateTraces(context.Background(), receivertest.NewNopSettings(metadata.Type), createDefaultConfig(), consumertest.NewNop())
	require.NoError(t, err)
	require.NoError(t, r.Shutdown(context.Background()))

	s := start(t, consumertest.NewNop(), nil)
	require.NoError(t, s.Shutdown(context.Background()))
	require.NoError(t, s.Shutdown(context.Background()))
}

// gate lets spans through when it is opened.
type gate struct {
	arrived, open chan struct{}
	consumertest.TracesSink
}

func newGate() *gate { return &gate{arrived: make(chan struct{}, 16), open: make(chan struct{})} }

func (g *gate) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	g.arrived <- struct{}{}
	select {
	case <-g.open:
		return g.TracesSink.ConsumeTraces(ctx, td)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestShutdownAnswers: what is in flight when the receiver is shut down is answered, over
// HTTP/1.1 and HTTP/2; what comes later does not get in.
func TestShutdownAnswers(t *testing.T) {
	next := newGate()
	r := start(t, next, nil)
	h2 := &http.Client{Transport: http2Transport()}
	defer h2.CloseIdleConnections()
	statuses := make(chan int, 2)
	for _, client := range []*http.Client{r.client, h2} {
		go func() {
			resp, err := client.Post(r.url+pathV2, "", strings.NewReader(oneSpan))
			if assert.NoError(t, err) {
				_ = resp.Body.Close()
				statuses <- resp.StatusCode
			}
		}()
		<-next.arrived
	}
	done := make(chan error, 1)
	go func() { done <- r.Shutdown(context.Background()) }()
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", r.address)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	}, 5*time.Second, time.Millisecond)
	assert.Empty(t, done, "requests are in flight")
	close(next.open)
	assert.Equal(t, http.StatusAccepted, <-statuses)
	assert.Equal(t, http.StatusAccepted, <-statuses)
	require.NoError(t, <-done)
	assert.Equal(t, 2, next.SpanCount())
	assert.EqualValues(t, 2, r.accepted(t))
}

func TestShutdownEndsWithItsContext(t *testing.T) {
	next := newGate()
	r := start(t, next, nil)
	failed := make(chan struct{})
	go func() {
		defer close(failed)
		resp, err := r.client.Post(r.url+pathV2, "", strings.NewReader(oneSpan))
		if err == nil {
			_ = resp.Body.Close()
		}
		assert.Error(t, err)
	}()
	<-next.arrived
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, r.Shutdown(ctx), context.DeadlineExceeded)
	<-failed
	require.Eventually(t, func() bool { return r.refused(t) == 1 }, 5*time.Second, time.Millisecond, "who went is counted")
}

// TestShutdownDoesNotWaitForSilence: connections without a request do not hold it up.
func TestShutdownDoesNotWaitForSilence(t *testing.T) {
	certificate, key, _ := selfSigned(t)
	for name, set := range map[string]map[string]any{
		"plain": nil,
		"TLS":   {"tls": map[string]any{"cert_pem": certificate, "key_pem": key}},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, consumertest.NewNop(), set)
			for _, text := range []string{"", "POST /api", "PRI * HTTP/2.0\r\n"} {
				c, err := net.Dial("tcp", r.address)
				require.NoError(t, err)
				defer c.Close()
				_, err = io.WriteString(c, text)
				require.NoError(t, err)
			}
			if name == "plain" { // and one that had a request, of HTTP/2
				h2 := &http.Client{Transport: http2Transport()}
				defer h2.CloseIdleConnections()
				resp, err := h2.Post(r.url+pathV2, "", strings.NewReader(oneSpan))
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
			}
			time.Sleep(10 * time.Millisecond)
			begun := time.Now()
			require.NoError(t, r.Shutdown(context.Background()))
			assert.Less(t, time.Since(begun), 4*time.Second, "net/http alone waits 5 s")
		})
	}
}

func http2Transport() *http.Transport {
	p := new(http.Protocols)
	p.SetUnencryptedHTTP2(true)
	return &http.Transport{Protocols: p}
}
