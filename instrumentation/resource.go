package koine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	sdkresource "go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// resource says what the service is: what can be found out without the network, then what the
// code says, then the environment, the later counting more. A detector that fails gives what it
// has, and its error.
//
// It gets the SDK's own schema URL once, at the end. Merging resources of two schema URLs is an
// error, so that a service whose detectors were built against another version of the
// conventions would fail when it starts; the attributes are right either way.
func (o *options) resource(ctx context.Context) (*sdkresource.Resource, error) {
	attributes, err := o.resourceAttributes(ctx)
	o.warnUnnamed(attributes)
	return sdkresource.NewWithAttributes(sdkresource.Default().SchemaURL(), attributes...), err
}

func (o *options) resourceAttributes(ctx context.Context) ([]attribute.KeyValue, error) {
	found, err := sdkresource.New(ctx, localDetectors...)
	attributes := attributesOf(found)
	for _, d := range o.detectors {
		r, dErr := detect(ctx, d)
		attributes = append(attributes, attributesOf(r)...)
		if dErr != nil {
			err = errors.Join(err, fmt.Errorf("koine: resource detector %T: %w", d, dErr))
		}
	}
	attributes = append(attributes, semconv.TelemetryDistroName("koine"), semconv.TelemetryDistroVersion(version))
	attributes = append(attributes, o.attributes...)
	given, envErr := sdkresource.New(ctx, sdkresource.WithFromEnv())
	if envErr != nil {
		err = errors.Join(err, fmt.Errorf("koine: %s: %w", envResource, envErr))
	}
	attributes = append(attributes, attributesOf(given)...)
	return attributes, err
}

// detect runs somebody else's detector: telemetry must not keep a service from starting.
func detect(ctx context.Context, d sdkresource.Detector) (r *sdkresource.Resource, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	return d.Detect(ctx)
}

// localDetectors ask the process, the kernel and files. The command line is not among them: it
// may hold secrets.
var localDetectors = []sdkresource.Option{
	sdkresource.WithTelemetrySDK(),
	sdkresource.WithService(), // service.name by the executable, service.instance.id
	sdkresource.WithHost(), sdkresource.WithHostID(), sdkresource.WithOSType(), sdkresource.WithContainer(),
	sdkresource.WithProcessPID(), sdkresource.WithProcessExecutableName(),
	sdkresource.WithProcessRuntimeName(), sdkresource.WithProcessRuntimeVersion(),
}

func attributesOf(r *sdkresource.Resource) []attribute.KeyValue {
	if r == nil {
		return nil
	}
	return r.Attributes()
}

// warnUnnamed says how to name a service that nobody named.
func (o *options) warnUnnamed(attributes []attribute.KeyValue) {
	name := ""
	for _, a := range attributes {
		if a.Key == semconv.ServiceNameKey {
			name = a.Value.AsString()
		}
	}
	if name == "" || strings.HasPrefix(name, "unknown_service") {
		slog.New(o.local).Warn("koine: the service has no name: set "+envServiceName+", or "+envResource+"=service.name=…, or koine.Service", "service.name", name)
	}
}
