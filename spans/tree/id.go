package tree

import (
	"encoding/binary"
	"net/netip"

	"github.com/cespare/xxhash/v2"
)

// ServerID is the id that the server's side of a shared id gets. It is made of the low half of
// the trace id, so that both forms of it give the same, of the shared id and of the
// server's endpoint. It is the same in every process and version, because the parts of one
// trace are resolved by several; never 0, and never the shared id.
func ServerID(traceLow, id uint64, e Endpoint) uint64 { return hashID('s', traceLow, id, &e) }

// ClientID is ServerID's like for the client's side, and another id.
func ClientID(traceLow, id uint64, e Endpoint) uint64 { return hashID('c', traceLow, id, &e) }

// hashID is xxHash64 (seed 0) of, big-endian: the side, trace and span id, port, IPv4 and
// IPv6 address, each after its length, and service name. Of the two results that are no
// new id, zero bytes are appended.
func hashID(side byte, traceLow, id uint64, e *Endpoint) uint64 {
	const longest = 1 + 8 + 8 + 2 + 1 + 16 + 1 + 16
	var scratch [longest]byte
	b := append(scratch[:0], side)
	b = binary.BigEndian.AppendUint64(b, traceLow)
	b = binary.BigEndian.AppendUint64(b, id)
	b = binary.BigEndian.AppendUint16(b, e.Port)
	b = appendAddr(b, e.IPv4)
	b = appendAddr(b, e.IPv6)
	var d xxhash.Digest
	d.Reset()
	_, _ = d.Write(b)
	_, _ = d.WriteString(e.Service)
	for {
		if made := d.Sum64(); made != 0 && made != id {
			return made
		}
		_, _ = d.Write([]byte{0})
	}
}

// appendAddr writes the length of an address, 0 of an unknown one, and its bytes.
func appendAddr(b []byte, a netip.Addr) []byte {
	switch {
	case a.Is4():
		as4 := a.As4()
		return append(append(b, 4), as4[:]...)
	case a.IsValid():
		as16 := a.As16()
		return append(append(b, 16), as16[:]...)
	}
	return append(b, 0)
}
