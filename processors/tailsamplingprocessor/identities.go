package tailsamplingprocessor

import "sync"

// given are the identities that ever had series, by their hashes, of all processors: their metrics
// are the same ones. The SDK forgets none until it is made anew, as it is at a reload, when for
// once no processor runs.
var given = &identities{hashes: map[uint64]struct{}{}}

type identities struct {
	mu     sync.Mutex
	users  int
	hashes map[uint64]struct{}
}

// join counts a processor that begins.
func (i *identities) join() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.users == 0 {
		clear(i.hashes)
	}
	i.users++
}

// leave counts one that ends.
func (i *identities) leave() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.users--
}

// take says whether an identity may have series. All others' have two.
func (i *identities) take(hash uint64) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, ok := i.hashes[hash]; !ok && len(i.hashes) >= mostSeries/2-1 {
		return false
	}
	i.hashes[hash] = struct{}{}
	return true
}

func (i *identities) spent() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.hashes) >= mostSeries/2-1
}
