package koinesql

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
)

// placeOf is where a data source is: server.address, server.port and db.namespace. What is of no
// form that it knows for certain gives nothing: passwords stand there.
//
//	postgres://user:pass@host:5432/shop
//	user:pass@tcp(host:3306)/shop?x=y
//	host=db port=5432 user=u password=p dbname=shop
func placeOf(dataSourceName string) []attribute.KeyValue {
	if scheme, _, ok := strings.Cut(dataSourceName, "://"); ok && isWord(scheme) {
		return placeOfURL(dataSourceName)
	}
	if place := placeOfMySQL(dataSourceName); place != nil {
		return place
	}
	return placeOfPairs(dataSourceName)
}

func placeOfURL(s string) []attribute.KeyValue {
	u, err := url.Parse(s)
	if err != nil {
		return nil // the error has the password
	}
	namespace := strings.Trim(u.Path, "/")
	if u.Scheme == "sqlserver" {
		namespace = u.Query().Get("database") // the path is the instance
	}
	return place(u.Hostname(), u.Port(), namespace)
}

// placeOfMySQL reads [user[:password]@]protocol(address)/database[?options]. A password may hold
// any of these signs, so the last @ counts.
func placeOfMySQL(s string) []attribute.KeyValue {
	s = s[strings.LastIndexByte(s, '@')+1:]
	protocol, rest, ok := strings.Cut(s, "(")
	if !ok || !isWord(protocol) {
		return nil
	}
	address, rest, ok := strings.Cut(rest, ")/")
	if !ok {
		return nil
	}
	namespace, _, _ := strings.Cut(rest, "?")
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = address, ""
	}
	return place(host, port, namespace)
}

// placeOfPairs reads key=value pairs, of which a value may be in quotes.
func placeOfPairs(s string) []attribute.KeyValue {
	pairs := map[string]string{}
	for {
		s = strings.TrimLeft(s, " \t\n")
		if s == "" {
			return place(pairs["host"], pairs["port"], pairs["dbname"])
		}
		key, rest, ok := strings.Cut(s, "=")
		key, rest = strings.TrimSpace(key), strings.TrimLeft(rest, " ")
		if !ok || !isWord(key) {
			return nil
		}
		pairs[key], s = cutValue(rest)
	}
}

// cutValue cuts a value off, in quotes or up to a blank, with a backslash before what is meant
// as it stands.
func cutValue(s string) (value, rest string) {
	quoted := strings.HasPrefix(s, "'")
	if quoted {
		s = s[1:]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case quoted && c == '\'':
			return b.String(), s[i+1:]
		case !quoted && (c == ' ' || c == '\t' || c == '\n'):
			return b.String(), s[i:]
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

func place(host, port, namespace string) []attribute.KeyValue {
	var attrs []attribute.KeyValue
	if host != "" {
		attrs = append(attrs, semconv.ServerAddress(host))
		if n, err := strconv.Atoi(port); err == nil {
			attrs = append(attrs, semconv.ServerPort(n))
		}
	}
	if namespace != "" {
		attrs = append(attrs, semconv.DBNamespace(namespace))
	}
	return attrs
}

func isWord(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '+' {
			return false
		}
	}
	return s != ""
}
