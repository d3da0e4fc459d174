package tracegen

import (
	"fmt"
	"strings"
)

// A shape is what all spans of one side of one call have in common. Making a span is
// then to copy its fields and to fill in what differs.
type shape struct {
	service int
	kind    Kind
	scope   Scope
	name    string
	// ok and failed are the attributes of a successful and of a failed call.
	ok, failed []field
	// message describes a failure.
	message string
	remote  Endpoint
	// calledFrom: the remote port is the caller's, another one on each connection.
	calledFrom bool
}

// A field is an attribute with at most one part that differs between spans.
type field struct {
	Attribute // Str is what precedes the part
	part      part
	suffix    string
}

// part is what differs between spans.
type part uint8

const (
	nothing part = iota
	item         // one product a request
	user         // one user a request
	order        // one order a request
	query        // one search a request
	port         // of the caller's connection
	size         // of a body, in bytes
	offset       // of a message in its partition
	ratio        // between 0 and 1, a Double
	parts
)

var partNames = [parts]string{item: "{item}", user: "{user}", order: "{order}", query: "{query}"}

// text is a string that may have one of {item}, {user}, {order} and {query}.
func text(key, template string) field {
	for p, name := range partNames {
		if before, after, found := strings.Cut(template, name); name != "" && found {
			return field{Attribute: Attribute{Key: key, Str: before}, part: part(p), suffix: after}
		}
	}
	if strings.Contains(template, "{") {
		panic(fmt.Sprintf("%s %q: unknown part", key, template))
	}
	return field{Attribute: Attribute{Key: key, Str: template}}
}

// fixed is a string as it stands.
func fixed(key, value string) field { return field{Attribute: Attribute{Key: key, Str: value}} }

func number[N int | uint16](key string, n N) field {
	return field{Attribute: Attribute{Key: key, Type: Int, Num: int64(n)}}
}

// varying is a number that differs between spans.
func varying(key string, p part) field {
	if p == ratio {
		return field{Attribute: Attribute{Key: key, Type: Double}, part: p}
	}
	return field{Attribute: Attribute{Key: key, Type: Int}, part: p}
}

func truth(key string, is bool) field {
	f := field{Attribute: Attribute{Key: key, Type: Bool}}
	if is {
		f.Num = 1
	}
	return f
}
