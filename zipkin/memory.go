package zipkin

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/koine-otel/koine/spans/tree"
)

// Memory remembers the new ids of shared spans from one list to the next, because a span may
// come in a later list than its parent. It also remembers which spans wait for a parent, to
// count those that were passed on before their parent got its new id: children end first. It
// is safe for concurrent use, has a fixed size of 2 MiB and forgets what is displaced.
type Memory struct {
	seed   maphash.Seed
	any    atomic.Bool // something was split: the senders share ids
	shards [memoryShards]memoryShard
}

const (
	memoryShards = 16
	// memoryPlaces a shard are together 65,536 split spans and as many parents waited for:
	// at 5,000 spans a second, half of them shared, half a minute.
	memoryPlaces = 4096
)

type memoryShard struct {
	sync.Mutex
	split, waiting [memoryPlaces]remembered
}

// remembered is one key with the new id, or how many spans wait.
type remembered struct{ key, value uint64 }

// NewMemory makes an empty one.
func NewMemory() *Memory { return &Memory{seed: maphash.MakeSeed()} }

func (m *Memory) used() bool { return m.any.Load() }

// key is of a span's id in one process, which its own children share.
func (m *Memory) key(traceLow, id uint64, e *tree.Endpoint) uint64 {
	return maphash.Comparable(m.seed, struct {
		trace, id  uint64
		service    string
		ipv4, ipv6 netip.Addr
	}{traceLow, id, e.Service, e.IPv4, e.IPv6})
}

func (m *Memory) shard(key uint64) (*memoryShard, uint64) {
	return &m.shards[key%memoryShards], key / memoryShards % memoryPlaces
}

// remember takes a split span, and gives how many spans were passed on with its old id as
// their parent.
func (m *Memory) remember(traceLow, old uint64, e *tree.Endpoint, id uint64) (astray int) {
	key := m.key(traceLow, old, e)
	s, at := m.shard(key)
	s.Lock()
	defer s.Unlock()
	m.any.Store(true)
	s.split[at] = remembered{key, id}
	if w := &s.waiting[at]; w.key == key {
		astray = int(w.value)
		*w = remembered{}
	}
	return astray
}

// recall gives the new id of a span's parent, 0 if there is none, and notes then that the
// span waits for it.
func (m *Memory) recall(traceLow, parent uint64, e *tree.Endpoint) uint64 {
	key := m.key(traceLow, parent, e)
	s, at := m.shard(key)
	s.Lock()
	defer s.Unlock()
	if s.split[at].key == key {
		return s.split[at].value
	}
	if w := &s.waiting[at]; w.key == key {
		w.value++
	} else {
		*w = remembered{key, 1}
	}
	return 0
}
