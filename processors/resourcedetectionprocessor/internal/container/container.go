// Package container finds out which container the collector runs in.
package container // import "github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/container"

import (
	"context"
	"fmt"
	"regexp"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/otel/sdk/resource"
	semconv "go.opentelemetry.io/otel/semconv/v1.40.0"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/container/internal/metadata"
)

// Name is the detector's name in the configuration.
const Name = "container"

// Detector reads the kernel's view of this process.
type Detector struct {
	attributes metadata.ResourceAttributesConfig
	fromCgroup func(context.Context) (string, error)
	fromMounts func() (string, error)
}

// New returns a Detector.
func New(cfg Config) *Detector {
	return &Detector{
		attributes: cfg.ResourceAttributes,
		fromCgroup: fromCgroup,
		fromMounts: func() (string, error) { return fromMountInfoFile("/proc/self/mountinfo") },
	}
}

// Detect returns container.id, and nothing outside a container.
func (d *Detector) Detect(ctx context.Context) (pcommon.Resource, string, error) {
	rb := metadata.NewResourceBuilder(d.attributes)
	if !d.attributes.ContainerID.Enabled {
		return rb.Emit(), "", nil
	}
	id, err := d.find(ctx)
	if err != nil {
		return rb.Emit(), "", fmt.Errorf("container.id: %w", err)
	}
	if id == "" {
		return rb.Emit(), "", nil
	}
	rb.SetContainerID(id)
	return rb.Emit(), semconv.SchemaURL, nil
}

func (d *Detector) find(ctx context.Context) (string, error) {
	id, err := d.fromCgroup(ctx)
	if err == nil && wellFormed.MatchString(id) {
		return id, nil
	}
	id, err2 := d.fromMounts()
	if id != "" {
		return id, nil
	}
	if err == nil {
		err = err2
	}
	return "", err
}

// wellFormed is an id as Docker, containerd, CRI-O and Podman make them. The SDK's reader
// takes the end of any cgroup's name that looks hexadecimal for one: of
// /user.slice/session-2.scope it makes the id 2.
var wellFormed = regexp.MustCompile(`^[0-9a-f]{64}$`)

// fromCgroup returns what the SDK finds in the name of the process's cgroup: with version
// 1, and where the container shares the host's cgroup namespace.
func fromCgroup(ctx context.Context) (string, error) {
	res, err := resource.New(ctx, resource.WithContainerID())
	if err != nil {
		return "", err
	}
	id, _ := res.Set().Value(semconv.ContainerIDKey)
	return id.AsString(), nil
}
