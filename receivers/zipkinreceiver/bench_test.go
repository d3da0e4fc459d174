package zipkinreceiver

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/zipkinreceiver"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/koine-otel/koine/receivers/zipkinreceiver/internal/metadata"
	"github.com/koine-otel/koine/tracegen"
)

func corpus(b *testing.B, protocol tracegen.Protocol) (payloads []tracegen.Payload, spans, size int) {
	b.Helper()
	c := tracegen.DefaultConfig()
	c.Protocol = protocol
	payloads, err := tracegen.Corpus(c, 400, 40)
	require.NoError(b, err)
	for _, p := range payloads {
		spans += p.Spans
		size += len(p.Body)
	}
	return payloads, spans, size
}

// BenchmarkHandler is a request from its first byte to its answer, without the network.
func BenchmarkHandler(b *testing.B) {
	for name, protocol := range map[string]tracegen.Protocol{"json": tracegen.ZipkinJSON, "proto": tracegen.ZipkinProto} {
		b.Run(name, func(b *testing.B) {
			r, err := newReceiver(createDefaultConfig().(*Config), receivertest.NewNopSettings(metadata.Type), consumertest.NewNop())
			require.NoError(b, err)
			r.intake.limit = 20 << 20
			benchmarkRequests(b, protocol, func(p *tracegen.Payload) {
				req := httptest.NewRequest(http.MethodPost, p.Path, bytes.NewReader(p.Body))
				req.Header.Set("Content-Type", p.ContentType)
				w := httptest.NewRecorder()
				r.ServeHTTP(w, req)
				if w.Code != http.StatusAccepted {
					b.Fatal(w.Code, w.Body)
				}
			})
		})
	}
}

// BenchmarkServer is the same over a connection that is kept, with the client's share, beside
// contrib's receiver with connections that are kept, too.
func BenchmarkServer(b *testing.B) {
	contrib := zipkinreceiver.NewFactory()
	theirs := contrib.CreateDefaultConfig().(*zipkinreceiver.Config)
	theirs.ServerConfig.KeepAlivesEnabled = true
	theirs.ServerConfig.NetAddr.Endpoint = freeAddress(b)
	ours := createDefaultConfig().(*Config)
	ours.ServerConfig.NetAddr.Endpoint = freeAddress(b)

	b.Run("json", func(b *testing.B) {
		r, err := NewFactory().CreateTraces(context.Background(), receivertest.NewNopSettings(metadata.Type), ours, consumertest.NewNop())
		require.NoError(b, err)
		benchmarkServer(b, r, ours.ServerConfig.NetAddr.Endpoint, false)
	})
	b.Run("json_gzip", func(b *testing.B) {
		r, err := NewFactory().CreateTraces(context.Background(), receivertest.NewNopSettings(metadata.Type), ours, consumertest.NewNop())
		require.NoError(b, err)
		benchmarkServer(b, r, ours.ServerConfig.NetAddr.Endpoint, true)
	})
	b.Run("peer_json", func(b *testing.B) {
		r, err := contrib.CreateTraces(context.Background(), receivertest.NewNopSettings(contrib.Type()), theirs, consumertest.NewNop())
		require.NoError(b, err)
		benchmarkServer(b, r, theirs.ServerConfig.NetAddr.Endpoint, false)
	})
	b.Run("peer_json_gzip", func(b *testing.B) {
		r, err := contrib.CreateTraces(context.Background(), receivertest.NewNopSettings(contrib.Type()), theirs, consumertest.NewNop())
		require.NoError(b, err)
		benchmarkServer(b, r, theirs.ServerConfig.NetAddr.Endpoint, true)
	})
}

func benchmarkServer(b *testing.B, r receiver.Traces, address string, zip bool) {
	require.NoError(b, r.Start(context.Background(), componenttest.NewNopHost()))
	client := &http.Client{Transport: &http.Transport{}}
	defer func() {
		client.CloseIdleConnections()
		require.NoError(b, r.Shutdown(context.Background()))
	}()
	packed := map[*byte][]byte{}
	benchmarkRequests(b, tracegen.ZipkinJSON, func(p *tracegen.Payload) {
		body := p.Body
		if zip {
			if packed[&p.Body[0]] == nil {
				packed[&p.Body[0]] = gzipped(b, p.Body)
			}
			body = packed[&p.Body[0]]
		}
		req, err := http.NewRequest(http.MethodPost, "http://"+address+p.Path, bytes.NewReader(body))
		require.NoError(b, err)
		req.Header.Set("Content-Type", p.ContentType)
		if zip {
			req.Header.Set("Content-Encoding", "gzip")
		}
		resp, err := client.Do(req)
		require.NoError(b, err)
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusAccepted {
			b.Fatal(resp.Status)
		}
	})
}

// benchmarkRequests has one operation be the whole corpus.
func benchmarkRequests(b *testing.B, protocol tracegen.Protocol, send func(*tracegen.Payload)) {
	payloads, spans, size := corpus(b, protocol)
	for i := range payloads {
		send(&payloads[i])
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		for i := range payloads {
			send(&payloads[i])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*spans), "ns/span")
}
