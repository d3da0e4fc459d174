package zipkinreceiver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
)

// zipkinReceiver is a server of HTTP and gRPC on one port. A request goes one way:
//
//	ServeHTTP (http.go) ─┬─ posts (http.go) ─┬─ intake (intake.go): read, decode, pass on
//	                     └─ calls (grpc.go) ─┘
//
// and comes back as an error that each protocol answers in its words (refusal.go).
type zipkinReceiver struct {
	config   *Config
	settings receiver.Settings
	routes   routes
	intake   *intake

	mu      sync.Mutex // orders Start and Shutdown
	server  *http.Server
	serving sync.WaitGroup // the goroutine of http.Server.Serve, which Shutdown ends
}

var _ receiver.Traces = (*zipkinReceiver)(nil)

func newReceiver(c *Config, set receiver.Settings, next consumer.Traces) (*zipkinReceiver, error) {
	tally, err := newTally(set.TelemetrySettings)
	if err != nil {
		return nil, err
	}
	r := &zipkinReceiver{config: c, settings: set, intake: newIntake(c.options(), tally, next)}
	r.routes, err = newRoutes(set)
	return r, err
}

// Start implements component.Component.
func (r *zipkinReceiver) Start(ctx context.Context, host component.Host) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	server, err := r.newServer(ctx, host)
	if err != nil {
		return fmt.Errorf("zipkin: making the server: %w", err)
	}
	listener, err := r.config.ServerConfig.ToListener(ctx)
	if err != nil {
		return fmt.Errorf("zipkin: listening at %s: %w", r.config.ServerConfig.NetAddr.Endpoint, err)
	}
	r.server = server
	idle := new(newcomers)
	server.ConnState = idle.changed
	r.serving.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(fmt.Errorf("zipkin: serving: %w", err)))
		}
		idle.close()
	})
	return nil
}

// newServer is HTTP/1.1 and HTTP/2, with TLS or without: over what is not encrypted, HTTP/2
// begins with its preface (prior knowledge), as every gRPC client has it.
func (r *zipkinReceiver) newServer(ctx context.Context, host component.Host) (*http.Server, error) {
	config := r.config.ServerConfig // ToServer writes its defaults into it
	options := append(decoders(&config), r.refuseUnread(&config))
	server, err := config.ToServer(ctx, host.GetExtensions(), r.settings.TelemetrySettings, r, options...)
	if err != nil {
		return nil, err
	}
	r.intake.limit = config.MaxRequestBodySize
	server.Protocols = new(http.Protocols)
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	return server, nil
}

// end closes the books on a request.
func (r *zipkinReceiver) end(ctx context.Context, way *route, spans int, err error) {
	way.EndTracesOp(ctx, way.version, spans, err)
	if err != nil {
		r.intake.tally.refused(ctx, err)
	}
}

// Shutdown implements component.Component: no new requests, then those in flight are
// answered, then it is over; or earlier, with the context.
func (r *zipkinReceiver) Shutdown(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.server == nil {
		return nil
	}
	err := r.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("zipkin: requests were cut off: %w", err), r.server.Close())
	}
	r.serving.Wait()
	r.server = nil
	return err
}
