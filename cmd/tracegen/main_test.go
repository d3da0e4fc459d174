package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/koine-otel/koine/tracegen"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSendsAndSums(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	labels := filepath.Join(t.TempDir(), "labels")
	var out bytes.Buffer
	err := run(t.Context(), []string{"-traces", "20", "-rate", "0", "-faults", "1", "-errors", "0", "-protocol", "zipkin-json",
		"-zipkin", server.URL, "-summary", "json", "-quiet", "-labels", labels}, &out, io.Discard)
	require.NoError(t, err)

	var s tracegen.Summary
	require.NoError(t, json.Unmarshal(out.Bytes(), &s))
	assert.EqualValues(t, 20, s.Traces)
	assert.Equal(t, s.Total.Generated, s.Total.Accepted)
	written, err := os.ReadFile(labels)
	require.NoError(t, err)
	assert.Equal(t, 20, bytes.Count(written, []byte("\n")))
}

func TestListsServices(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-services", "-protocol", "otlp-http"}, &out, io.Discard))
	assert.Regexp(t, `cart +nodejs +otlp-http +1\.20\n`, out.String())
	assert.NotContains(t, out.String(), "brave")
}

func TestMistakesAreNamed(t *testing.T) {
	for _, c := range []struct {
		want string
		args []string
	}{
		{"flag provided but not defined: -speed", []string{"-speed", "9"}},
		{`unexpected argument "now"`, []string{"now"}},
		{`summary "xml": not text or json`, []string{"-summary", "xml"}},
		{`unknown protocol "thrift"`, []string{"-protocol", "thrift"}},
		{"short 2: not within 0 and 1", []string{"-on-path", "0.1", "-off-path", "0.1", "-short", "2", "-drift", "1.3", "-skew", "20ms", "-missing", "0.01", "-late", "0.01"}},
		{"spans 1: not within 4 and 1000", []string{"-spans", "1"}},
		{`otlp-grpc target "localhost:1": cannot be reached`, []string{"-protocol", "otlp-grpc", "-otlp-grpc", "localhost:1"}},
		{"labels: open ", []string{"-labels", "/nowhere/at/all"}},
	} {
		assert.ErrorContains(t, run(t.Context(), c.args, io.Discard, io.Discard), c.want)
	}
}

func TestHelp(t *testing.T) {
	var out bytes.Buffer
	assert.ErrorIs(t, run(t.Context(), []string{"-h"}, &out, io.Discard), flag.ErrHelp)
	assert.Contains(t, out.String(), "-otlp-grpc host:port")
}
