package translate

import "strings"

// parts are those of an absolute URL (RFC 3986 section 3), all cut from the one text:
// the query without ?, the host without brackets, userinfo and fragment left out.
type parts struct {
	scheme, host, port, path, query string
}

// splitURL reads an absolute URL.
func splitURL(s string) (parts, bool) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !isScheme(scheme) || hasControl(s) {
		return parts{}, false
	}
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	host, port, o := hostPort(authority)
	if o == invalid {
		return parts{}, false
	}
	t := splitTarget(tail)
	return parts{scheme, host, port, t.path, t.query}, true
}

// ofURL reads a part of a URL. Of a relative one, which is what servers see of it,
// there are path and query only. An empty part is absent.
func ofURL(part func(parts) string) conversion {
	return ofText(func(s string) (string, outcome) {
		if isRelative(s) {
			t := splitTarget(s)
			return some(part(parts{path: t.path, query: t.query}))
		}
		u, ok := splitURL(s)
		if !ok {
			return "", invalid
		}
		return some(part(u))
	})
}

// urlFull is an absolute URL without credentials (url.full). A relative one is no full
// URL, and left to ofRelative.
func urlFull(s string) (string, outcome) {
	if isRelative(s) {
		return "", absent
	}
	if _, ok := splitURL(s); !ok {
		return "", invalid
	}
	start := strings.Index(s, "://") + 3
	authority := s[start:]
	if end := strings.IndexAny(authority, "/?#"); end >= 0 {
		authority = authority[:end]
	}
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		return s[:start] + s[start+at+1:], converted
	}
	return s, converted
}

// ofRelative reads a part of a URL that is relative; an absolute one says nothing here.
func ofRelative(part func(requestTarget) string) conversion {
	return ofText(func(s string) (string, outcome) {
		if !isRelative(s) {
			return "", absent
		}
		return some(part(splitTarget(s)))
	})
}

// requestTarget is a request target (RFC 9112 section 3.2) without its fragment.
type requestTarget struct{ path, query string }

// ofTarget reads a part of a request target: a path with or without a query, "*", or
// an absolute URL. The target of CONNECT is a host and a port, which have no path.
func ofTarget(part func(requestTarget) string) conversion {
	return ofText(func(s string) (string, outcome) {
		if !isRelative(s) {
			if u, ok := splitURL(s); ok {
				return some(part(requestTarget{u.path, u.query}))
			}
			if _, port, o := hostPort(s); o == converted && port != "" {
				return "", invalid
			}
		}
		return some(part(splitTarget(s)))
	})
}

func splitTarget(s string) requestTarget {
	s, _, _ = strings.Cut(s, "#")
	path, query, _ := strings.Cut(s, "?")
	return requestTarget{path, query}
}

// isRelative says whether s is a URL without scheme and host, as RFC 9112's targets
// are.
func isRelative(s string) bool {
	return s == "" || s[0] == '/' || s[0] == '?' || s[0] == '#' || s == "*"
}

// isScheme follows RFC 3986 section 3.1.
func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(s[i]))) {
			return false
		}
	}
	return s != ""
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f {
			return true
		}
	}
	return false
}
