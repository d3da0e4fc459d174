package zipkinreceiver

import (
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/zipkin"
)

// Config is the receiver's configuration.
type Config struct {
	// ServerConfig is the server's, of HTTP and gRPC alike: endpoint, tls, auth, cors, limits.
	// Default: confighttp's, but for endpoint: localhost:9411 and read_timeout: 20s.
	ServerConfig confighttp.ServerConfig `mapstructure:",squash"`

	// ParseStringTags turns tags into integers, doubles and booleans that look like it, as
	// contrib's receiver does. The semconv processor goes by the key instead. Default: false.
	ParseStringTags bool `mapstructure:"parse_string_tags"`

	// SharedSpans says what becomes of spans that share their id with their client's, as
	// Zipkin has it: split (the server's gets an id of its own), defer (it is marked, for
	// the tail sampler to split) or keep. Default: split.
	SharedSpans string `mapstructure:"shared_spans"`

	// OnInvalid says what an invalid span costs: itself (drop_span) or its whole request
	// (reject_batch), as Zipkin's server has it. Default: drop_span.
	OnInvalid string `mapstructure:"on_invalid"`

	_ struct{}
}

const (
	splitShared = "split"
	deferShared = "defer"
	keepShared  = "keep"

	dropSpan    = "drop_span"
	rejectBatch = "reject_batch"
)

var sharedSpans = map[string]zipkin.SharedSpans{
	splitShared: zipkin.SplitShared,
	deferShared: zipkin.DeferShared,
	keepShared:  zipkin.KeepShared,
}

var _ component.Config = (*Config)(nil)

// Validate gives every mistake in the configuration, but for those in the server's part,
// which has a Validate of its own.
func (c *Config) Validate() error {
	var errs []error
	if strings.TrimSpace(c.ServerConfig.NetAddr.Endpoint) == "" {
		errs = append(errs, errors.New("endpoint: is empty; the default is "+defaultEndpoint))
	}
	if _, ok := sharedSpans[c.SharedSpans]; !ok {
		errs = append(errs, fmt.Errorf("shared_spans: %q is not %s, %s or %s", c.SharedSpans, splitShared, deferShared, keepShared))
	}
	if c.OnInvalid != dropSpan && c.OnInvalid != rejectBatch {
		errs = append(errs, fmt.Errorf("on_invalid: %q is not %s or %s", c.OnInvalid, dropSpan, rejectBatch))
	}
	return errors.Join(errs...)
}

// options are what the configuration says of reading spans.
func (c *Config) options() zipkin.Options {
	o := zipkin.Options{
		IsResource:      registry.OfSender,
		RejectInvalid:   c.OnInvalid == rejectBatch,
		ParseStringTags: c.ParseStringTags,
		SharedSpans:     sharedSpans[c.SharedSpans],
	}
	if o.SharedSpans == zipkin.SplitShared {
		o.Memory = zipkin.NewMemory()
	}
	return o
}
