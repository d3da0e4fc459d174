package translate

import (
	"net"
	"net/url"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// outcome is what a conversion made of a source's value.
type outcome uint8

const (
	converted outcome = iota
	// absent: the value is right and says nothing about this target, as a URL without
	// a query says nothing about url.query.
	absent
	// invalid: the value has not the form that its key promises. It stays as it is.
	invalid
)

type conversion func(Value) (Value, outcome)

// conversions by the names that rules use in `as`.
var conversions = map[string]conversion{
	"host":             ofText(hostPart),
	"port":             ofText(portPart),
	"method":           ofText(func(s string) (string, outcome) { return knownMethod(s), converted }),
	"method_original":  ofText(originalMethod),
	"status_code":      statusCode,
	"target.path":      ofText(targetPath),
	"target.query":     ofText(targetQuery),
	"url.full":         ofText(urlFull),
	"url.scheme":       ofURL(func(u *url.URL) string { return u.Scheme }),
	"url.host":         ofURL((*url.URL).Hostname),
	"url.port":         ofURL((*url.URL).Port),
	"url.path":         ofURL((*url.URL).EscapedPath),
	"url.query":        ofURL(func(u *url.URL) string { return u.RawQuery }),
	"url.relative":     ofText(relativePath),
	"protocol.name":    ofText(func(s string) (string, outcome) { name, _ := protocol(s); return some(name) }),
	"protocol.version": ofText(func(s string) (string, outcome) { _, version := protocol(s); return some(version) }),
	"lower":            ofText(func(s string) (string, outcome) { return some(strings.ToLower(s)) }),
	"nonempty":         ofText(some),
	"ip":               ofText(ipAddress),
}

func some(s string) (string, outcome) {
	if s == "" {
		return "", absent
	}
	return s, converted
}

// ofText makes a conversion of one between strings; a value that is no scalar is
// invalid.
func ofText(f func(string) (string, outcome)) conversion {
	return func(v Value) (Value, outcome) {
		s, ok := v.text()
		if !ok {
			return Value{}, invalid
		}
		s, o := f(s)
		return str(s), o
	}
}

// ofURL reads a part of an absolute URL; of a relative one the scheme and host are
// absent. An empty part is absent.
func ofURL(part func(*url.URL) string) conversion {
	return ofText(func(s string) (string, outcome) {
		u, err := url.Parse(s)
		if err != nil {
			return "", invalid
		}
		return some(part(u))
	})
}

// hostPart and portPart split "host", "host:port", "[v6]:port" and a bare IPv6
// address; a port that is not there is absent.
func hostPart(s string) (string, outcome) {
	host, _, ok := splitHostPort(s)
	if !ok {
		return "", invalid
	}
	return some(host)
}

func portPart(s string) (string, outcome) {
	_, port, ok := splitHostPort(s)
	if !ok {
		return "", invalid
	}
	return some(port)
}

func splitHostPort(s string) (host, port string, ok bool) {
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		return s[1 : len(s)-1], "", true
	}
	if !strings.Contains(s, ":") || net.ParseIP(s) != nil {
		return s, "", true
	}
	host, port, err := net.SplitHostPort(s)
	return host, port, err == nil
}

// knownMethod follows http.request.method: the known methods as they are written in
// RFC 9110, RFC 5789 and the QUERY draft, matched without case; else _OTHER.
func knownMethod(s string) string {
	if m := strings.ToUpper(s); isKnownMethod(m) {
		return m
	}
	return "_OTHER"
}

func originalMethod(s string) (string, outcome) {
	if isKnownMethod(s) {
		return "", absent
	}
	return some(s)
}

func isKnownMethod(s string) bool {
	switch s {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY":
		return true
	}
	return false
}

// statusCode reads an HTTP status of 100 to 599. Envoy writes 0 where there was no
// response: that says nothing.
func statusCode(v Value) (Value, outcome) {
	n, ok := v.Cast(registry.Int)
	switch {
	case ok && n.Int == 0:
		return Value{}, absent
	case !ok || n.Int < 100 || n.Int > 599:
		return Value{}, invalid
	}
	return n, converted
}

// targetPath and targetQuery split a request target (RFC 9112 section 3.2): path and
// query, "*", or an absolute URL.
func targetPath(s string) (string, outcome) {
	path, _ := splitTarget(s)
	return some(path)
}

func targetQuery(s string) (string, outcome) {
	_, query := splitTarget(s)
	return some(query)
}

func splitTarget(s string) (path, query string) {
	if i := strings.Index(s, "://"); i >= 0 && !strings.HasPrefix(s, "/") {
		rest := s[i+3:]
		if slash := strings.IndexAny(rest, "/?#"); slash >= 0 {
			s = rest[slash:]
		} else {
			s = "/"
		}
	}
	s, _, _ = strings.Cut(s, "#")
	path, query, _ = strings.Cut(s, "?")
	return path, query
}

// urlFull is an absolute URL without credentials (url.full); a relative one is no
// full URL and left to relativePath.
func urlFull(s string) (string, outcome) {
	i := strings.Index(s, "://")
	if i <= 0 {
		return "", absentIfRelative(s)
	}
	authority := s[i+3:]
	if end := strings.IndexAny(authority, "/?#"); end >= 0 {
		authority = authority[:end]
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		return s[:i+3] + s[i+3+at+1:], converted
	}
	return s, converted
}

func relativePath(s string) (string, outcome) {
	if strings.HasPrefix(s, "/") {
		return targetPath(s)
	}
	return "", absent
}

func absentIfRelative(s string) outcome {
	if s == "" || strings.HasPrefix(s, "/") {
		return absent
	}
	return invalid
}

// protocol reads http.flavor ("1.1", "2.0", "SPDY", "QUIC") and the forms that
// proxies write ("HTTP/1.1"). Major versions from 2 on have no minor.
func protocol(s string) (name, version string) {
	switch upper := strings.ToUpper(s); upper {
	case "SPDY", "QUIC":
		return strings.ToLower(s), ""
	default:
		rest, prefixed := strings.CutPrefix(upper, "HTTP/")
		if prefixed {
			name = "http"
		}
		switch rest {
		case "2.0":
			rest = "2"
		case "3.0":
			rest = "3"
		}
		return name, rest
	}
}

func ipAddress(s string) (string, outcome) {
	if s == "" {
		return "", absent
	}
	if net.ParseIP(s) == nil {
		return "", invalid
	}
	return s, converted
}
