package baseline

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/cespare/xxhash/v2"

	"github.com/koine-otel/koine/spans/tree"
)

// maxSnapshot bytes are read at the most: 100,000 operations and sites take some 20 MB.
const maxSnapshot = 1 << 30

// maxScale is far above what a series needs: a count of 2^32 observations.
const maxScale = 32

var (
	errMagic     = errors.New("not a snapshot of a baseline")
	errTruncated = errors.New("truncated")
	errChecksum  = errors.New("damaged: the checksum is wrong")
	errTrailing  = errors.New("more than a snapshot")
)

// ReadFrom reads a snapshot to the reader's end and adds what it says of operations and sites
// of which nothing was learned yet, as far as there is room. A snapshot that is damaged,
// truncated or of a newer version is an error and changes nothing. Nobody may learn or tick
// meanwhile.
func (b *Baseline) ReadFrom(r io.Reader) (int64, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSnapshot+1))
	read := int64(len(data))
	if err != nil {
		return read, fmt.Errorf("baseline: snapshot: %w", err)
	}
	body, err := opened(data)
	if err == nil {
		// Once to see that it is whole, so that nothing has to be undone, and once for good.
		err = (&decoder{data: body}).all(discard{})
	}
	if err != nil {
		return read, fmt.Errorf("baseline: snapshot: %w", err)
	}
	_ = (&decoder{data: body}).all(&restorer{b: b, numbers: make([]uint32, 1)})
	return read, nil
}

// opened checks what is around a snapshot's content and gives that.
func opened(data []byte) ([]byte, error) {
	if len(data) > maxSnapshot {
		return nil, fmt.Errorf("larger than %d bytes", maxSnapshot)
	}
	if n := min(len(data), len(magic)); string(data[:n]) != magic[:n] {
		return nil, errMagic
	}
	if len(data) < len(magic)+1 {
		return nil, errTruncated
	}
	if v := data[len(magic)]; v != version {
		return nil, fmt.Errorf("version %d, this is for version %d", v, version)
	}
	at := len(data) - 8
	if at < len(magic)+1 {
		return nil, errTruncated
	}
	if xxhash.Sum64(data[:at]) != binary.LittleEndian.Uint64(data[at:]) {
		return nil, errChecksum
	}
	return data[len(magic)+1 : at], nil
}

// receiver gets a snapshot's content in order. Series are taken while the call lasts.
type receiver interface {
	operation(of uint32, id Identity, m *memory)
	site(entry, parent, op uint32, m *siteMemory)
}

type discard struct{}

func (discard) operation(uint32, Identity, *memory)      {}
func (discard) site(uint32, uint32, uint32, *siteMemory) {}

// decoder reads until the first error. It allocates nothing that data does not account for.
type decoder struct {
	data []byte
	err  error
}

func (d *decoder) all(to receiver) error {
	var m memory
	count := uint64(0)
	for d.more() {
		id := Identity{Environment: d.string(), Namespace: d.string(), Service: d.string()}
		d.memory(&m)
		count++
		d.deliver(func() { to.operation(0, id, &m) })
	}
	services := count
	for d.more() {
		of := d.below("service", services+1)
		if of == 0 {
			d.fail(errors.New("an operation of no service"))
		}
		kind := tree.Kind(d.below("kind", uint64(tree.Consumer)+1))
		id := Identity{Name: d.string(), Kind: kind}
		d.memory(&m)
		count++
		d.deliver(func() { to.operation(uint32(of), id, &m) })
	}
	var s siteMemory
	for d.more() {
		entry, parent, op := d.below("entry", count+1), d.below("parent", count+1), d.below("operation", count+1)
		d.series(&s.count.series, s.count.buckets[:])
		d.series(&s.sum.series, s.sum.buckets[:])
		d.deliver(func() { to.site(uint32(entry), uint32(parent), uint32(op), &s) })
	}
	if len(d.data) > 0 {
		d.fail(errTrailing)
	}
	return d.err
}

func (d *decoder) deliver(call func()) {
	if d.err == nil {
		call()
	}
}

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.data = nil
}

func (d *decoder) more() bool { return d.below("mark", more+1) == more && d.err == nil }

func (d *decoder) number() uint64 {
	n, size := binary.Uvarint(d.data)
	if size <= 0 {
		d.fail(errTruncated)
		return 0
	}
	d.data = d.data[size:]
	return n
}

// below reads a number that must be below a bound.
func (d *decoder) below(what string, bound uint64) uint64 {
	n := d.number()
	if n >= bound {
		d.fail(fmt.Errorf("%s %d, should be below %d", what, n, bound))
		return 0
	}
	return n
}

func (d *decoder) string() string {
	n := d.below("length of a name", maxName+1)
	if n > uint64(len(d.data)) {
		d.fail(errTruncated)
		return ""
	}
	s := string(d.data[:n])
	d.data = d.data[n:]
	return s
}

func (d *decoder) memory(m *memory) {
	d.series(&m.children, m.childrenBuckets[:])
	d.series(&m.duration, m.durationBuckets[:])
	d.series(&m.self, m.selfBuckets[:])
}

func (d *decoder) series(s *series, buckets []uint16) {
	*s = series{}
	clear(buckets)
	scale := d.below("scale", maxScale+1)
	if scale == 0 {
		return
	}
	s.scale = uint8(scale - 1)
	s.base = uint8(d.below("base", allBuckets-uint64(len(buckets))+1))
	s.mode = uint8(d.below("mode", allBuckets))
	s.low = uint16(d.below("low", 1<<16))
	s.high = uint16(d.below("high", 1<<16))
	for at := -1; ; {
		gap := d.below("gap", uint64(len(buckets)-at))
		if gap == 0 {
			break
		}
		at += int(gap)
		buckets[at] = uint16(d.below("count", 1<<16))
		s.total += uint32(buckets[at])
	}
	if s.total == 0 {
		d.fail(errors.New("a quantity of nothing"))
	}
	// The extremes are of the bucket mode, or there are none.
	if s.low <= s.high && (bucketOf(decode(s.low)) != int(s.mode) || bucketOf(decode(s.high)) != int(s.mode)) {
		d.fail(errors.New("extremes outside of their bucket"))
	}
}

// restorer puts what it gets where nothing is yet.
type restorer struct {
	b       *Baseline
	numbers []uint32 // by number in the snapshot; 0 where there was no room
	ids     []Identity
}

func (r *restorer) operation(of uint32, id Identity, m *memory) {
	b := r.b
	if of == 0 {
		r.ids = append(r.ids, id)
	} else {
		name, kind := id.Name, id.Kind
		id = r.ids[of-1]
		id.Name, id.Kind = name, kind
	}
	mixed := mix(id.Hash(), &b.seed)
	op := b.seen(mixed, unseen)
	if op == Other {
		op = b.intern(mixed, id, unseen)
	}
	number := uint32(op)
	if of != 0 && b.Service(op) == op {
		number = 0 // there was no room, and its service's entry is not the same
	}
	r.numbers = append(r.numbers, number)
	if number == 0 {
		return
	}
	own := b.memories.at(number)
	restore(&own.children, own.childrenBuckets[:], &m.children, m.childrenBuckets[:])
	restore(&own.duration, own.durationBuckets[:], &m.duration, m.durationBuckets[:])
	restore(&own.self, own.selfBuckets[:], &m.self, m.selfBuckets[:])
	own.publish(b.infos.at(number))
}

func (r *restorer) site(entry, parent, op uint32, m *siteMemory) {
	b := r.b
	has := func(op uint32) bool { return op == 0 || r.numbers[op] != 0 }
	if r.numbers[op] == 0 || !has(entry) || !has(parent) {
		return
	}
	number := b.site(r.numbers[entry], r.numbers[parent], r.numbers[op], b.sweep.last)
	if number == 0 {
		return
	}
	i, own := b.sites.infos.at(number), b.sites.memories.at(number)
	i.learned = max(i.learned, b.sweep.last)
	restore(&own.count.series, own.count.buckets[:], &m.count.series, m.count.buckets[:])
	restore(&own.sum.series, own.sum.buckets[:], &m.sum.series, m.sum.buckets[:])
	own.publish(i)
}

// restore lets publish see to the norm.
func restore(to *series, buckets []uint16, from *series, counts []uint16) {
	if to.total > 0 || from.total == 0 {
		return
	}
	*to = *from
	to.since = 1
	copy(buckets, counts)
}
