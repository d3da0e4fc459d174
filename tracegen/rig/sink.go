package rig

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
)

// Sink receives OTLP/gRPC on a free port of localhost and counts it.
type Sink struct {
	// Address is host:port.
	Address string

	spans, points, records atomic.Int64
	onTraces               func(ptrace.Traces)
	server                 *grpc.Server
}

// NewSink starts a sink. onTraces, where given, is called with each request's traces,
// from several goroutines; it owns them.
func NewSink(onTraces func(ptrace.Traces)) (*Sink, error) {
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return nil, fmt.Errorf("rig: sink: %w", err)
	}
	s := &Sink{
		Address:  fmt.Sprintf("localhost:%d", listener.Addr().(*net.TCPAddr).Port),
		onTraces: onTraces,
		server:   grpc.NewServer(grpc.MaxRecvMsgSize(64 << 20)),
	}
	ptraceotlp.RegisterGRPCServer(s.server, &traceServer{s: s})
	pmetricotlp.RegisterGRPCServer(s.server, &metricServer{s: s})
	plogotlp.RegisterGRPCServer(s.server, &logServer{s: s})
	go func() { _ = s.server.Serve(listener) }() // ends with Close
	return s, nil
}

// Spans, Points and Records are the numbers received so far.
func (s *Sink) Spans() int64   { return s.spans.Load() }
func (s *Sink) Points() int64  { return s.points.Load() }
func (s *Sink) Records() int64 { return s.records.Load() }

// Close stops the sink; requests under way are cut off.
func (s *Sink) Close() { s.server.Stop() }

type traceServer struct {
	ptraceotlp.UnimplementedGRPCServer
	s *Sink
}

func (t *traceServer) Export(_ context.Context, req ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	t.s.spans.Add(int64(req.Traces().SpanCount()))
	if t.s.onTraces != nil {
		t.s.onTraces(req.Traces())
	}
	return ptraceotlp.NewExportResponse(), nil
}

type metricServer struct {
	pmetricotlp.UnimplementedGRPCServer
	s *Sink
}

func (m *metricServer) Export(_ context.Context, req pmetricotlp.ExportRequest) (pmetricotlp.ExportResponse, error) {
	m.s.points.Add(int64(req.Metrics().DataPointCount()))
	return pmetricotlp.NewExportResponse(), nil
}

type logServer struct {
	plogotlp.UnimplementedGRPCServer
	s *Sink
}

func (l *logServer) Export(_ context.Context, req plogotlp.ExportRequest) (plogotlp.ExportResponse, error) {
	l.s.records.Add(int64(req.Logs().LogRecordCount()))
	return plogotlp.NewExportResponse(), nil
}
