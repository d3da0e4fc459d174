package zipkin_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/koine-otel/koine/zipkin"
)

// span is a span that all formats can say.
type span struct {
	traceHigh, traceLow uint64
	id, parent          uint64
	kind, name          string
	timestamp, duration uint64
	local, remote       endpoint
	annotations         []annotation
	tags                [][2]string
	debug               bool
}

type annotation struct {
	Timestamp uint64    `json:"timestamp"`
	Value     string    `json:"value"`
	Endpoint  *endpoint `json:"endpoint,omitempty"`
}

type endpoint struct {
	ServiceName string `json:"serviceName,omitempty"`
	IPv4        string `json:"ipv4,omitempty"`
	IPv6        string `json:"ipv6,omitempty"`
	Port        uint16 `json:"port,omitempty"`
}

func (s *span) ids() map[string]any {
	m := map[string]any{"traceId": fmt.Sprintf("%016x", s.traceLow), "id": fmt.Sprintf("%x", s.id), "name": s.name}
	if s.traceHigh != 0 {
		m["traceId"] = fmt.Sprintf("%x%016x", s.traceHigh, s.traceLow)
	}
	if s.parent != 0 {
		m["parentId"] = fmt.Sprintf("%016x", s.parent)
	}
	if s.debug {
		m["debug"] = true
	}
	m["timestamp"], m["duration"] = s.timestamp, s.duration
	return m
}

func v2JSON(spans []span) []byte {
	list := []any{}
	for i := range spans {
		s := &spans[i]
		m := s.ids()
		if s.kind != "" {
			m["kind"] = s.kind
		}
		m["localEndpoint"], m["remoteEndpoint"], m["annotations"] = s.local, s.remote, s.annotations
		m["tags"] = raw(func(b []byte) []byte {
			b = append(b, '{')
			for i, tag := range s.tags {
				if i > 0 {
					b = append(b, ',')
				}
				k, _ := json.Marshal(tag[0])
				v, _ := json.Marshal(tag[1])
				b = append(append(append(b, k...), ':'), v...)
			}
			return append(b, '}')
		})
		list = append(list, m)
	}
	body, _ := json.Marshal(list)
	return body
}

func raw(f func([]byte) []byte) json.RawMessage { return f(nil) }

var coreOf = map[string][2]string{"CLIENT": {"cs", "cr"}, "SERVER": {"sr", "ss"}, "PRODUCER": {"ms", "ws"}, "CONSUMER": {"wr", "mr"}}

var addressOf = map[string]string{"CLIENT": "sa", "SERVER": "ca", "PRODUCER": "ma", "CONSUMER": "ma", "": "sa"}

// v1 is the span's events and tags in version 1. Messages have wire annotations there that stay.
func (s *span) v1() (annotations []annotation, tags [][2]string, address string) {
	for _, a := range s.annotations {
		a.Endpoint = &s.local
		annotations = append(annotations, a)
	}
	switch core := coreOf[s.kind]; s.kind {
	case "CLIENT", "SERVER":
		annotations = append(annotations, annotation{s.timestamp, core[0], &s.local}, annotation{s.timestamp + s.duration, core[1], &s.local})
	case "PRODUCER":
		annotations = append(annotations, annotation{s.timestamp, core[0], &s.local})
	case "CONSUMER":
		annotations = append(annotations, annotation{s.timestamp, core[1], &s.local})
	}
	tags = append([][2]string{{"lc", ""}}, s.tags...)
	if s.remote != (endpoint{}) {
		address = addressOf[s.kind]
	}
	return annotations, tags, address
}

func v1JSON(spans []span) []byte {
	list := []any{}
	for i := range spans {
		s := &spans[i]
		m := s.ids()
		annotations, tags, address := s.v1()
		m["annotations"] = annotations
		binary := []any{}
		for _, tag := range tags {
			binary = append(binary, map[string]any{"key": tag[0], "value": tag[1], "endpoint": s.local})
		}
		if address != "" {
			binary = append(binary, map[string]any{"key": address, "value": true, "endpoint": s.remote})
		}
		m["binaryAnnotations"] = binary
		list = append(list, m)
	}
	body, _ := json.Marshal(list)
	return body
}

func protoBytes(b []byte, field protowire.Number, content []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), content)
}

func (e *endpoint) proto() (b []byte) {
	b = protoBytes(b, 1, []byte(e.ServiceName))
	if e.IPv4 != "" {
		b = protoBytes(b, 2, netip.MustParseAddr(e.IPv4).AsSlice())
	}
	if e.IPv6 != "" {
		b = protoBytes(b, 3, netip.MustParseAddr(e.IPv6).AsSlice())
	}
	return protowire.AppendVarint(protowire.AppendTag(b, 4, protowire.VarintType), uint64(e.Port))
}

func v2Proto(spans []span) (list []byte) {
	kinds := map[string]uint64{"CLIENT": 1, "SERVER": 2, "PRODUCER": 3, "CONSUMER": 4}
	for i := range spans {
		s := &spans[i]
		var b []byte
		trace := binary.BigEndian.AppendUint64(nil, s.traceLow)
		if s.traceHigh != 0 {
			trace = append(binary.BigEndian.AppendUint64(nil, s.traceHigh), trace...)
		}
		b = protoBytes(b, 1, trace)
		if s.parent != 0 {
			b = protoBytes(b, 2, binary.BigEndian.AppendUint64(nil, s.parent))
		}
		b = protoBytes(b, 3, binary.BigEndian.AppendUint64(nil, s.id))
		b = protowire.AppendVarint(protowire.AppendTag(b, 4, protowire.VarintType), kinds[s.kind])
		b = protoBytes(b, 5, []byte(s.name))
		b = protowire.AppendFixed64(protowire.AppendTag(b, 6, protowire.Fixed64Type), s.timestamp)
		b = protowire.AppendVarint(protowire.AppendTag(b, 7, protowire.VarintType), s.duration)
		b = protoBytes(protoBytes(b, 8, s.local.proto()), 9, s.remote.proto())
		for _, a := range s.annotations {
			event := protowire.AppendFixed64(protowire.AppendTag(nil, 1, protowire.Fixed64Type), a.Timestamp)
			b = protoBytes(b, 10, protoBytes(event, 2, []byte(a.Value)))
		}
		for _, tag := range s.tags {
			b = protoBytes(b, 11, protoBytes(protoBytes(nil, 1, []byte(tag[0])), 2, []byte(tag[1])))
		}
		if s.debug {
			b = protowire.AppendVarint(protowire.AppendTag(b, 12, protowire.VarintType), 1)
		}
		list = protoBytes(list, 1, b)
	}
	return list
}

func field(b []byte, typ byte, id uint16) []byte {
	return binary.BigEndian.AppendUint16(append(b, typ), id)
}

func thriftI64(b []byte, id uint16, n uint64) []byte {
	return binary.BigEndian.AppendUint64(field(b, 10, id), n)
}

func thriftText(b []byte, id uint16, text []byte) []byte {
	return append(binary.BigEndian.AppendUint32(field(b, 11, id), uint32(len(text))), text...)
}

func listOf(b []byte, typ byte, n int) []byte {
	return binary.BigEndian.AppendUint32(append(b, typ), uint32(n))
}

func (e *endpoint) thrift(b []byte, id uint16) []byte {
	b = field(b, 12, id)
	if e.IPv4 != "" {
		b = append(field(b, 8, 1), netip.MustParseAddr(e.IPv4).AsSlice()...)
	}
	b = binary.BigEndian.AppendUint16(field(b, 6, 2), e.Port)
	b = thriftText(b, 3, []byte(e.ServiceName))
	if e.IPv6 != "" {
		b = thriftText(b, 4, netip.MustParseAddr(e.IPv6).AsSlice())
	}
	return append(b, 0)
}

func v1Thrift(spans []span) []byte {
	list := listOf(nil, 12, len(spans))
	for i := range spans {
		s := &spans[i]
		annotations, tags, address := s.v1()
		list = thriftI64(list, 1, s.traceLow)
		list = thriftText(list, 3, []byte(s.name))
		list = thriftI64(list, 4, s.id)
		if s.parent != 0 {
			list = thriftI64(list, 5, s.parent)
		}
		list = listOf(field(list, 15, 6), 12, len(annotations))
		for _, a := range annotations {
			list = append(a.Endpoint.thrift(thriftText(thriftI64(list, 1, a.Timestamp), 2, []byte(a.Value)), 3), 0)
		}
		n := len(tags)
		if address != "" {
			n++
		}
		list = listOf(field(list, 15, 8), 12, n)
		for _, tag := range tags {
			list = thriftText(thriftText(list, 1, []byte(tag[0])), 2, []byte(tag[1]))
			list = append(s.local.thrift(binary.BigEndian.AppendUint32(field(list, 8, 3), 6), 4), 0)
		}
		if address != "" {
			list = thriftText(thriftText(list, 1, []byte(address)), 2, []byte{1})
			list = append(s.remote.thrift(binary.BigEndian.AppendUint32(field(list, 8, 3), 0), 4), 0)
		}
		if s.debug {
			list = append(field(list, 2, 9), 1)
		}
		list = thriftI64(thriftI64(list, 10, s.timestamp), 11, s.duration)
		if s.traceHigh != 0 {
			list = thriftI64(list, 12, s.traceHigh)
		}
		list = append(list, 0)
	}
	return list
}

var encoders = map[zipkin.Format]func([]span) []byte{zipkin.JSONv2: v2JSON, zipkin.Proto3: v2Proto, zipkin.JSONv1: v1JSON, zipkin.Thrift: v1Thrift}

// randomSpans have what every format can say: in version 1 every service has a name and a call a
// length, and nobody says how long a message took.
func randomSpans(rng *rand.Rand, n int) []span {
	pick := func(words ...string) string { return words[rng.IntN(len(words))] }
	spans := make([]span, n)
	for i := range spans {
		s := &spans[i]
		*s = span{
			traceLow: rng.Uint64() | 1, id: rng.Uint64() | 1, kind: pick("", "CLIENT", "SERVER", "PRODUCER", "CONSUMER"),
			name: pick("", "get /x", "é😀", "a\"b\\c\n"), timestamp: 1_500_000_000_000_000 + rng.Uint64N(1e9), duration: 1 + rng.Uint64N(1e6),
			local: endpoint{ServiceName: pick("web", "shop", "Ünïcode"), IPv4: pick("", "10.0.0.1"), IPv6: pick("", "2001:db8::1"), Port: uint16(rng.IntN(2) * 54321)},
			debug: rng.IntN(5) == 0,
		}
		if rng.IntN(2) == 0 {
			s.traceHigh, s.parent = rng.Uint64()|1, rng.Uint64()|1
		}
		if rng.IntN(2) == 0 {
			s.remote = endpoint{ServiceName: pick("", "db", "kafka"), IPv4: "10.0.0.9", Port: 40000}
		}
		if s.kind == "PRODUCER" || s.kind == "CONSUMER" {
			s.duration = 0
		}
		for range rng.IntN(3) {
			s.annotations = append(s.annotations, annotation{Timestamp: s.timestamp + rng.Uint64N(100), Value: pick("mark", "brave.flush", "e: {\"k\":1}", "x y")})
		}
		for _, key := range []string{"http.method", "error", "host.name", "otel.scope.name", "own.key", "é"} {
			if rng.IntN(2) == 0 {
				s.tags = append(s.tags, [2]string{key, pick("", "true", "GET", "200", "ü")})
			}
		}
	}
	return spans
}

// TestFormatsAgree: the same spans are the same telemetry in all four formats.
func TestFormatsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		spans := randomSpans(rng, 1+rng.IntN(8))
		want := dump(decode(t, zipkin.JSONv2, v2JSON(spans)))
		for format, encode := range encoders {
			require.Equal(t, want, dump(decode(t, format, encode(spans))), "%s of %+v", format, spans)
		}
	}
}

// TestCutShort: a list that ends before its end is malformed, wherever that is. In protobuf it may
// end behind any span.
func TestCutShort(t *testing.T) {
	spans := randomSpans(rand.New(rand.NewPCG(3, 4)), 3)
	d := zipkin.NewDecoder(zipkin.Options{})
	for format, encode := range encoders {
		body := encode(spans)
		whole := 0
		for n := range len(body) {
			_, _, err := d.Decode(format, body[:n:n], received)
			if err == nil {
				whole++
				continue
			}
			require.True(t, isUnreadable(err), "%s cut at %d: %v", format, n, err)
		}
		want := map[zipkin.Format]int{zipkin.Proto3: 3, zipkin.Thrift: 1}[format]
		require.Equal(t, want, whole, format)
	}
}
