package translate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/koine-otel/koine/semconv/registry"
)

// TestArrangedAgainstPlanned: what an arrangement knows of keys in one order, and its soles
// of values, gives what the plan gives, the first time and when it is remembered.
func TestArrangedAgainstPlanned(t *testing.T) {
	values := []Value{
		StringValue("GET"), StringValue("get"), StringValue("purge"), StringValue(""), StringValue("200"), StringValue("https://user@shop:8443/a?b=c"),
		StringValue("/a?b=c"), StringValue("postgresql"), StringValue("mssql"), StringValue("ip_tcp"), StringValue("1.1"), StringValue("UNKNOWN"), StringValue("AmazonSQS"),
		StringValue("a name with more than forty-eight bytes, which nobody is to remember"),
		IntValue(200), IntValue(8443), IntValue(99999), IntValue(-1), DoubleValue(200), DoubleValue(0.5), BoolValue(true), ListValue([]string{"a"}), {Type: registry.Ints}, {},
	}
	keys := []string{
		"http.method", "http.url", "http.target", "http.scheme", "http.status_code", "http.flavor", "http.route", "http.request.method", "net.peer.name", "net.peer.port",
		"net.sock.peer.addr", "net.transport", "db.system", "db.redis.database_index", "messaging.system", "messaging.operation", "messaging.kafka.destination.partition",
		"rpc.system", "rpc.grpc.status_code", "rpc.service", "rpc.method", "server.port", "url.path", "error", "otel.status_code", "own",
	}
	for _, o := range []Options{{}, {KeepOld: true}, {OldWins: true}} {
		arranged, planned := New(o, Embedded()...), New(o, Embedded()...)
		planned.arrangements.limit = 0 // nothing is small enough to be remembered
		rng := rand.New(rand.NewPCG(7, 8))
		var a, p Result
		for n := range 400 {
			rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
			in := &Input{Keys: keys[:1+rng.IntN(12)], Place: []Place{Server, Client, Producer, Consumer, Internal, Point, Event}[n%7]}
			in.Values = make([]Value, len(in.Keys))
			for range 24 {
				for i := range in.Values {
					if in.Values[i].Type == registry.Any || rng.IntN(4) == 0 {
						in.Values[i] = values[rng.IntN(len(values))]
					}
				}
				planned.Translate(in, &p)
				arranged.Translate(in, &a)
				if got, want := appliedTo(in, &a), appliedTo(in, &p); got != want {
					t.Fatalf("%v: %v\nplanned:  %s\narranged: %s", in.Keys, in.Values, want, got)
				}
			}
		}
		remembered := 0
		for i := range arranged.arrangements.slots {
			if x := arranged.arrangements.slots[i].Load(); x != nil {
				for j := range x.soles {
					for k := range x.soles[j].known {
						if x.soles[j].known[k].Load() != nil {
							remembered++
						}
					}
				}
			}
		}
		if remembered < 500 {
			t.Errorf("%d effects are remembered", remembered)
		}
		if n := planned.arrangements.bytes.Load(); n != 0 {
			t.Errorf("the oracle has arrangements of %d bytes", n)
		}
	}
}

// appliedTo is what a result comes to, whichever way it says it.
func appliedTo(in *Input, r *Result) string {
	var a attributes
	for i, key := range in.Keys {
		a = append(a, attribute{key, in.Values[i]})
	}
	var rules []int32
	for _, n := range r.Renames {
		rules = append(rules, n.Rule)
	}
	for i := range r.Edits {
		rules = append(rules, r.Edits[i].Rule)
	}
	slices.Sort(rules)
	text := fmt.Sprint(a.apply(r), rules, r.Invalid, r.Conflicts, r.Duplicates)
	for _, f := range r.Fields {
		text += fmt.Sprint(" ", f.Field, f.Value.Str(), f.Rule)
	}
	return text
}

// TestSoleRemembersCopies: an effect that is remembered costs nothing again, and does not
// keep the bytes of the request that it came with.
func TestSoleRemembersCopies(t *testing.T) {
	table := New(Options{}, Embedded()...)
	body := []byte("GET1.1")
	attrs := func(s string) *Input {
		return of("http.method", s[:3], "http.flavor", s[3:], "db.redis.database_index", 1).input(Client)
	}
	var r Result
	for range 3 {
		table.Translate(attrs(unsafe.String(&body[0], len(body))), &r)
	}
	copy(body, "PUT2.0")
	in := attrs("GET1.1")
	if n := testing.AllocsPerRun(100, func() { table.Translate(in, &r) }); n > 0 {
		t.Errorf("%v allocations: the number's text is not remembered", n)
	}
	if got, want := appliedTo(in, &r), `db.namespace="1" http.request.method="GET" network.protocol.version="1.1"`; !strings.HasPrefix(got, want) {
		t.Errorf("%s", got)
	}
}
