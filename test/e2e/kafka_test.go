package e2e

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/koine-otel/koine/tracegen/rig"
)

// TestKafkaPoisonRecord: a record that would overflow the decoder's stack is passed
// over, what stands before and behind it in the partition comes out, and so it does
// after a restart.
func TestKafkaPoisonRecord(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "otlp_spans"),
		kfake.BrokerConfigs(map[string]string{"message.max.bytes": "20971520"}))
	require.NoError(t, err)
	defer cluster.Close()
	brokers := cluster.ListenAddrs()
	client, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ProducerBatchMaxBytes(20<<20))
	require.NoError(t, err)
	defer client.Close()
	good := goodRequest(t)
	for _, body := range [][]byte{good, nestedValue(900_000), []byte("garbage"), good} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		require.NoError(t, client.ProduceSync(ctx, &kgo.Record{Topic: "otlp_spans", Value: body}).FirstErr())
		cancel()
	}

	out, sink := newSink(t)
	options := rig.Options{
		Binary: binary,
		Args:   []string{"--config", filepath.Join("..", "..", "examples", "kafka", "koine.yaml")},
		Env:    []string{exportTo(sink), "BROKERS=" + strings.Join(brokers, ",")},
	}
	c, err := rig.Start(t.Context(), options)
	require.NoError(t, err)
	out.await(t, 2)
	require.True(t, c.Alive())
	m, err := c.Metrics(t.Context())
	require.NoError(t, err)
	assert.InDelta(t, 1, m.Sum("otelcol_extension_guard_refused_requests", "koine_reason", "depth", "koine_transport", "kafka"), 0)
	stop(t, c)

	c, err = rig.Start(t.Context(), options)
	require.NoError(t, err)
	require.NoError(t, client.ProduceSync(t.Context(), &kgo.Record{Topic: "otlp_spans", Value: good}).FirstErr())
	out.await(t, 3)
	stop(t, c)
	assert.Len(t, out.spans, 3, "nothing is read twice")
}
