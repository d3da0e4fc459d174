package tree

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Ids must never change: what was resolved before, and elsewhere, has them.
func TestIDsStay(t *testing.T) {
	const trace, id = 0x48485a3953bb6124, 0xa2fb4a1d1a96d312
	for _, tc := range []struct {
		endpoint       Endpoint
		server, client uint64
	}{
		{Endpoint{}, 0x74c8c1caa7ddaba8, 0xcde5786f0271db85},
		{Endpoint{Service: "shop"}, 0xf864a0fe5cce47f6, 0x280ac7d8ccce7cf0},
		{Endpoint{IPv4: ip("10.0.0.2")}, 0x7e9cf40b91ffede0, 0xc192de5ff098616d},
		{Endpoint{Service: "shop", IPv4: ip("10.0.0.2"), IPv6: ip("2001:db8::2"), Port: 8080}, 0x43775c70337cec0e, 0xc4d7d16283e2bb64},
	} {
		assert.Equal(t, tc.server, ServerID(trace, id, tc.endpoint), "%+v: %#x", tc.endpoint, ServerID(trace, id, tc.endpoint))
		assert.Equal(t, tc.client, ClientID(trace, id, tc.endpoint), "%+v: %#x", tc.endpoint, ClientID(trace, id, tc.endpoint))
	}
}

func TestIDsDiffer(t *testing.T) {
	seen := map[uint64]string{}
	add := func(what string, id uint64) {
		assert.NotZero(t, id)
		assert.Empty(t, seen[id], what)
		seen[id] = what
	}
	add("server", ServerID(1, 2, Endpoint{}))
	add("client", ClientID(1, 2, Endpoint{}))
	add("trace", ServerID(3, 2, Endpoint{}))
	add("span", ServerID(1, 3, Endpoint{}))
	add("service", ServerID(1, 2, Endpoint{Service: "a"}))
	add("IPv4", ServerID(1, 2, Endpoint{IPv4: ip("0.0.0.0")}))
	add("IPv6", ServerID(1, 2, Endpoint{IPv6: ip("::")}))
	add("port", ServerID(1, 2, Endpoint{Port: 1}))
	add("a long service", ServerID(1, 2, Endpoint{Service: string(make([]byte, 1000))}))
}
