package baseline

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/cespare/xxhash/v2"
)

// A snapshot is
//
//	magic, version (one byte)
//	services:   1, environment, namespace, name, quantities … 0
//	operations: 1, service, kind, name, quantities          … 0
//	sites:      1, entry, parent, operation, count, sum     … 0
//	xxhash of all that, 8 bytes, little-endian
//
// The quantities are children, duration, self. Numbers are varints, strings have their length
// in front. Services and then operations are numbered from 1 in the order in which they come;
// 0 is Other. A quantity is 0 where nothing was learned, else 1 + scale, base, mode, low, high
// and, for each bucket with a count, the number of empty ones before it plus 1 and the count,
// then 0. Whether it was frozen is not kept: an incident that goes on shows again at once.
const (
	magic   = "koine baseline\x00"
	version = 1

	more, end = 1, 0
)

// WriteTo writes a snapshot. Others may read and intern meanwhile, but not learn or tick: norms
// are published so that what is read from it are the same ones.
func (b *Baseline) WriteTo(w io.Writer) (int64, error) {
	e := encoder{to: bufio.NewWriter(w)}
	e.bytes(magic)
	e.bytes(string([]byte{version}))
	b.mu.RLock()
	last := uint32(b.fresh) - 1
	b.mu.RUnlock()
	numbers := make([]uint32, last+1)
	count := b.encodeOperations(&e, numbers, 0, true)
	b.encodeOperations(&e, numbers, count, false)
	b.encodeSites(&e, numbers)
	e.end()
	return e.written, e.err
}

// encodeOperations writes services or operations, and notes their numbers in the snapshot.
func (b *Baseline) encodeOperations(e *encoder, numbers []uint32, count uint32, services bool) uint32 {
	for op := uint32(1); op < uint32(len(numbers)); op++ {
		of := uint32(b.Service(Operation(op)))
		if of == 0 || of == op != services {
			continue
		}
		id := b.Identity(Operation(op))
		if services {
			e.number(more)
			e.string(id.Environment)
			e.string(id.Namespace)
			e.string(id.Service)
		} else {
			if of >= uint32(len(numbers)) || numbers[of] == 0 {
				continue // younger than the snapshot
			}
			e.number(more)
			e.number(uint64(numbers[of]))
			e.number(uint64(id.Kind))
			e.string(id.Name)
		}
		count++
		numbers[op] = count
		m := b.memories.at(op)
		m.publish(b.infos.at(op))
		e.series(&m.children, m.childrenBuckets[:])
		e.series(&m.duration, m.durationBuckets[:])
		e.series(&m.self, m.selfBuckets[:])
	}
	e.number(end)
	return count
}

func (b *Baseline) encodeSites(e *encoder, numbers []uint32) {
	// known gives an operation's number in the snapshot.
	known := func(op uint32) (uint64, bool) {
		if op >= uint32(len(numbers)) {
			return 0, false
		}
		return uint64(numbers[op]), op == 0 || numbers[op] != 0
	}
	for site := uint32(1); site < b.sites.fresh; site++ {
		i, m := b.sites.infos.at(site), b.sites.memories.at(site)
		entry, hasEntry := known(i.entry.Load())
		parent, hasParent := known(i.parent.Load())
		op, hasOp := known(i.operation.Load())
		if op == 0 || !hasEntry || !hasParent || !hasOp {
			continue
		}
		m.publish(i)
		e.number(more)
		e.number(entry)
		e.number(parent)
		e.number(op)
		e.series(&m.count.series, m.count.buckets[:])
		e.series(&m.sum.series, m.sum.buckets[:])
	}
	e.number(end)
}

// encoder writes until the first error.
type encoder struct {
	to      *bufio.Writer
	sum     xxhash.Digest
	begun   bool
	written int64
	err     error
	scratch []byte
}

func (e *encoder) bytes(s string) {
	if !e.begun {
		e.begun = true
		e.sum.Reset()
	}
	e.sum.WriteString(s)
	e.raw(s)
}

func (e *encoder) raw(s string) {
	if e.err != nil {
		return
	}
	n, err := e.to.WriteString(s)
	e.written += int64(n)
	e.err = err
}

func (e *encoder) number(n uint64) {
	e.scratch = binary.AppendUvarint(e.scratch[:0], n)
	e.sum.Write(e.scratch)
	if e.err != nil {
		return
	}
	n2, err := e.to.Write(e.scratch)
	e.written += int64(n2)
	e.err = err
}

func (e *encoder) string(s string) {
	e.number(uint64(len(s)))
	e.bytes(s)
}

func (e *encoder) series(s *series, buckets []uint16) {
	if s.total == 0 {
		e.number(0)
		return
	}
	for _, n := range [...]uint64{1 + uint64(s.scale), uint64(s.base), uint64(s.mode), uint64(s.low), uint64(s.high)} {
		e.number(n)
	}
	gap := uint64(1)
	for _, n := range buckets {
		if n == 0 {
			gap++
			continue
		}
		e.number(gap)
		e.number(uint64(n))
		gap = 1
	}
	e.number(0)
}

func (e *encoder) end() {
	e.raw(string(binary.LittleEndian.AppendUint64(nil, e.sum.Sum64())))
	if err := e.to.Flush(); e.err == nil {
		e.err = err
	}
}
