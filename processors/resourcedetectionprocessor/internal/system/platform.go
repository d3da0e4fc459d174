package system

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/shirou/gopsutil/v4/host"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/system/internal/metadata"
)

// setPlatform sets the operating system's name, version and build.
func (d *Detector) setPlatform(ctx context.Context, rb *metadata.ResourceBuilder) error {
	var errs []error
	if d.attributes.OsName.Enabled || d.attributes.OsVersion.Enabled {
		name, _, version, err := host.PlatformInformationWithContext(ctx)
		if err != nil {
			errs = append(errs, fmt.Errorf("os.name, os.version: %w", err))
		}
		if name != "" {
			rb.SetOsName(name)
		}
		if version != "" {
			rb.SetOsVersion(version)
		}
	}
	if d.attributes.OsBuildID.Enabled {
		id, err := buildID(ctx)
		if err != nil {
			errs = append(errs, fmt.Errorf("os.build.id: %w", err))
		} else {
			rb.SetOsBuildID(id)
		}
	}
	return errors.Join(errs...)
}

// buildID returns the build of the operating system where it names one (macOS, and Linux
// distributions with BUILD_ID), and elsewhere the version of its kernel.
func buildID(ctx context.Context) (string, error) {
	id := ""
	switch runtime.GOOS {
	case "darwin":
		if data, err := os.ReadFile("/System/Library/CoreServices/SystemVersion.plist"); err == nil {
			id = plistString(data, "ProductBuildVersion")
		}
	case "linux":
		if data, err := os.ReadFile("/etc/os-release"); err == nil {
			id = osReleaseValue(data, "BUILD_ID")
		}
	}
	if id != "" {
		return id, nil
	}
	return host.KernelVersionWithContext(ctx)
}

// osReleaseValue returns the value of a key of os-release(5), "" if it has none.
func osReleaseValue(data []byte, key string) string {
	for line := range strings.Lines(string(data)) {
		if name, value, found := strings.Cut(strings.TrimSpace(line), "="); found && name == key {
			return strings.Trim(value, `"'`)
		}
	}
	return ""
}

// plistString returns the string that belongs to a key of a flat property list, "" if it
// has none.
func plistString(data []byte, key string) string {
	var list struct {
		Dict struct {
			Keys    []string `xml:"key"`
			Strings []string `xml:"string"`
		} `xml:"dict"`
	}
	if xml.Unmarshal(data, &list) != nil || len(list.Dict.Keys) != len(list.Dict.Strings) {
		return ""
	}
	for i, name := range list.Dict.Keys {
		if name == key {
			return list.Dict.Strings[i]
		}
	}
	return ""
}
