package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/tracegen"
	"github.com/koine-otel/koine/tracegen/rig"
)

// TestLintConnector: the example's collector says who breaks the conventions to Prometheus, and
// why in log records, and hands on all that it was sent.
func TestLintConnector(t *testing.T) {
	_, sink := newSink(t)
	port := freePort(t)
	c := start(t, []string{"--config", "../../examples/ci/koine-lint.yaml", "--set=connectors::semconv_lint::interval=200ms"},
		"BACKEND="+sink.Address, fmt.Sprintf("LINT_PORT=%d", port))
	send := func(convention tracegen.Convention, seed uint64) tracegen.Summary {
		cfg := tracegen.DefaultConfig()
		cfg.Rate, cfg.Traces, cfg.Protocol, cfg.Convention, cfg.Seed = 0, 200, tracegen.OTLPHTTP, convention, seed
		sent, err := tracegen.Run(t.Context(), cfg, tracegen.Targets{OTLPHTTP: fmt.Sprintf("localhost:%d", c.Ports.OTLPHTTP)}, nil)
		require.NoError(t, err)
		return sent
	}

	sent := send(tracegen.V144, 1)
	var score float64
	require.Eventually(t, func() bool {
		m := scrape(t, port)
		score = m.Sum("koine_lint_score", "service_name", "checkout")
		return score > 0
	}, 20*time.Second, 50*time.Millisecond, "a score of checkout")
	assert.Greater(t, score, 90.0)
	assert.Zero(t, scrape(t, port).Sum("koine_lint_findings_total", "service_name", "checkout", "koine_lint_rule", "retired-attribute"))

	old := send(tracegen.V120, 2)
	require.Eventually(t, func() bool {
		return scrape(t, port).Sum("koine_lint_findings_total", "service_name", "checkout", "koine_lint_rule", "retired-attribute", "koine_lint_severity", "error") > 0
	}, 20*time.Second, 50*time.Millisecond, "findings of checkout")
	stop(t, c)
	assert.Equal(t, sent.Total.Accepted+old.Total.Accepted, sink.Spans(), "nothing is held back")
	assert.Positive(t, sink.Records(), "the causes")
	assert.Zero(t, sink.Points(), "metrics go to Prometheus")
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// scrape gets what the Prometheus exporter shows.
func scrape(t *testing.T, port int) rig.Metrics {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	answer, err := client.Get(fmt.Sprintf("http://localhost:%d/metrics", port))
	require.NoError(t, err)
	defer answer.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(answer.Body)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, answer.Body)
	require.NoError(t, err)
	return families
}
