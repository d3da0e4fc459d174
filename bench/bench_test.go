// Package bench measures the whole collector process side by side with its peers, in
// one run on one machine, and states ratios. It runs with KOINE_BENCH=1 (`make bench`).
package bench

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/tracegen"
	"github.com/koine-otel/koine/tracegen/rig"
)

// The load: traces of about 24 spans over 7 services, conventions 1.20, one request a
// service for 40 traces.
const (
	traces           = 4000
	tracesPerRequest = 40
	connections      = 4
	// rounds is how often the corpus is sent for one figure, after one to warm up.
	rounds = 15
)

// subject is one collector configuration to measure.
type subject struct {
	name string
	// program is its folder; empty: cmd/koine.
	program string
	// config is a file of testdata; empty: the embedded configuration.
	config string
	env    []string
	corpus []tracegen.Payload
	// fresh sends new trace ids in each round; OTLP only.
	fresh bool
}

// figure is what one subject used.
type figure struct {
	microsPerSpan float64
	peakRSS       int64
}

func skipUnlessAsked(t *testing.T) {
	t.Helper()
	if os.Getenv("KOINE_BENCH") == "" {
		t.Skip("KOINE_BENCH is not set")
	}
}

// measure runs the subjects side by side and sends each the corpus in turn, rounds times: a
// minute that is slow for the machine is slow for all of them. A subject's figure is the
// median of its rounds.
func measure(t *testing.T, subjects ...subject) map[string]figure {
	t.Helper()
	skipUnlessAsked(t)
	collectors := make([]*rig.Collector, len(subjects))
	marks, used := make([]time.Duration, len(subjects)), make([][]float64, len(subjects))
	spans := make([]int64, len(subjects))
	// cpu notes what a subject used since it was last asked: what it does later with what it was
	// sent, while the others have their turn, counts too.
	cpu := func(i int) {
		usage, err := collectors[i].Usage()
		require.NoError(t, err)
		if spans[i] > 0 {
			used[i] = append(used[i], float64((usage.CPU-marks[i]).Microseconds())/float64(spans[i]))
		}
		marks[i] = usage.CPU
	}
	for i, s := range subjects {
		collectors[i] = start(t, s)
		send(t, collectors[i], s.corpus)
	}
	for round := range rounds {
		for i, s := range subjects {
			if s.fresh && i == 0 { // they all send one corpus
				renew(t, s.corpus, byte(round))
			}
			cpu(i)
			spans[i] = send(t, collectors[i], s.corpus)
		}
	}
	for i := range subjects {
		cpu(i)
	}
	figures := map[string]figure{}
	for i, s := range subjects {
		usage, err := collectors[i].Usage()
		require.NoError(t, err)
		slices.Sort(used[i])
		f := figure{microsPerSpan: used[i][rounds/2], peakRSS: usage.PeakRSS}
		figures[s.name] = f
		t.Logf("%-34s %6.2f µs a span (quartiles %.2f to %.2f)   peak RSS %4d MiB",
			s.name, f.microsPerSpan, used[i][rounds/4], used[i][rounds*3/4], f.peakRSS>>20)
	}
	return figures
}

// renew changes all trace ids of an OTLP corpus, in place.
func renew(t *testing.T, corpus []tracegen.Payload, round byte) {
	t.Helper()
	var decode ptrace.ProtoUnmarshaler
	var encode ptrace.ProtoMarshaler
	for i := range corpus {
		td, err := decode.UnmarshalTraces(corpus[i].Body)
		require.NoError(t, err)
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					id := span.TraceID()
					id[0], id[8], id[15] = id[0]^round^1, id[8]+round*7+1, id[15]+round*31+1
					span.SetTraceID(id)
				}
			}
		}
		corpus[i].Body, err = encode.MarshalTraces(td)
		require.NoError(t, err)
	}
}

// start runs the subject until the test is over.
func start(t *testing.T, s subject) *rig.Collector {
	t.Helper()
	c := launch(t, s)
	t.Cleanup(func() {
		defer c.Kill()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		assert.NoError(t, c.Stop(ctx))
	})
	return c
}

// launch runs the subject until it is killed.
func launch(t *testing.T, s subject) *rig.Collector {
	t.Helper()
	o := rig.Options{Binary: binary(t, cmp.Or(s.program, "cmd/koine")), Env: s.env}
	if s.config != "" {
		o.Args = []string{"--config", filepath.Join("testdata", s.config)}
	}
	c, err := rig.Start(t.Context(), o)
	require.NoError(t, err)
	return c
}

// send posts the corpus once over some connections and returns the number of spans.
// A request that is refused is sent again until it is taken.
func send(t *testing.T, c *rig.Collector, corpus []tracegen.Payload) (spans int64) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	var next, sent atomic.Int64
	var wg sync.WaitGroup
	errs := make(chan error, connections)
	for range connections {
		wg.Go(func() {
			for {
				i := int(next.Add(1) - 1)
				if i >= len(corpus) {
					return
				}
				p := &corpus[i]
				if err := post(client, c, p); err != nil {
					errs <- err
					return
				}
				sent.Add(int64(p.Spans))
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		t.Fatalf("%v\n%s", err, c.LastErrors())
	default:
	}
	return sent.Load()
}

func post(client *http.Client, c *rig.Collector, p *tracegen.Payload) error {
	port := c.Ports.OTLPHTTP
	if p.Protocol == tracegen.ZipkinJSON || p.Protocol == tracegen.ZipkinProto {
		port = c.Ports.Zipkin
	}
	for {
		resp, err := client.Post(fmt.Sprintf("http://localhost:%d%s", port, p.Path), p.ContentType, bytes.NewReader(p.Body))
		if err != nil {
			return err
		}
		answer, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		switch {
		case err != nil:
			return err
		case resp.StatusCode < 300:
			return nil
		case resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusTooManyRequests:
			time.Sleep(20 * time.Millisecond)
		default:
			return fmt.Errorf("%s: %s: %s", p.Path, resp.Status, answer)
		}
	}
}

// corpus is the load in one protocol.
func corpus(t *testing.T, protocol tracegen.Protocol) []tracegen.Payload {
	t.Helper()
	cfg := tracegen.DefaultConfig()
	cfg.Protocol, cfg.Convention = protocol, tracegen.V120
	payloads, err := tracegen.Corpus(cfg, traces, tracesPerRequest)
	require.NoError(t, err)
	return payloads
}

// binaries are the programs under test, each built once.
var binaries struct {
	dir   string
	paths map[string]string
}

func binary(t *testing.T, program string) string {
	t.Helper()
	if path, ok := binaries.paths[program]; ok {
		return path
	}
	path, err := rig.BuildProgram(binaries.dir, program)
	require.NoError(t, err)
	binaries.paths[program] = path
	return path
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "koine-bench")
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	binaries.dir, binaries.paths = dir, map[string]string{}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}
