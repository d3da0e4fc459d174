// Package zipkinreceiver takes spans in every format of Zipkin's, over HTTP and gRPC.
package zipkinreceiver

//go:generate go tool -modfile=../../tools/go.mod mdatagen metadata.yaml

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"

	"github.com/koine-otel/koine/receivers/zipkinreceiver/internal/metadata"
)

const defaultEndpoint = "localhost:9411"

// NewFactory is the factory of the Zipkin receiver.
func NewFactory() receiver.Factory {
	return receiver.NewFactory(
		metadata.Type,
		createDefaultConfig,
		receiver.WithTraces(createTraces, metadata.TracesStability),
	)
}

func createDefaultConfig() component.Config {
	server := confighttp.NewDefaultServerConfig()
	server.NetAddr.Endpoint = defaultEndpoint
	// A request of 20 MiB at 8 Mbit/s; a client that never finishes would hold up a shutdown.
	// Less than write_timeout, which begins at the same time, so that the answer has time.
	server.ReadTimeout = 20 * time.Second
	return &Config{
		ServerConfig: server,
		SharedSpans:  splitShared,
		OnInvalid:    dropSpan,
	}
}

func createTraces(_ context.Context, set receiver.Settings, cfg component.Config, next consumer.Traces) (receiver.Traces, error) {
	return newReceiver(cfg.(*Config), set, next)
}
