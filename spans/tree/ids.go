package tree

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// ServerID is the id of the server's side of a shared id. It is the same in every process and
// version, so that pieces that arrive in different places meet, and children find it. Only
// the low half of the trace id counts, so both forms of one agree. It is not 0 nor id.
func ServerID(traceLow, id uint64, e Endpoint) uint64 { return derive('s', traceLow, id, &e) }

// ClientID is the same of the client's side.
func ClientID(traceLow, id uint64, e Endpoint) uint64 { return derive('c', traceLow, id, &e) }

func derive(side byte, traceLow, id uint64, e *Endpoint) uint64 {
	var scratch [128]byte
	b := append(scratch[:0], side)
	b = binary.BigEndian.AppendUint64(b, traceLow)
	b = binary.BigEndian.AppendUint64(b, id)
	b = binary.BigEndian.AppendUint16(b, e.Port)
	for _, ip := range [...][]byte{e.IPv4.AsSlice(), e.IPv6.AsSlice()} {
		b = append(append(b, byte(len(ip))), ip...)
	}
	b = append(b, e.Service...)
	for {
		if made := xxhash.Sum64(b); made != 0 && made != id {
			return made
		}
		b = append(b, 0)
	}
}

// JoinTraceIDs gives spans with the short form of a trace id, in place, the long form that
// other spans have, and says how many it changed. Where two long forms have one low half,
// neither is taken. The spans must be of whole traces: else it depends on what came together.
func JoinTraceIDs(spans []Span) int {
	const several = ^uint64(0)
	high := map[uint64]uint64{}
	for i := range spans {
		s := &spans[i]
		if s.TraceHigh == 0 {
			continue
		}
		if known, ok := high[s.TraceLow]; ok && known != s.TraceHigh {
			high[s.TraceLow] = several
		} else if !ok {
			high[s.TraceLow] = s.TraceHigh
		}
	}
	joined := 0
	for i := range spans {
		s := &spans[i]
		if h := high[s.TraceLow]; s.TraceHigh == 0 && h != 0 && h != several {
			s.TraceHigh = h
			joined++
		}
	}
	return joined
}
