package translate

import "strings"

// parts are those of an absolute URL (RFC 3986 section 3), all cut from the one text:
// the query without ?, the host without brackets, userinfo and fragment left out.
type parts struct {
	scheme, host, port, path, query string
}

// splitURL reads an absolute URL.
func splitURL(s string) (parts, bool) {
	c, ok := cutURL(s)
	if !ok {
		return parts{}, false
	}
	host, port, o := hostPort(s[c.host:c.end])
	if o == invalid {
		return parts{}, false
	}
	t := splitTarget(s[c.end:])
	return parts{s[:c.scheme], host, port, t.path, t.query}, true
}

// cuts are where parts of an absolute URL end or begin: the scheme ends, the authority
// begins, its host does, it ends.
type cuts struct{ scheme, authority, host, end int }

// cutURL finds the parts of an absolute URL in one pass: clients have one a span.
func cutURL(s string) (c cuts, ok bool) {
	c.scheme = strings.Index(s, "://")
	if c.scheme < 0 || !isScheme(s[:c.scheme]) {
		return c, false
	}
	c.authority = c.scheme + len("://")
	c.host, c.end = c.authority, len(s)
	i := c.authority
authority:
	for ; i < len(s); i++ {
		switch b := s[i]; {
		case b == '@':
			c.host = i + 1
		case b == '/' || b == '?' || b == '#':
			c.end = i
			break authority
		case isControl(b):
			return c, false
		}
	}
	for ; i < len(s); i++ {
		if isControl(s[i]) {
			return c, false
		}
	}
	return c, true
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
	c, ok := cutURL(s)
	if !ok {
		return "", invalid
	}
	if _, _, o := hostPort(s[c.host:c.end]); o == invalid {
		return "", invalid
	}
	if c.host > c.authority {
		return s[:c.authority] + s[c.host:], converted
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
