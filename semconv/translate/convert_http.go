package translate

import (
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// method follows http.request.method: the methods of RFC 9110, RFC 5789 and the QUERY
// draft, found without regard to case; any other is _OTHER.
func method(s string) (string, outcome) {
	switch m := strings.ToUpper(s); {
	case m == "":
		return "", absent
	case isKnownMethod(m):
		return m, converted
	default:
		return "_OTHER", converted
	}
}

// methodOriginal is the method as it was sent, where http.request.method does not say
// it.
func methodOriginal(s string) (string, outcome) {
	if isKnownMethod(s) {
		return "", absent
	}
	return some(s)
}

// knownMethod is a method of those, in upper case; another text is none.
func knownMethod(s string) (string, outcome) {
	if !isKnownMethod(s) {
		return "", invalid
	}
	return s, converted
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
	if v.Type == registry.String && v.Str() == "" {
		return Value{}, absent
	}
	n, ok := v.Cast(registry.Int)
	switch {
	case ok && n.Int() == 0:
		return Value{}, absent
	case !ok || n.Int() < 100 || n.Int() > 599:
		return Value{}, invalid
	}
	return n, converted
}

// statusText is a reason phrase that says more than that all went well.
func statusText(s string) (string, outcome) {
	if strings.EqualFold(s, "ok") {
		return "", absent
	}
	return some(s)
}

// protocol reads http.flavor ("1.1", "2.0", "SPDY", "QUIC"), the forms that proxies
// write ("HTTP/1.1") and those of ALPN ("h2"). Major versions from 2 on have no minor.
func protocol(s string) (name, version string, o outcome) {
	if s == "1.1" || s == "2" { // what nearly all say
		return "", s, converted
	}
	rest := s
	if len(s) >= 4 && strings.EqualFold(s[:4], "http") {
		name, rest = "http", strings.TrimPrefix(s[4:], "/")
	}
	switch {
	case s == "":
		return "", "", absent
	case strings.EqualFold(rest, "spdy") || strings.EqualFold(rest, "quic"):
		return strings.ToLower(rest), "", converted
	case len(rest) > 5 && strings.EqualFold(rest[:5], "spdy/"):
		return "spdy", rest[5:], converted
	case strings.EqualFold(rest, "h2") || strings.EqualFold(rest, "h2c") || rest == "2.0":
		return name, "2", converted
	case strings.EqualFold(rest, "h3") || rest == "3.0":
		return name, "3", converted
	case !isVersion(rest):
		return "", "", invalid
	}
	return name, rest, converted
}

// isVersion says whether s is digits, or digits with one dot between them.
func isVersion(s string) bool {
	major, minor, dotted := strings.Cut(s, ".")
	return isDigits(major) && (!dotted || isDigits(minor))
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
