//go:build unix

package memory

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func mapRegion(size int) ([]byte, error) {
	region, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("memory: map %d bytes: %w", size, err)
	}
	return region, nil
}
