package semconv

import (
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/registry/weaver"
	"github.com/koine-otel/koine/semconv/translate"
)

func TestOwnSpanTypes(t *testing.T) {
	r, err := weaver.Load("testdata/acme")
	if err != nil {
		t.Fatal(err)
	}
	judge := NewJudge(r, translate.New(translate.Options{Registry: r}, translate.Embedded()...))
	for _, c := range []struct {
		name       string
		kind       translate.Place
		attributes string
		convention string
		want       string
	}{
		// All that tells is there, what others have too is asked for.
		{"place", translate.Internal, "acme.order.channel acme.payment.provider acme.order.id acme.label.x", "acme.order.place.internal", "missing acme.tenant.id;"},
		{"place", translate.Internal, "acme.order.channel acme.payment.provider", "acme.order.place.internal", "missing acme.label;missing acme.order.id;missing acme.tenant.id;"},
		{"place", translate.Internal, "acme.order.channel acme.payment.provider acme.order.id acme.label.x acme.tenant.id", "acme.order.place.internal", ""},
		// The narrower one wins.
		{"place", translate.Internal, "acme.order.channel acme.payment.provider acme.order.id acme.label.x acme.order.express", "acme.order.place.express.internal", "missing acme.tenant.id;"},
		// Context that others carry about makes no span one of them.
		{"mail", translate.Internal, "acme.order.id", "", ""},
		{"mail", translate.Internal, "acme.order.channel acme.order.id acme.tenant.id", "", ""},
		{"mail", translate.Internal, "acme.order.express", "", ""},
		{"mail", translate.Internal, "acme.refund.reason", "", ""},
		{"mail", translate.Producer, "acme.order.channel acme.payment.provider", "", ""},
		{"mail", translate.Server, "acme.order.channel", "", ""},
		// By its name, whatever it lacks, and whatever its kind.
		{"acme.refund", translate.Internal, "", "acme.refund.internal", "missing acme.refund.reason;"},
		{"acme.refund.internal", translate.Internal, "acme.refund.reason", "acme.refund.internal", ""},
		{"acme.refund", translate.Server, "acme.refund.reason", "acme.refund.internal", "kind  (SERVER, want INTERNAL);"},
		{"acme.wire", translate.Client, "server.address", "acme.wire.client", "missing acme.wire.method;"},
		{"acme.wire", translate.Server, "client.address", "acme.wire.server", "missing acme.wire.method;"},
		{"acme.wire", translate.Internal, "acme.wire.method", "", ""}, // of one of two
		// Both sides of a call have the same attribute: the kind tells.
		{"a", translate.Client, "acme.wire.method", "acme.wire.client", "missing server.address;"},
		{"a", translate.Server, "acme.wire.method", "acme.wire.server", "missing client.address;"},
		{"a", translate.Client, "acme.wire.method net.peer.name", "acme.wire.client", ""},
		{"a", translate.Internal, "acme.wire.method", "", ""},
		// All of two types: nobody knows which.
		{"a", translate.Client, "acme.wire.method acme.payment.provider", "", ""},
		// OpenTelemetry's own stay what they are, but for types that are of them.
		{"GET", translate.Server, "http.request.method url.scheme url.path acme.wire.method", "http.server", ""},
		{"GET", translate.Server, "http.request.method url.scheme url.path acme.payment.provider", "acme.checkout.server", ""},
		{"GET", translate.Server, "http.request.method acme.payment.provider", "acme.checkout.server", "missing url.path;missing url.scheme;"},
		{"GET", translate.Server, "http.request.method url.scheme url.path", "http.server", ""},
		{"pay", translate.Server, "acme.payment.provider", "", ""},
		{"SELECT", translate.Client, "db.system.name acme.payment.provider", "db.client", ""},
	} {
		attributes := map[string]string{}
		for _, key := range strings.Fields(c.attributes) {
			attributes[key] = "x"
		}
		s := spanOf(c.name, c.kind, attributes)
		problems, convention := judge.SpanOf(s)
		got := ""
		if convention != nil {
			got = convention.ID
		}
		if got != c.convention {
			t.Errorf("%s with %s: convention %q, want %q", c.name, c.attributes, got, c.convention)
		}
		if got := describe(problems); got != c.want {
			t.Errorf("%s with %s: got %q, want %q", c.name, c.attributes, got, c.want)
		}
	}
	if types := Default().types(); len(types) != 0 {
		t.Errorf("OpenTelemetry's own: %v", types)
	}
}
