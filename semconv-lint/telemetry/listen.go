package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/spans/wire"
)

// Closed is the number of a port that is not opened.
const Closed = -1

// Ports are the numbers of ports. 0 is one that is free, Closed none.
type Ports struct {
	GRPC    int // OTLP over gRPC, usually 4317
	HTTP    int // OTLP over HTTP, usually 4318
	Zipkin  int // usually 9411
	Control int // GET /health, POST /stop
}

// ListenOptions say where to listen and for how long.
type ListenOptions struct {
	Ports
	// Host is the address to listen at; "" is 127.0.0.1.
	Host string
	// Duration is how long to listen, Inactivity how long without any telemetry, from the start
	// or the last of it. 0 is no limit.
	Duration, Inactivity time.Duration
	// MaxBody bounds a request in bytes, as it comes and unpacked; 0 is 20 MiB.
	MaxBody int
	// Registry is that of Options.
	Registry *registry.Registry
	// Ready is called with the ports when all are open.
	Ready func(Ports)
	// Done is called with what came, at the end.
	Done func(Counts)
	// Refused, if any, is told why requests could not be read, from several goroutines. All are
	// counted in Counts.Damaged and answered with the reason.
	Refused func(error)

	// arrived is called whenever something came.
	arrived func()
}

// maxBody is the default of ListenOptions.MaxBody, and the Collector's.
const maxBody = 20 << 20

// Listen takes telemetry from the network until its context ends, one of the limits is reached or
// somebody posts to /stop; none of these is an error. Requests that are being read then are read
// to their end. Where a port cannot be opened the error is a *NotStarted.
func Listen(ctx context.Context, sink Sink, o ListenOptions) error {
	if o.MaxBody <= 0 {
		o.MaxBody = maxBody
	}
	if o.Host == "" {
		o.Host = "127.0.0.1"
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	activity := newActivity(o.Inactivity, stop)
	defer activity.end()
	d := newDecoder(sink, o.Registry)
	d.limits = wire.DefaultLimits
	d.arrived = func() {
		activity.note()
		if o.arrived != nil {
			o.arrived()
		}
	}
	s := &servers{decoder: d, options: &o, stop: stop}
	if err := s.open(ctx); err != nil {
		s.close()
		return &NotStarted{err}
	}
	if o.Duration > 0 {
		defer time.AfterFunc(o.Duration, stop).Stop()
	}
	if o.Ready != nil {
		o.Ready(s.ports)
	}
	<-ctx.Done()
	err := s.close()
	if o.Done != nil {
		o.Done(d.tally.counts())
	}
	return err
}

// listener opens a port, and says which one it is.
func listener(ctx context.Context, host string, port int, what string) (net.Listener, int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return nil, 0, fmt.Errorf("listen: port %d for %s at %s: %w; set another port for %[2]s, or 0 for a free one", port, what, host, err)
	}
	return l, l.Addr().(*net.TCPAddr).Port, nil
}
