package translate

import "strings"

// connectionString finds the host and port in what drivers take to connect: URLs, also
// of JDBC, Oracle's thin driver, Go's MySQL driver, and key=value lists of ADO.NET and
// libpq. Of several hosts it is the first. Nothing else is read, so credentials go no
// further.
func connectionString(s string) (host, port string, o outcome) {
	if s == "" {
		return "", "", absent
	}
	s = strings.TrimPrefix(s, "jdbc:")
	address, ok := connectionAddress(s)
	if !ok {
		return keyed(s)
	}
	first, _, _ := strings.Cut(address, ",")
	host, port, o = hostPort(first)
	if o != converted || host == "" {
		return "", "", invalid
	}
	return host, port, converted
}

// connectionAddress is the part of a connection string that names hosts and ports.
func connectionAddress(s string) (string, bool) {
	if i := strings.Index(s, "://"); i >= 0 {
		return authority(s[i+3:]), true
	}
	if i := strings.Index(s, "(DESCRIPTION"); i >= 0 {
		return "", false // Oracle's net service syntax names hosts in a tree
	}
	if _, rest, ok := strings.Cut(s, "@tcp("); ok {
		address, _, ok := strings.Cut(rest, ")")
		return address, ok
	}
	if _, rest, ok := strings.Cut(s, ":thin:"); ok {
		return thin(rest)
	}
	return "", false
}

func authority(s string) string {
	if end := strings.IndexAny(s, "/?#;\\"); end >= 0 {
		s = s[:end]
	}
	return s[strings.LastIndexByte(s, '@')+1:]
}

// thin reads user/password@//host:port/service and user/password@host:port:sid.
func thin(s string) (string, bool) {
	_, s, ok := strings.Cut(s, "@")
	if rest, slashes := strings.CutPrefix(s, "//"); slashes {
		return authority(rest), ok
	}
	host, rest, _ := strings.Cut(s, ":")
	port, _, _ := strings.Cut(rest, ":")
	return s[:min(len(s), len(host)+1+len(port))], ok
}

// keyed reads Server=tcp:shop,1433;User=x and host=shop port=5432.
func keyed(s string) (host, port string, o outcome) {
	separator := byte(';')
	if !strings.Contains(s, ";") {
		separator = ' '
	}
	for s != "" {
		pair := s
		if end := strings.IndexByte(s, separator); end >= 0 {
			pair, s = s[:end], s[end+1:]
		} else {
			s = ""
		}
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case isHostKey(key) && host == "":
			host, port = serverValue(value, port)
		case strings.EqualFold(key, "port") && port == "":
			port = value
		}
	}
	if host == "" || strings.ContainsAny(host, "()/@,'\"") || port != "" && !isPort(port) {
		return "", "", invalid
	}
	return host, port, converted
}

func isHostKey(key string) bool {
	for _, known := range [...]string{"server", "data source", "host", "hostname", "addr", "address", "network address"} {
		if strings.EqualFold(key, known) {
			return true
		}
	}
	return false
}

// serverValue reads SQL Server's tcp:host\instance,port, or a host with a port.
func serverValue(value, port string) (string, string) {
	value = strings.TrimPrefix(value, "tcp:")
	value, after, comma := strings.Cut(value, ",")
	value, _, _ = strings.Cut(value, "\\")
	if comma {
		return value, strings.TrimSpace(after)
	}
	if h, p, o := hostPort(value); o == converted && p != "" {
		return h, p
	}
	return value, port
}
