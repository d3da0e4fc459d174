package registry

import (
	"slices"
	"strings"
	"testing"
)

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		key         string
		typ         Type
		stability   Stability
		deprecation Deprecation
		to          string
	}{
		{"http.request.method", String | Enum, Stable, Live, ""},
		{"http.response.status_code", Int, Stable, Live, ""},
		{"http.method", String, Development, Renamed, "http.request.method"},
		{"http.request.header", Strings | Template, Stable, Live, ""},
		{"db.user", String, Development, Obsoleted, ""},
		{"net.sock.family", String | Enum, Development, Uncategorized, ""},
		{"rpc.grpc.status_code", Int | Enum, Development, Uncategorized, ""},
		{"client.address", String, Stable, Live, ""}, // from a definition/2 file
		{"gen_ai.operation.name", String | Enum, Development, Live, ""},
		{"mcp.method.name", String | Enum, Development, Live, ""},
	} {
		a := Lookup(c.key)
		if a == nil {
			t.Errorf("%s: not found", c.key)
			continue
		}
		if a.Type != c.typ || a.Stability != c.stability || a.Deprecation != c.deprecation || a.RenamedTo != c.to {
			t.Errorf("%s: got %+v", c.key, *a)
		}
	}
	for _, key := range []string{"", "http", "http.request.methods", "zzz", "my.own"} {
		if a := Lookup(key); a != nil {
			t.Errorf("%q: found %+v", key, *a)
		}
	}
}

func TestTableIsSortedAndConsistent(t *testing.T) {
	if !slices.IsSortedFunc(attributes[:], func(a, b Attribute) int { return strings.Compare(a.Key, b.Key) }) {
		t.Error("attributes are not sorted by key")
	}
	if n := len(attributes); n < 940 {
		t.Errorf("%d attributes, the registry has 940", n)
	}
	for i := range attributes {
		a := &attributes[i]
		if (a.Type&Enum != 0) != (len(a.Members()) > 0) {
			t.Errorf("%s: type %d with %d members", a.Key, a.Type, len(a.Members()))
		}
		if (a.Deprecation == Renamed) != (a.RenamedTo != "") {
			t.Errorf("%s: deprecation %d renamed to %q", a.Key, a.Deprecation, a.RenamedTo)
		}
		if a.RenamedTo != "" && Lookup(a.RenamedTo) == nil {
			t.Errorf("%s: renamed to the unknown %s", a.Key, a.RenamedTo)
		}
	}
}

func TestMembers(t *testing.T) {
	m := Lookup("http.request.method").Members()
	i := slices.IndexFunc(m, func(m Member) bool { return m.Value == "PATCH" })
	if i < 0 || m[i].Stability != Stable || m[i].ID != "patch" {
		t.Errorf("http.request.method has no PATCH: %+v", m)
	}
	if Lookup("url.full").Members() != nil && len(Lookup("url.full").Members()) != 0 {
		t.Error("url.full is no enum")
	}
}

func TestLookupAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _ = Lookup("http.request.method").Members() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Lookup("messaging.destination.name")
	}
}
