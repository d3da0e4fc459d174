package tracegen

import "google.golang.org/protobuf/encoding/protowire"

// zipkinProto writes a ListOfSpans of Zipkin's zipkin.proto, whose field numbers
// these are. Trace ids are always 16 bytes: some collectors refuse the 8 that the
// format allows too.
type zipkinProto struct {
	body  []byte
	local []byte // local_endpoint as field 8
	tags  zipkinTags
	text  []byte // of a tag that is no string
}

func newZipkinProto(s *Service) *zipkinProto {
	e := &zipkinProto{tags: newZipkinTags(s)}
	e.local = appendProtoEndpoint(nil, 8, &Endpoint{Service: s.Name, IP: s.IP, Port: s.Port})
	return e
}

func (e *zipkinProto) add(s *Span) {
	b, start := open(e.body, 1)
	b = appendBytes(b, 1, s.TraceID[:])
	if !s.Parent.IsZero() {
		b = appendBytes(b, 2, s.Parent[:])
	}
	b = appendBytes(b, 3, s.ID[:])
	if kind := protoKinds[s.Kind]; kind != 0 {
		b = appendVarint(b, 4, kind)
	}
	b = appendString(b, 5, s.Name)
	b = appendFixed64(b, 6, uint64(s.Start/1000))
	b = appendVarint(b, 7, uint64(s.End-s.Start)/1000)
	b = append(b, e.local...)
	if s.Remote != (Endpoint{}) {
		b = appendProtoEndpoint(b, 9, &s.Remote)
	}
	for i := range s.Attributes {
		a := &s.Attributes[i]
		if a.Type == String {
			b = appendTag(b, a.Key, a.Str)
			continue
		}
		e.text = a.AppendText(e.text[:0])
		b = appendTag(b, a.Key, e.text)
	}
	for _, tag := range e.tags.extra(s) {
		b = appendTag(b, tag.Key, tag.Str)
	}
	if s.Shared {
		b = appendVarint(b, 13, 1)
	}
	e.body = shut(b, start)
}

var protoKinds = [...]uint64{Internal: 0, Client: 1, Server: 2, Producer: 3, Consumer: 4}

// appendTag writes one entry of the map of tags, field 11.
func appendTag[T string | []byte](b []byte, key string, value T) []byte {
	b = protowire.AppendTag(b, 11, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(1+protowire.SizeBytes(len(key))+1+protowire.SizeBytes(len(value))))
	b = append(b, 1<<3|byte(protowire.BytesType))
	b = protowire.AppendString(b, key)
	b = append(b, 2<<3|byte(protowire.BytesType))
	b = protowire.AppendVarint(b, uint64(len(value)))
	return append(b, value...)
}

func (e *zipkinProto) size() int { return len(e.body) }

func (e *zipkinProto) finish(dst []byte) []byte {
	dst = append(dst, e.body...)
	e.body = e.body[:0]
	return dst
}

func appendProtoEndpoint(b []byte, field protowire.Number, endpoint *Endpoint) []byte {
	b, start := open(b, field)
	b = appendString(b, 1, endpoint.Service)
	if endpoint.IP.IsValid() {
		ip := endpoint.IP.As4()
		b = appendBytes(b, 2, ip[:])
	}
	if endpoint.Port != 0 {
		b = appendVarint(b, 4, uint64(endpoint.Port))
	}
	return shut(b, start)
}
