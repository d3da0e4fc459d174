package koine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"sync"

	"go.opentelemetry.io/contrib/otelconf"
	"go.opentelemetry.io/otel/attribute"
	lognoop "go.opentelemetry.io/otel/log/noop"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	sdkresource "go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
	"go.yaml.in/yaml/v3"
)

// fromFile makes the providers of a declarative configuration. As the specification has it the
// other OTEL_* variables do not count then, but where the file names them (${OTEL_SERVICE_NAME}).
// Without a file that can be used context is still propagated.
func (o *options) fromFile(ctx context.Context, file string) (*sdk, error) {
	s := &sdk{traces: tracenoop.NewTracerProvider(), metrics: metricnoop.NewMeterProvider(), logs: lognoop.NewLoggerProvider(),
		propagator: Propagator(), abort: func() {}}
	text, err := os.ReadFile(file)
	if err != nil {
		return s, err
	}
	cfg, err := parse(text)
	if err != nil || cfg.Disabled != nil && *cfg.Disabled {
		return s, err
	}
	if cfg.LogLevel != nil {
		routeSDKMessages(o, levelNamed(strings.TrimRight(string(*cfg.LogLevel), "1234")))
	}
	resErr := o.complete(ctx, cfg)
	made, err := newSDK(ctx, *cfg, o.ownProcessors())
	if err != nil {
		return s, errors.Join(resErr, err)
	}
	s.traces, s.metrics, s.logs = made.TracerProvider(), made.MeterProvider(), made.LoggerProvider()
	if cfg.Propagator != nil {
		s.propagator = made.Propagator()
	}
	o.sayMode(file, cfg)
	return s, errors.Join(resErr, o.observe(s))
}

// parse reads a configuration. It is written in blocks first, without its comments: otelconf looks
// for ${…} in the text, and takes all of {name: service.name, value: "${OTEL_SERVICE_NAME}"} up to
// the first brace for one that is none. A version that it does not know it would read as nothing.
func parse(text []byte) (*otelconf.OpenTelemetryConfiguration, error) {
	var said struct {
		LogLevel any `yaml:"log_level"`
	}
	var document yaml.Node
	if yaml.Unmarshal(text, &document) == nil && document.Kind != 0 { // else otelconf says what is wrong
		_ = document.Decode(&said)
		inBlocks(&document)
		if blocks, err := yaml.Marshal(&document); err == nil {
			text = blocks
		}
	}
	cfg, err := otelconf.ParseYAML(text)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(cfg.FileFormat, "1.") {
		return nil, fmt.Errorf("file_format is %q: this SDK reads 1.0 and later of 1", cfg.FileFormat)
	}
	if said.LogLevel == nil {
		cfg.LogLevel = nil // otelconf's own default, info, is chatter
	}
	return cfg, nil
}

func inBlocks(n *yaml.Node) {
	n.Style &^= yaml.FlowStyle
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for _, inner := range n.Content {
		inBlocks(inner)
	}
}

// sayMode tells that a file decides, and which signals it leaves out: both surprise people who
// set the variables.
func (o *options) sayMode(file string, cfg *otelconf.OpenTelemetryConfiguration) {
	var off []string
	if cfg.TracerProvider == nil {
		off = append(off, "traces")
	}
	if cfg.MeterProvider == nil {
		off = append(off, "metrics")
	}
	if cfg.LoggerProvider == nil {
		off = append(off, "logs")
	}
	slog.New(o.local).Info("koine: "+envConfigFile+" decides, other OTEL_* variables do not count", "file", file, "off", strings.Join(off, ", "))
}

// complete adds to the file's resource what is detected, what the code and the environment say,
// which count less, and its attributes_list, which otelconf reads and forgets.
func (o *options) complete(ctx context.Context, cfg *otelconf.OpenTelemetryConfiguration) error {
	found, err := o.resourceAttributes(ctx)
	r := cfg.Resource
	if r == nil {
		r = &otelconf.Resource{}
		cfg.Resource = r
	}
	given := r.Attributes
	r.Attributes = nil
	for _, a := range found {
		r.Attributes = append(r.Attributes, otelconf.AttributeNameValue{Name: string(a.Key), Value: a.Value.AsInterface()})
	}
	if r.AttributesList != nil {
		for _, a := range listed(*r.AttributesList) {
			r.Attributes = append(r.Attributes, otelconf.AttributeNameValue{Name: string(a.Key), Value: a.Value.AsString()})
		}
	}
	r.Attributes = append(r.Attributes, given...)
	o.warnUnnamed(namesIn(r.Attributes))
	schema := sdkresource.Default().SchemaURL()
	r.SchemaUrl = &schema
	return err
}

// namesIn are the texts among a file's attributes.
func namesIn(given []otelconf.AttributeNameValue) (attributes []attribute.KeyValue) {
	for _, a := range given {
		if text, ok := a.Value.(string); ok {
			attributes = append(attributes, attribute.String(a.Name, text))
		}
	}
	return attributes
}

// listed reads attributes written as OTEL_RESOURCE_ATTRIBUTES has them.
func listed(list string) (attributes []attribute.KeyValue) {
	for pair := range strings.SplitSeq(list, ",") {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		if decoded, err := url.PathUnescape(strings.TrimSpace(value)); err == nil {
			value = decoded
		}
		attributes = append(attributes, attribute.String(strings.TrimSpace(key), value))
	}
	return attributes
}

// hiding guards the variable that newSDK hides.
var hiding sync.Mutex

// newSDK makes the providers of a configuration. otelconf would read the file again, and prefer
// it to what was completed here, so that the variable is hidden from it meanwhile.
func newSDK(ctx context.Context, cfg otelconf.OpenTelemetryConfiguration, processors []sdktrace.TracerProviderOption) (_ otelconf.SDK, err error) {
	hiding.Lock()
	defer hiding.Unlock()
	file := os.Getenv(envConfigFile)
	if err := os.Unsetenv(envConfigFile); err != nil {
		return otelconf.SDK{}, err
	}
	defer func() {
		if e := os.Setenv(envConfigFile, file); e != nil {
			err = errors.Join(err, fmt.Errorf("restoring %s: %w", envConfigFile, e))
		}
	}()
	return otelconf.NewSDK(otelconf.WithContext(ctx), otelconf.WithOpenTelemetryConfiguration(cfg), otelconf.WithTracerProviderOptions(processors...))
}
