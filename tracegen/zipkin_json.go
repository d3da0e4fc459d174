package tracegen

import (
	"encoding/hex"
	"strconv"
)

// zipkinJSON writes a list of Zipkin v2 spans, in the order of fields that Zipkin's own
// encoder has.
type zipkinJSON struct {
	body  []byte
	local []byte // localEndpoint
	tags  zipkinTags
}

func newZipkinJSON(s *Service) *zipkinJSON {
	e := &zipkinJSON{tags: newZipkinTags(s)}
	e.local = appendJSONEndpoint([]byte(`,"localEndpoint":`), &Endpoint{Service: s.Name, IP: s.IP, Port: s.Port})
	return e
}

func (e *zipkinJSON) add(s *Span) {
	b := e.body
	if len(b) == 0 {
		b = append(b, '[')
	} else {
		b = append(b, ',')
	}
	b = append(b, `{"traceId":"`...)
	if s.TraceID.Is64Bit() {
		b = hex.AppendEncode(b, s.TraceID[8:])
	} else {
		b = hex.AppendEncode(b, s.TraceID[:])
	}
	if !s.Parent.IsZero() {
		b = append(b, `","parentId":"`...)
		b = hex.AppendEncode(b, s.Parent[:])
	}
	b = append(b, `","id":"`...)
	b = hex.AppendEncode(b, s.ID[:])
	b = append(b, '"')
	b = append(b, jsonKinds[s.Kind]...)
	b = append(b, `,"name":`...)
	b = appendJSONString(b, s.Name)
	b = append(b, `,"timestamp":`...)
	b = strconv.AppendInt(b, s.Start/1000, 10)
	b = append(b, `,"duration":`...)
	b = strconv.AppendInt(b, (s.End-s.Start)/1000, 10)
	b = append(b, e.local...)
	if s.Remote != (Endpoint{}) {
		b = append(b, `,"remoteEndpoint":`...)
		b = appendJSONEndpoint(b, &s.Remote)
	}
	b = e.appendTags(b, s)
	if s.Shared {
		b = append(b, `,"shared":true`...)
	}
	e.body = append(b, '}')
}

// jsonKinds is Zipkin's word for each kind; it has none for Internal.
var jsonKinds = [...]string{
	Internal: "",
	Server:   `,"kind":"SERVER"`,
	Client:   `,"kind":"CLIENT"`,
	Producer: `,"kind":"PRODUCER"`,
	Consumer: `,"kind":"CONSUMER"`,
}

func (e *zipkinJSON) appendTags(b []byte, s *Span) []byte {
	separator := `,"tags":{`
	for i := range s.Attributes {
		a := &s.Attributes[i]
		b = append(b, separator...)
		separator = ","
		b = appendJSONString(b, a.Key)
		b = append(b, ':')
		if a.Type == String {
			b = appendJSONString(b, a.Str)
			continue
		}
		b = append(b, '"')
		b = a.AppendText(b)
		b = append(b, '"')
	}
	for _, tag := range e.tags.extra(s) {
		b = append(b, separator...)
		separator = ","
		b = appendJSONString(b, tag.Key)
		b = append(b, ':')
		b = appendJSONString(b, tag.Str)
	}
	if separator != "," {
		return b
	}
	return append(b, '}')
}

func (e *zipkinJSON) size() int { return len(e.body) + 1 }

func (e *zipkinJSON) finish(dst []byte) []byte {
	if len(e.body) == 0 {
		return append(dst, "[]"...)
	}
	dst = append(dst, e.body...)
	e.body = e.body[:0]
	return append(dst, ']')
}

func appendJSONEndpoint(b []byte, endpoint *Endpoint) []byte {
	separator := byte('{')
	if endpoint.Service != "" {
		b = append(b, `{"serviceName":`...)
		b = appendJSONString(b, endpoint.Service)
		separator = ','
	}
	if endpoint.IP.IsValid() {
		b = append(b, separator)
		b = append(b, `"ipv4":"`...)
		b = endpoint.IP.AppendTo(b)
		b = append(b, '"')
		separator = ','
	}
	if endpoint.Port != 0 {
		b = append(b, separator)
		b = append(b, `"port":`...)
		b = strconv.AppendUint(b, uint64(endpoint.Port), 10)
	}
	return append(b, '}')
}

// appendJSONString quotes a string, which must be UTF-8: all of ours are.
func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		if c < ' ' {
			b = append(b, '\\', 'u', '0', '0', "01"[c>>4], "0123456789abcdef"[c&15])
		} else {
			b = append(b, '\\', c)
		}
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
