package tree

import (
	"cmp"
	"strings"
)

// conflicts reports whether both have a field and differ in it (Trace.EndpointTracker).
func (e *Endpoint) conflicts(o *Endpoint) bool {
	return differ(e.Port, o.Port) || differ(e.IPv4, o.IPv4) || differ(e.IPv6, o.IPv6) || differ(e.Service, o.Service)
}

func differ[T comparable](a, b T) bool {
	var unknown T
	return a != b && a != unknown && b != unknown
}

// fill takes what is not known yet.
func (e *Endpoint) fill(o *Endpoint) {
	e.Service = cmp.Or(e.Service, o.Service)
	e.IPv4 = cmp.Or(e.IPv4, o.IPv4)
	e.IPv6 = cmp.Or(e.IPv6, o.IPv6)
	e.Port = cmp.Or(e.Port, o.Port)
}

// same reports whether two spans are of one process, as SpanNode does to find a child's parent,
// but for what one of them does not know: their service is the same, or none has one and
// an address is, and nothing conflicts.
func (e *Endpoint) same(o *Endpoint) bool {
	if e.Service != o.Service || e.conflicts(o) {
		return false
	}
	return e.Service != "" ||
		e.IPv4.IsValid() && e.IPv4 == o.IPv4 ||
		e.IPv6.IsValid() && e.IPv6 == o.IPv6
}

// compare puts first what knows nothing, then orders by field, what does not know it last
// (Trace.compareEndpoint; the port is ours, so that the order is one).
func (e *Endpoint) compare(o *Endpoint) int {
	return cmp.Or(
		falseFirst(*e != Endpoint{}, *o != Endpoint{}),
		falseFirst(e.Service == "", o.Service == ""), strings.Compare(e.Service, o.Service),
		falseFirst(!e.IPv4.IsValid(), !o.IPv4.IsValid()), e.IPv4.Compare(o.IPv4),
		falseFirst(!e.IPv6.IsValid(), !o.IPv6.IsValid()), e.IPv6.Compare(o.IPv6),
		falseFirst(e.Port == 0, o.Port == 0), cmp.Compare(e.Port, o.Port),
	)
}
