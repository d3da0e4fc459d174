package translate

import "strings"

// parts are those of an absolute URL (RFC 3986 section 3), all cut from the one text:
// the query without ?, the host without brackets, userinfo and fragment left out.
type parts struct {
	scheme, host, port, path, query string
}

// splitURL reads an absolute URL.
func splitURL(s string) (parts, bool) {
	a, ok := absolute(s)
	if !ok {
		return parts{}, false
	}
	host, port, o := hostPort(s[a.host:a.end])
	if o == invalid {
		return parts{}, false
	}
	t := splitTarget(s[a.end:])
	return parts{s[:a.scheme], host, port, t.path, t.query}, true
}

// places are where parts of an absolute URL end or begin: the scheme ends, the authority
// begins, its host does, it ends.
type places struct{ scheme, authority, host, end int }

// absolute finds the parts of an absolute URL in one pass: clients have one a span.
func absolute(s string) (p places, ok bool) {
	p.scheme = strings.Index(s, "://")
	if p.scheme < 0 || !isScheme(s[:p.scheme]) {
		return p, false
	}
	p.authority = p.scheme + len("://")
	p.host, p.end = p.authority, len(s)
	i := p.authority
authority:
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == '@':
			p.host = i + 1
		case c == '/' || c == '?' || c == '#':
			p.end = i
			break authority
		case isControl(c):
			return p, false
		}
	}
	for ; i < len(s); i++ {
		if isControl(s[i]) {
			return p, false
		}
	}
	return p, true
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
	a, ok := absolute(s)
	if !ok {
		return "", invalid
	}
	if _, _, o := hostPort(s[a.host:a.end]); o == invalid {
		return "", invalid
	}
	if a.host > a.authority {
		return s[:a.authority] + s[a.host:], converted
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

func isControl(c byte) bool { return c < 0x20 || c == 0x7f }
