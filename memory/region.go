package memory

// MapRegion gives zeroed memory outside Go's heap. The collector neither scans it nor waits
// for it to double before it collects, so what waits there takes its own size and no more.
// It holds no pointers into the heap. Unmap gives it back; nobody may use it any more.
func MapRegion(size int) ([]byte, error) { return mapRegion(size) }

// UnmapRegion gives back what MapRegion gave, whole.
func UnmapRegion(region []byte) { unmapRegion(region) }
