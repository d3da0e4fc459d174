package koine

import (
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	logspb "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	metricspb "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	tracepb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
)

// counts is a collector's OTLP/gRPC receiver that counts its requests.
type counts struct{ traces, metrics, logs int }

type (
	traceService struct {
		tracepb.UnimplementedTraceServiceServer
		*counts
	}
	metricService struct {
		metricspb.UnimplementedMetricsServiceServer
		*counts
	}
	logService struct {
		logspb.UnimplementedLogsServiceServer
		*counts
	}
)

func (s traceService) Export(context.Context, *tracepb.ExportTraceServiceRequest) (*tracepb.ExportTraceServiceResponse, error) {
	s.traces++
	return &tracepb.ExportTraceServiceResponse{}, nil
}

func (s metricService) Export(context.Context, *metricspb.ExportMetricsServiceRequest) (*metricspb.ExportMetricsServiceResponse, error) {
	s.metrics++
	return &metricspb.ExportMetricsServiceResponse{}, nil
}

func (s logService) Export(context.Context, *logspb.ExportLogsServiceRequest) (*logspb.ExportLogsServiceResponse, error) {
	s.logs++
	return &logspb.ExportLogsServiceResponse{}, nil
}

// OTEL_EXPORTER_OTLP_PROTOCOL=grpc goes for all three signals.
func TestGRPC(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var n counts
	server := grpc.NewServer()
	tracepb.RegisterTraceServiceServer(server, traceService{counts: &n})
	metricspb.RegisterMetricsServiceServer(server, metricService{counts: &n})
	logspb.RegisterLogsServiceServer(server, logService{counts: &n})
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }() // ends with Stop

	t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
	shutdown, _, err := started(t, "http://"+l.Addr().String())
	require.NoError(t, err)
	emit(t)
	require.NoError(t, shutdown(context.Background()))
	server.Stop()
	require.NoError(t, <-served)
	require.Equal(t, counts{1, 1, 1}, n)
}
