package resourcedetectionprocessor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/container"
	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/env"
	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/system"
)

// Config is the processor's configuration. It reads that of contrib's processor.
type Config struct {
	// Detectors are run at the same time; where two of them find the same attribute, the
	// one that stands first in the list wins. Default [env].
	Detectors []string `mapstructure:"detectors"`

	// Override says who wins where telemetry already has an attribute that was
	// detected: what was detected (true, the default) or what it had (false).
	Override bool `mapstructure:"override"`

	// Timeout bounds one detection, and so the time that it holds up the start.
	// Default 5s.
	Timeout time.Duration `mapstructure:"timeout"`

	// RefreshInterval is the time from one detection to the next. 0, the default, detects
	// once, at the start.
	RefreshInterval time.Duration `mapstructure:"refresh_interval"`

	// System configures the detector `system`.
	System system.Config `mapstructure:"system"`

	// Container configures the detector `container`.
	Container container.Config `mapstructure:"container"`

	// ignored are the keys that were set, are valid in contrib's processor, and have no
	// effect on the detectors here.
	ignored []string
}

func createDefaultConfig() component.Config {
	return &Config{
		Detectors: []string{env.Name},
		Override:  true,
		Timeout:   5 * time.Second,
		System:    system.CreateDefaultConfig(),
		Container: container.CreateDefaultConfig(),
	}
}

// available are the detectors of this processor, in the order in which messages name
// them.
var available = []string{env.Name, system.Name, container.Name}

// contribDetectors are the detectors that contrib's processor v0.158 has and this one has
// not. Most of them link the SDK of the cloud that they ask.
var contribDetectors = []string{
	"akamai", "aks", "alibaba_ecs", "azure", "consul", "digitalocean", "docker",
	"dynatrace", "ec2", "ecs", "eks", "elastic_beanstalk", "gcp", "heroku", "hetzner",
	"ibmcloud_classic", "ibmcloud_vpc", "k8s_api", "k8snode", "kubeadm", "lambda", "nova",
	"openshift", "oraclecloud", "scaleway", "tencent_cvm", "upcloud", "vultr",
}

// contribKeys are the other keys of contrib's processor v0.158 that are not fields of
// Config: they configure requests to metadata services, which no detector here makes.
var contribKeys = []string{
	"fail_on_missing_metadata", "elasticbeanstalk",
	"endpoint", "proxy_url", "tls", "read_buffer_size", "write_buffer_size", "headers",
	"auth", "compression", "compression_params", "max_idle_conns",
	"max_idle_conns_per_host", "max_conns_per_host", "idle_conn_timeout",
	"disable_keep_alives", "http2_read_idle_timeout", "http2_ping_timeout", "cookies",
	"force_attempt_http2", "middlewares",
}

// Unmarshal accepts the keys of contrib's processor that would have no effect on the
// detectors here, and notes them, so that the factory can say so. Listing a detector that
// is not here is refused by Validate, whose message is more useful than that its section
// is an unknown key.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	c.ignored = nil
	for _, key := range slices.Concat(contribDetectors, contribKeys) {
		if conf.Delete(key) {
			c.ignored = append(c.ignored, key)
		}
	}
	return conf.Unmarshal(c)
}

// Validate joins all that is wrong. The sections `system` and `container` are validated
// by their own.
func (c *Config) Validate() error {
	var errs []error
	names := c.detectors()
	if len(names) == 0 {
		errs = append(errs, fmt.Errorf("detectors: none given; available are %s", strings.Join(available, ", ")))
	}
	for _, name := range names {
		switch {
		case slices.Contains(available, name):
		case slices.Contains(contribDetectors, name):
			errs = append(errs, fmt.Errorf("detectors: %q is not in this distribution; available are %s; "+
				"the full builder manifest (examples/builder-full.yaml) has contrib's processor with all detectors",
				name, strings.Join(available, ", ")))
		default:
			errs = append(errs, fmt.Errorf("detectors: %q is unknown; available are %s", name, strings.Join(available, ", ")))
		}
	}
	if c.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("timeout: must be positive, is %v", c.Timeout))
	}
	if c.RefreshInterval < 0 {
		errs = append(errs, fmt.Errorf("refresh_interval: must not be negative, is %v (0 turns it off)", c.RefreshInterval))
	}
	return errors.Join(errs...)
}

// detectors are the configured names without the space around them.
func (c *Config) detectors() []string {
	names := make([]string, len(c.Detectors))
	for i, name := range c.Detectors {
		names[i] = strings.TrimSpace(name)
	}
	return names
}
