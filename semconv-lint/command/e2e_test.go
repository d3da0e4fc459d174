package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/semconv-lint/command"
	"github.com/koine-otel/koine/semconv-lint/rules"
	"github.com/koine-otel/koine/tracegen"
)

// TestShop lints a polyglot shop's traffic off the network, with all rules: services of the old
// conventions are told what to write.
func TestShop(t *testing.T) {
	listening, ports := io.Pipe()
	var out bytes.Buffer
	code := make(chan int, 1)
	go func() { // ends when it is told to stop below
		code <- command.Run(context.Background(), []string{
			"listen", "--grpc-port", "0", "--http-port", "0", "--zipkin-port", "0", "--control-port", "0", "--duration", "1m", "--format", "json",
		}, command.Environment{Out: &out, Err: ports, Dir: t.TempDir(), Getenv: func(string) string { return "" }, Now: time.Now}, command.Parts{Rules: rules.All()})
	}()
	line := make([]byte, 200)
	n, err := listening.Read(line)
	require.NoError(t, err)
	at := map[string]string{}
	for _, m := range regexp.MustCompile(`([\w/]+) :(\d+)`).FindAllStringSubmatch(string(line[:n]), -1) {
		at[m[1]] = "127.0.0.1:" + m[2]
	}

	cfg := tracegen.DefaultConfig()
	cfg.Traces, cfg.Rate, cfg.Duration = 50, 0, time.Minute
	_, err = tracegen.Run(t.Context(), cfg, tracegen.Targets{Zipkin: at["Zipkin"], OTLPHTTP: at["OTLP/HTTP"], OTLPGRPC: at["OTLP/gRPC"]}, nil)
	require.NoError(t, err)
	answer, err := http.Post(fmt.Sprintf("http://%s/stop", at["control"]), "", strings.NewReader(""))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, command.Found, <-code)
	http.DefaultClient.CloseIdleConnections()

	var document struct {
		Findings []struct{ Rule, Service, Key, Replacement string }
		Scores   map[string]float64
		Summary  struct{ Spans int }
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &document))
	assert.Positive(t, document.Summary.Spans)
	assert.Contains(t, document.Scores, "checkout")
	renames := map[string]string{}
	for _, f := range document.Findings {
		if f.Rule == "retired-attribute" {
			renames[f.Key] = f.Replacement
		}
	}
	assert.Equal(t, "http.request.method", renames["http.method"])
	assert.Equal(t, "db.query.text", renames["db.statement"])
}

// TestFiles lints what a shop sent from files, as they came off the network.
func TestFiles(t *testing.T) {
	for _, protocol := range []tracegen.Protocol{tracegen.ZipkinJSON, tracegen.ZipkinProto, tracegen.OTLPHTTP} {
		t.Run(protocol.String(), func(t *testing.T) {
			s := newSession(t)
			s.parts.Rules = rules.All()
			folder := filepath.Join(s.dir, "sent")
			require.NoError(t, os.Mkdir(folder, 0o700))
			sent := record(t, folder, protocol)

			_, out, errors := s.run("check", folder, "--format", "json")
			require.Empty(t, errors)
			var document struct {
				Findings []struct {
					Example struct{ Source string }
				}
				Summary struct{ Spans int64 }
			}
			require.NoError(t, json.Unmarshal([]byte(out), &document))
			assert.Equal(t, sent, document.Summary.Spans)
			require.NotEmpty(t, document.Findings)
			assert.Contains(t, document.Findings[0].Example.Source, folder)

			_, again, _ := s.run("check", folder, "--format", "json")
			assert.Equal(t, out, again, "the same files give the same report")
		})
	}
}

// record writes each request of a shop to a file, and gives the number of spans.
func record(t *testing.T, folder string, protocol tracegen.Protocol) int64 {
	t.Helper()
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("%03d", requests.Add(1))), body, 0o600)
		}
		assert.NoError(t, err)
		w.WriteHeader(http.StatusOK)
	}))
	defer server.Close()
	cfg := tracegen.DefaultConfig()
	cfg.Traces, cfg.Rate, cfg.Duration, cfg.Protocol = 50, 0, time.Minute, protocol
	sent, err := tracegen.Run(t.Context(), cfg, tracegen.Targets{Zipkin: server.URL, OTLPHTTP: server.URL}, nil)
	require.NoError(t, err)
	return sent.Total.Accepted
}
