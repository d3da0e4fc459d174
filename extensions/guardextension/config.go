package guardextension

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/koine-otel/koine/spans/wire"
)

// Config says what the guard lets through.
type Config struct {
	// MaxValueDepth is the number of array and map values that may stand inside each
	// other in an attribute or log body, 1 to 100. Default 32.
	MaxValueDepth int `mapstructure:"max_value_depth"`

	// MaxAttributes is the number of attributes on one span, event, link, metric, point,
	// exemplar, log record, resource, scope or map value. 0 is no limit. Default 2048.
	MaxAttributes int `mapstructure:"max_attributes"`

	// MaxElements is the number of elements in one request: all of the above, their
	// attributes, and the members of arrays. 0 is no limit. Default 1000000.
	MaxElements int `mapstructure:"max_elements"`

	// MaxInFlightMiB bounds what all requests take that are being received or handled over
	// HTTP and gRPC: the buffers that hold them, and about what is decoded from them. A
	// request for which there is no room is turned away for the client to retry, and one
	// that would not fit alone for good. 0 is no limit. Default 0.
	MaxInFlightMiB int `mapstructure:"max_in_flight_mib"`

	// ReceiveTimeout is how long a request may take to arrive, from its headers to its last
	// byte, over HTTP and gRPC. 0 is no limit. Default 10s.
	ReceiveTimeout time.Duration `mapstructure:"receive_timeout"`

	// Paths names the HTTP paths at which each signal's protobuf arrives.
	Paths Paths `mapstructure:"paths"`

	// Encoding is what a receiver's messages are in that takes this extension for its
	// encoding, as the Kafka receiver can: otlp_proto or otlp_json. Default otlp_proto.
	Encoding string `mapstructure:"encoding"`
}

// Paths holds, by signal, the ends of URL paths: a path may have anything before them.
type Paths struct {
	// Traces defaults to /v1/traces.
	Traces []string `mapstructure:"traces"`
	// Metrics defaults to /v1/metrics.
	Metrics []string `mapstructure:"metrics"`
	// Logs defaults to /v1/logs.
	Logs []string `mapstructure:"logs"`
	// Profiles defaults to /v1development/profiles.
	Profiles []string `mapstructure:"profiles"`
	// Zipkin defaults to /api/v1/spans and /api/v2/spans, in any of Zipkin's encodings.
	Zipkin []string `mapstructure:"zipkin"`
}

const (
	otlpProto = "otlp_proto"
	otlpJSON  = "otlp_json"
)

var _ component.Config = (*Config)(nil)

// Validate gives every mistake in the configuration.
func (c *Config) Validate() error {
	var errs []error
	if c.MaxValueDepth < 1 || c.MaxValueDepth > wire.MaxValueDepth {
		errs = append(errs, fmt.Errorf("max_value_depth: %d is not between 1 and %d", c.MaxValueDepth, wire.MaxValueDepth))
	}
	for _, limit := range []struct {
		key   string
		value int
	}{
		{"max_attributes", c.MaxAttributes},
		{"max_elements", c.MaxElements},
		{"max_in_flight_mib", c.MaxInFlightMiB},
	} {
		if limit.value < 0 {
			errs = append(errs, fmt.Errorf("%s: %d is negative; 0 is no limit", limit.key, limit.value))
		}
	}
	if c.ReceiveTimeout < 0 {
		errs = append(errs, fmt.Errorf("receive_timeout: %s is negative; 0 is no limit", c.ReceiveTimeout))
	}
	for _, signal := range c.Paths.bySignal() {
		for _, end := range signal.ends {
			if !strings.HasPrefix(end, "/") || end == "/" {
				errs = append(errs, fmt.Errorf("paths::%s: %q is not the end of a path, such as /v1/traces", signal.key, end))
			}
		}
	}
	if c.Encoding != otlpProto && c.Encoding != otlpJSON {
		errs = append(errs, fmt.Errorf("encoding: %q is neither %s nor %s", c.Encoding, otlpProto, otlpJSON))
	}
	return errors.Join(errs...)
}

func (c *Config) limits() wire.Limits {
	return wire.Limits{ValueDepth: c.MaxValueDepth, Attributes: c.MaxAttributes, Elements: c.MaxElements}
}

// signalPaths is one signal's part of Paths.
type signalPaths struct {
	key    string
	signal wire.Signal
	ends   []string
}

func (p *Paths) bySignal() [5]signalPaths {
	return [...]signalPaths{
		{"traces", wire.Traces, p.Traces},
		{"metrics", wire.Metrics, p.Metrics},
		{"logs", wire.Logs, p.Logs},
		{"profiles", wire.Profiles, p.Profiles},
		{"zipkin", wire.Zipkin, p.Zipkin},
	}
}

// signalAt gives the signal that arrives at a path.
func (p *Paths) signalAt(path string) (wire.Signal, bool) {
	for _, signal := range p.bySignal() {
		for _, end := range signal.ends {
			if strings.HasSuffix(path, end) {
				return signal.signal, true
			}
		}
	}
	return 0, false
}
