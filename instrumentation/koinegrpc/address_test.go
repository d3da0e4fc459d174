package koinegrpc

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/stats"

	"github.com/koine-otel/koine/instrumentation/internal/conform"
)

func tagInfo(method string) *stats.RPCTagInfo { return &stats.RPCTagInfo{FullMethodName: method} }

func TestServerAttributes(t *testing.T) {
	for target, want := range map[string][2]string{
		"dns:///shop.example:443":       {"shop.example", "443"},
		"dns://8.8.8.8/shop.example:53": {"shop.example", "53"},
		"dns:shop:443":                  {"shop", "443"},
		"dns:///[::1]:50051":            {"::1", "50051"},
		"dns:///shop:https":             {"shop:https", ""},
		"passthrough:///bufnet":         {"bufnet", ""},
		"unix:///run/shop.sock":         {"/run/shop.sock", ""},
		"unix:shop.sock":                {"shop.sock", ""},
		"unix-abstract:shop":            {"shop", ""},
		"xds:///shop":                   {"shop", ""},
		"ipv4:10.0.0.1:80,10.0.0.2:80":  {"10.0.0.1:80,10.0.0.2:80", ""},
		"dns://authority":               {"", ""},
		"":                              {"", ""},
	} {
		attrs := serverAttributes(target)
		if got := [2]string{conform.Value(attrs, "server.address"), conform.Value(attrs, "server.port")}; got != want {
			t.Errorf("%q: %q, want %q", target, got, want)
		}
	}
}

func TestCodeName(t *testing.T) {
	for code, want := range map[codes.Code]string{codes.OK: "OK", codes.Canceled: "CANCELLED", codes.Unauthenticated: "UNAUTHENTICATED", 99: "CODE(99)"} {
		if got := codeName(code); got != want {
			t.Errorf("%d: %s", code, got)
		}
	}
}

func BenchmarkKnows(b *testing.B) {
	c := newConfig(nil)
	b.ReportAllocs()
	for b.Loop() {
		if !c.knows("/" + unary) {
			b.Fatal("unknown")
		}
	}
}
