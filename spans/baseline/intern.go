package baseline

import (
	"strings"
	"sync/atomic"

	"github.com/koine-otel/koine/spans/tree"
)

// Operation is the number of an operation. 0 is Other: one for which there was no room and
// whose service has none either. A number may be kept for some minutes after Intern gave it:
// it is another's after quietTime at the earliest.
type Operation uint32

// Other is any operation of services without room.
const Other Operation = 0

const (
	// minPerService operations is what a service has whatever MaxOperations is: more than
	// most have that keep variables out of their span names.
	minPerService = 64
	// serviceShare is the part of MaxOperations that a service may have: eight that put URLs
	// into span names must come together before others feel it.
	serviceShare = 8
	// touchEvery is how exactly it is known when an operation was seen, in clock units: a
	// cache line that many cores read is written once in so long.
	touchEvery = 8
)

// info is what readers see of an operation.
type info struct {
	duration, self atomic.Uint64 // packed norms
	children       atomic.Uint32 // a packed median
	seen           atomic.Uint32 // by Intern, in clock units; gone or unseen
	owner          atomic.Uint32 // the service's entry, above it the kind and ownerFull
	home           uint32        // the lower half of the mixed hash; guarded by Baseline.mu
}

const (
	kindMask = 0x7f
	// ownerFull, in a service's own entry, says that it may have no more operations.
	ownerFull = 1 << 31
)

// service is a service's own entry.
type service struct {
	environment, namespace, name string
	owned                        int // operations
}

// Intern gives the number of the operation with a hash, which is its identity's Hash, making it
// if need be; identify is called only then, and its strings are copied. now is a monotonic
// clock's nanoseconds, the same as Learn's. Any goroutine may call it; where the operation is
// known it takes no lock.
func (b *Baseline) Intern(hash uint64, now int64, identify func() Identity) Operation {
	t := clock(now)
	mixed := mix(hash, &b.seed)
	if op := b.seen(mixed, t); op != Other {
		return op
	}
	return b.intern(mixed, identify(), t)
}

// Identity is zero for Other and for a number that is no longer in use. It takes a lock.
func (b *Baseline) Identity(op Operation) Identity {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.identity(op)
}

func (b *Baseline) identity(op Operation) Identity {
	s := b.services[b.Service(op)]
	if s == nil {
		return Identity{}
	}
	return Identity{
		Environment: s.environment, Namespace: s.namespace, Service: s.name, Name: *b.names.at(uint32(op)),
		Kind: tree.Kind(b.infos.at(uint32(op)).owner.Load() >> numberBits & kindMask),
	}
}

// Service gives the entry of an operation's service as a whole, which is its own.
func (b *Baseline) Service(op Operation) Operation {
	if i := b.infos.at(uint32(op)); i != nil {
		return Operation(i.owner.Load() & numberMask)
	}
	return Other
}

// seen gives the operation with a mixed hash and notes that it was seen. Other is none.
func (b *Baseline) seen(mixed uint64, t uint32) Operation {
	number, _ := b.operations.find(mixed, mixed)
	if number != 0 && b.infos.at(number).touch(t) {
		return Operation(number)
	}
	return Other
}

// touch fails if Tick has taken the operation away since it was found.
func (i *info) touch(t uint32) bool {
	seen := i.seen.Load()
	if seen == gone {
		return false
	}
	if int32(t-seen) < touchEvery {
		return true
	}
	return i.seen.CompareAndSwap(seen, t) || i.seen.Load() != gone
}

// intern makes an operation. Where there is no room it takes no lock either: a flood of new
// names costs its senders' cores and nobody's time to wait.
func (b *Baseline) intern(mixed uint64, id Identity, t uint32) Operation {
	owner := mix(id.service().Hash(), &b.seed)
	if op, full := b.withoutRoom(owner, t); full {
		b.overflowed.Add(1)
		return op
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if op := b.seen(mixed, t); op != Other {
		return op
	}
	of := b.seen(owner, t)
	if of == Other {
		if of = b.addService(owner, id, t); of == Other {
			b.overflowed.Add(1)
			return Other
		}
	}
	if mixed == owner {
		return of
	}
	op := b.add(mixed, uint32(of), id.Kind, clip(id.Name), t)
	if op == Other {
		b.overflowed.Add(1)
		return of
	}
	s := b.services[of]
	s.owned++
	b.markFull(of, s)
	return op
}

// withoutRoom says that no operation of a service can be made, and what is given instead.
func (b *Baseline) withoutRoom(owner uint64, t uint32) (Operation, bool) {
	of := b.seen(owner, t)
	if b.full.Load() {
		return of, true
	}
	return of, of != Other && b.infos.at(uint32(of)).owner.Load()&ownerFull != 0
}

func (b *Baseline) markFull(of Operation, s *service) {
	owner := uint32(of)
	if s.owned >= b.perOwner {
		owner |= ownerFull
	}
	b.infos.at(uint32(of)).owner.Store(owner)
}

func (b *Baseline) addService(mixed uint64, id Identity, t uint32) Operation {
	op := b.add(mixed, 0, tree.Unspecified, "", t)
	if op != Other {
		s := &service{
			environment: strings.Clone(clip(id.Environment)), namespace: strings.Clone(clip(id.Namespace)),
			name: strings.Clone(clip(id.Service)),
		}
		b.services[op] = s
		b.nameSize += s.nameSize()
	}
	return op
}

func (s *service) nameSize() int {
	return allocated(s.environment) + allocated(s.namespace) + allocated(s.name)
}

// add gives an entry a number; of 0 is a service's own.
func (b *Baseline) add(mixed uint64, of uint32, kind tree.Kind, name string, t uint32) Operation {
	op := b.number()
	if op == Other {
		b.full.Store(true)
		return Other
	}
	if of == 0 {
		of = uint32(op)
	}
	n := uint32(op)
	*b.names.make(n) = strings.Clone(name)
	b.nameSize += allocated(name)
	i := b.infos.make(n)
	i.owner.Store(of | uint32(kind&kindMask)<<numberBits)
	i.home = uint32(mixed)
	i.seen.Store(t)
	b.memories.make(n).service.Store(of)
	b.live++
	b.operations.insert(mixed, n)
	return op
}

func (b *Baseline) number() Operation {
	if last := len(b.unused) - 1; last >= 0 {
		op := b.unused[last]
		b.unused = b.unused[:last]
		return op
	}
	if int(b.fresh) > b.max {
		return Other
	}
	b.fresh++
	return b.fresh - 1
}

// allocated is about what a string's bytes take: the allocator's sizes are 16 apart and more.
func allocated(s string) int { return (len(s) + 15) &^ 15 }
