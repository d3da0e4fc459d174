package memory

import (
	"os"
	"sync"
	"unsafe"
)

// regions are those that were given back, by size. They keep their addresses: the kernel bounds
// the number of mappings, and one that is returned from amid others leaves two.
var regions struct {
	mu   sync.Mutex
	free map[int][][]byte
}

// MapRegion gives zeroed memory outside Go's heap. The collector neither scans it nor waits
// for it to double before it collects, so what waits there takes its own size and no more.
// It holds no pointers into the heap. UnmapRegion gives it back; nobody may use it any more.
func MapRegion(size int) ([]byte, error) {
	full := fullSize(size)
	regions.mu.Lock()
	if list := regions.free[full]; len(list) > 0 {
		region := list[len(list)-1]
		regions.free[full] = list[:len(list)-1]
		regions.mu.Unlock()
		return region[:size], nil
	}
	regions.mu.Unlock()
	region, err := mapRegion(full)
	if err != nil {
		return nil, err
	}
	return region[:size], nil
}

// UnmapRegion gives back what MapRegion gave, whole. Its memory is the system's again.
func UnmapRegion(region []byte) {
	region = unsafe.Slice(unsafe.SliceData(region), fullSize(len(region)))
	if !forget(region) {
		clear(region)
	}
	regions.mu.Lock()
	defer regions.mu.Unlock()
	if regions.free == nil {
		regions.free = map[int][][]byte{}
	}
	regions.free[len(region)] = append(regions.free[len(region)], region)
}

// fullSize is what a region of a size takes: whole pages, and of large ones one of few sizes,
// so that what was given back fits what comes.
func fullSize(size int) int {
	page := os.Getpagesize()
	if size > 1<<20 {
		page = 1 << 20
	}
	for size > 64*page {
		page *= 2
	}
	return (size + page - 1) / page * page
}
