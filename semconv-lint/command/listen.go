package command

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/koine-otel/koine/semconv-lint/telemetry"
)

// listenCommand is `semconv-lint listen`: what services send.
func listenCommand(e *Environment, p *Parts) *cobra.Command {
	var f flags
	var o telemetry.ListenOptions
	c := &cobra.Command{
		Use:     "listen",
		Short:   "Check what services send over OTLP or Zipkin, until Ctrl-C, a limit, or a POST to /stop of the control port",
		Example: "  semconv-lint listen --inactivity 10s\n  semconv-lint listen --duration 1m --format sarif=lint.sarif",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := allowed(&o); err != nil {
				return err
			}
			l, err := begin(&f, e, p)
			if err != nil {
				return err
			}
			var r refusals
			o.Refused, o.Registry = r.add, l.registry
			o.Done = func(counts telemetry.Counts) { l.damaged = counts.Damaged }
			o.Ready = func(ports telemetry.Ports) { fmt.Fprintln(e.Err, "listening:", portsText(ports)) }
			err = telemetry.Listen(c.Context(), l.sink, o)
			return l.end(r.with(err))
		},
	}
	f.register(c)
	s := c.Flags()
	s.StringVar(&o.Host, "host", "127.0.0.1", "`address` to listen at")
	s.IntVar(&o.GRPC, "grpc-port", 4317, "`port` of OTLP over gRPC; 0 is a free one, -1 none")
	s.IntVar(&o.HTTP, "http-port", 4318, "`port` of OTLP over HTTP")
	s.IntVar(&o.Zipkin, "zipkin-port", 9411, "`port` of Zipkin")
	s.IntVar(&o.Control, "control-port", 4320, "`port` of GET /health and POST /stop")
	s.DurationVar(&o.Duration, "duration", 0, "how long to listen; 0 is no limit")
	s.DurationVar(&o.Inactivity, "inactivity", 0, "how long to wait for more telemetry; 0 is no limit")
	return c
}

// allowed checks what flags' types alone do not say.
func allowed(o *telemetry.ListenOptions) error {
	errs := []error{notNegative("duration", o.Duration), notNegative("inactivity", o.Inactivity)}
	for _, x := range []struct {
		flag string
		port int
	}{{"grpc-port", o.GRPC}, {"http-port", o.HTTP}, {"zipkin-port", o.Zipkin}, {"control-port", o.Control}} {
		if x.port < telemetry.Closed || x.port > math.MaxUint16 {
			errs = append(errs, fmt.Errorf("--%s: %d is no port: 1 to %d, 0 for a free one, %d for none", x.flag, x.port, math.MaxUint16, telemetry.Closed))
		}
	}
	return errors.Join(errs...)
}

// notNegative checks how long something may take.
func notNegative(flag string, d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("--%s: %v is less than nothing", flag, d)
	}
	return nil
}

func portsText(p telemetry.Ports) string {
	text := ""
	for _, x := range []struct {
		what string
		port int
	}{{"OTLP/gRPC", p.GRPC}, {"OTLP/HTTP", p.HTTP}, {"Zipkin", p.Zipkin}, {"control", p.Control}} {
		if x.port > 0 {
			text += fmt.Sprintf(", %s :%d", x.what, x.port)
		}
	}
	return text[min(2, len(text)):]
}
