// Package system finds out about the host, as far as the operating system knows.
package system // import "github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/system"

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.40.0"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/system/internal/metadata"
)

// Name is the detector's name in the configuration.
const Name = "system"

// Detector asks the operating system, and for the host's name the resolver.
type Detector struct {
	attributes metadata.ResourceAttributesConfig
	hostname   hostname
}

// New returns a Detector of a valid configuration.
func New(cfg Config) *Detector {
	sources := cfg.HostnameSources
	if len(sources) == 0 {
		sources = defaultSources
	}
	return &Detector{
		attributes: cfg.ResourceAttributes,
		hostname:   hostname{sources: sources, os: os.Hostname, resolver: net.DefaultResolver},
	}
}

// Detect returns the attributes that are on and could be found; the error joins why the
// others could not.
func (d *Detector) Detect(ctx context.Context) (pcommon.Resource, string, error) {
	rb := metadata.NewResourceBuilder(d.attributes)
	rb.SetHostArch(hostArch(runtime.GOARCH))
	err := errors.Join(
		d.setFromSDK(ctx, rb),
		d.setNetwork(rb),
		d.setPlatform(ctx, rb),
		d.setCPU(ctx, rb),
		d.setHostName(ctx, rb), // last: it alone takes time
	)
	res := rb.Emit()
	if res.Attributes().Len() == 0 {
		return res, "", err
	}
	return res, semconv.SchemaURL, err
}

func (d *Detector) setHostName(ctx context.Context, rb *metadata.ResourceBuilder) error {
	if !d.attributes.HostName.Enabled {
		return nil
	}
	name, err := d.hostname.find(ctx)
	if err != nil {
		return fmt.Errorf("host.name: %w", err)
	}
	rb.SetHostName(name)
	return nil
}

// setFromSDK sets what the SDK's detectors find.
func (d *Detector) setFromSDK(ctx context.Context, rb *metadata.ResourceBuilder) error {
	set := map[string]func(string){}
	var options []resource.Option
	if d.attributes.HostID.Enabled {
		set[string(semconv.HostIDKey)] = rb.SetHostID
		options = append(options, resource.WithHostID())
	}
	if d.attributes.OsType.Enabled {
		set[string(semconv.OSTypeKey)] = rb.SetOsType
		options = append(options, resource.WithOSType())
	}
	if d.attributes.OsDescription.Enabled {
		set[string(semconv.OSDescriptionKey)] = rb.SetOsDescription
		options = append(options, resource.WithOSDescription())
	}
	if len(options) == 0 {
		return nil
	}
	// With an error, the resource has what could be found in spite of it.
	res, err := resource.New(ctx, options...)
	for _, kv := range res.Attributes() {
		if f, ok := set[string(kv.Key)]; ok && kv.Value.AsString() != "" {
			f(kv.Value.AsString())
		}
	}
	if err != nil {
		return fmt.Errorf("host.id, os.type, os.description: %w", err)
	}
	return nil
}

// hostArch turns Go's word for an architecture into the conventions' (host.arch); one
// that they have no word for stays as it is.
func hostArch(goarch string) string {
	switch goarch {
	case "386":
		return "x86"
	case "arm":
		return "arm32"
	case "ppc64le":
		return "ppc64"
	}
	return goarch
}
