package system

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/system/internal/metadata"
)

// setNetwork sets the addresses of the interfaces that are up, loopback left out, and the
// names of all interfaces.
func (d *Detector) setNetwork(rb *metadata.ResourceBuilder) error {
	if !d.attributes.HostIP.Enabled && !d.attributes.HostMac.Enabled && !d.attributes.HostInterface.Enabled {
		return nil
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		return fmt.Errorf("host.ip, host.mac, host.interface: %w", err)
	}

	var names, macs, ips []any
	var errs []error
	for _, i := range interfaces {
		names = append(names, i.Name)
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		if len(i.HardwareAddr) > 0 {
			macs = append(macs, ieeeRA(i.HardwareAddr))
		}
		addresses, err := i.Addrs()
		if err != nil {
			errs = append(errs, fmt.Errorf("host.ip: interface %s: %w", i.Name, err))
		}
		for _, address := range addresses {
			if ip, ok := address.(*net.IPNet); ok && !ip.IP.IsLoopback() {
				ips = append(ips, ip.IP.String())
			}
		}
	}
	if len(names) > 0 {
		rb.SetHostInterface(names)
	}
	if len(macs) > 0 {
		rb.SetHostMac(macs)
	}
	if len(ips) > 0 {
		rb.SetHostIP(ips)
	}
	return errors.Join(errs...)
}

// ieeeRA writes an address as host.mac has to be: octets in upper case, with hyphens.
func ieeeRA(mac net.HardwareAddr) string {
	return strings.ToUpper(strings.ReplaceAll(mac.String(), ":", "-"))
}
