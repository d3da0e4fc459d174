package translate

import (
	"encoding/binary"
	"math"
	"net/netip"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// hostPort splits "host", "host:port", "[v6]:port", "[v6]" and a bare IPv6 address; a
// port that is not there, or 0, is empty.
func hostPort(s string) (host, port string, o outcome) {
	host = s
	switch colon := strings.LastIndexByte(s, ':'); {
	case strings.HasPrefix(s, "["):
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", "", invalid
		}
		host, port = s[1:end], s[end+1:]
		if port != "" && port[0] != ':' || strings.ContainsAny(host, "[]") {
			return "", "", invalid
		}
		port = strings.TrimPrefix(port, ":")
	case colon >= 0 && strings.IndexByte(s, ':') == colon:
		host, port = s[:colon], s[colon+1:]
	case colon >= 0 && !isIP(s):
		return "", "", invalid
	}
	if !isHostText(host) || port != "" && !isPort(port) {
		return "", "", invalid
	}
	if isZero(port) {
		port = ""
	}
	return host, port, converted
}

// isHostText says whether no byte is one that ends a host, or stands before it.
func isHostText(s string) bool {
	for i := range len(s) {
		if c := s[i]; c == '/' || c == '@' || c == ' ' {
			return false
		}
	}
	return true
}

// isZero says whether s is nothing but zeros, or nothing.
func isZero(s string) bool {
	for i := range len(s) {
		if s[i] != '0' {
			return false
		}
	}
	return true
}

// portOnly is a port on its own. Zipkin's libraries write 0 for one they do not know.
func portOnly(s string) (string, outcome) {
	switch {
	case isZero(s):
		return "", absent
	case !isPort(s):
		return "", invalid
	}
	return s, converted
}

func isPort(s string) bool {
	if len(s) > 5 || !isDigits(s) {
		return false
	}
	n := 0
	for i := range len(s) {
		n = 10*n + int(s[i]-'0')
	}
	return n <= math.MaxUint16
}

// ipAddress is an address in its canonical form. Jaeger's clients write IPv4 addresses
// as numbers of 32 bits, signed or not.
func ipAddress(v Value) (Value, outcome) {
	if v.Type == registry.Int {
		if n := v.Int(); n >= math.MinInt32 && n <= math.MaxUint32 {
			return StringValue(dottedQuad(uint32(n))), converted
		}
		return Value{}, invalid
	}
	s, ok := v.text()
	switch {
	case ok && s == "":
		return Value{}, absent
	case !ok || !isIP(s):
		return Value{}, invalid
	}
	return StringValue(canonicalIP(s)), converted
}

func dottedQuad(n uint32) string {
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, n))).String()
}

// isIP says whether s is an IP address. Most texts that are none are told by their
// letters, without the error that a parser would make.
func isIP(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c == ':':
			_, err := netip.ParseAddr(s)
			return err == nil
		case c != '.' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f'):
			return false
		}
	}
	_, err := netip.ParseAddr(s)
	return err == nil
}

// canonicalIP writes an address that isIP in the form of RFC 5952; most are.
func canonicalIP(s string) string {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return s
	}
	var buffer [64]byte
	if canonical := a.AppendTo(buffer[:0]); string(canonical) != s {
		return string(canonical)
	}
	return s
}

// firstHop is the client in a list of proxies, as X-Forwarded-For has it.
func firstHop(s string) (string, outcome) {
	first, _, _ := strings.Cut(s, ",")
	return some(strings.TrimSpace(first))
}

// peer is what OpenTracing's peer.address names: an address or a host, and a port.
type peer struct{ ip, host, port string }

// ipPort and hostPort are the port as the address's and as the host's.
func (p peer) ipPort() string {
	if p.ip == "" {
		return ""
	}
	return p.port
}

func (p peer) hostPort() string {
	if p.host == "" {
		return ""
	}
	return p.port
}

// splitPeer reads "ip:port", "host", and what follows the scheme of a URL or a JDBC
// URL.
func splitPeer(s string) (peer, outcome) {
	if s == "" {
		return peer{}, absent
	}
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
		if end := strings.IndexAny(s, "/?#;"); end >= 0 {
			s = s[:end]
		}
		s = s[strings.LastIndexByte(s, '@')+1:]
	}
	// Java writes a socket's address without a name as /10.0.0.1:80.
	host, port, o := hostPort(strings.TrimPrefix(s, "/"))
	switch {
	case o != converted || host == "":
		return peer{}, invalid
	case isIP(host):
		return peer{ip: canonicalIP(host), port: port}, converted
	}
	return peer{host: host, port: port}, converted
}

func ofPeer(part func(peer) string) conversion {
	return ofText(func(s string) (string, outcome) {
		p, o := splitPeer(s)
		return partOf(part(p), o)
	})
}

// ofSocket is ofPeer where a name is of no use: it stays.
func ofSocket(part func(peer) string) conversion {
	return ofText(func(s string) (string, outcome) {
		p, o := splitPeer(s)
		if o == converted && p.ip == "" {
			return "", invalid
		}
		return partOf(part(p), o)
	})
}

// ports are attributes whose numbers are TCP's and UDP's.
var ports = map[string]bool{
	"server.port": true, "client.port": true, "network.peer.port": true, "network.local.port": true,
	"server.socket.port": true, "client.socket.port": true, "source.port": true, "destination.port": true,
}

// isPort says whether an int is a port, and not -1 or 0 of an address that nobody knew.
func (v *Value) isPort() bool { return v.Int() >= 1 && v.Int() <= math.MaxUint16 }
