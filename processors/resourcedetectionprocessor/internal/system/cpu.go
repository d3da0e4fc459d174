package system

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/shirou/gopsutil/v4/cpu"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/system/internal/metadata"
)

// setCPU describes the first processor. What the operating system does not say of it,
// such as the family of an ARM, is left out.
func (d *Detector) setCPU(ctx context.Context, rb *metadata.ResourceBuilder) error {
	a := d.attributes
	if !a.HostCPUCacheL2Size.Enabled && !a.HostCPUFamily.Enabled && !a.HostCPUModelID.Enabled &&
		!a.HostCPUModelName.Enabled && !a.HostCPUStepping.Enabled && !a.HostCPUVendorID.Enabled {
		return nil
	}
	processors, err := cpu.InfoWithContext(ctx)
	if err == nil && len(processors) == 0 {
		err = errors.New("the operating system describes no processor")
	}
	if err != nil {
		return fmt.Errorf("host.cpu.*: %w", err)
	}
	describe(rb, processors[0])
	return nil
}

func describe(rb *metadata.ResourceBuilder, c cpu.InfoStat) {
	for _, attribute := range []struct {
		set   func(string)
		value string
	}{
		{rb.SetHostCPUVendorID, c.VendorID},
		{rb.SetHostCPUFamily, c.Family},
		{rb.SetHostCPUModelID, c.Model},
		{rb.SetHostCPUModelName, c.ModelName},
		{rb.SetHostCPUStepping, strconv.Itoa(int(c.Stepping))},
	} {
		if attribute.value != "" {
			attribute.set(attribute.value)
		}
	}
	if c.CacheSize > 0 {
		rb.SetHostCPUCacheL2Size(int64(c.CacheSize))
	}
}
