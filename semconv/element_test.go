package semconv

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

// TestElement: an element's attributes are judged as each of them is among the others.
func TestElement(t *testing.T) {
	judge, random := Default(), rand.New(rand.NewPCG(1, 2))
	places := []translate.Place{translate.Resource, translate.Scope, translate.Internal, translate.Server, translate.Client, translate.Producer, translate.Consumer, translate.Event, translate.Link, translate.Point, translate.Record}
	metrics := registry.Default().Metrics()
	var r translate.Result
	wrong := 0
	for range 5000 {
		in := translate.Input{Place: places[random.IntN(len(places))], Name: []string{"", "exception", "log"}[random.IntN(3)], Language: "go", Scope: "a/b"}
		for range random.IntN(12) {
			in.Keys, in.Values = append(in.Keys, someKey(random)), append(in.Values, someValue(random))
		}
		var metric *Metric
		if in.Place == translate.Point && random.IntN(4) > 0 {
			m := &metrics[random.IntN(len(metrics))]
			metric = &Metric{Name: m.Name, Unit: &m.Unit, OnWire: true}
		}
		judge.Translate(&in, metric, &r)
		got := judge.Element(&in, metric, &r)
		for i, key := range in.Keys {
			want := judge.Attribute(Attribute{Key: key, Value: in.Values[i], Place: in.Place, Metric: metric, Among: &in})
			if wrong += len(want); !reflect.DeepEqual(got[i], want) {
				t.Fatalf("%s of %v at %d: got %v, want %v", key, in.Keys, in.Place, got[i], want)
			}
		}
	}
	if wrong < 1000 {
		t.Errorf("only %d problems: this tests nothing", wrong)
	}
}

// TestElementOfManyKeys: keys that come twice count as they came first, however many there are.
func TestElementOfManyKeys(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	in := translate.Input{Place: translate.Client}
	for range 3 * few {
		in.Keys, in.Values = append(in.Keys, someKey(random)), append(in.Values, someValue(random))
	}
	var r translate.Result
	Default().Translate(&in, nil, &r)
	for i, got := range Default().Element(&in, nil, &r) {
		if want := Default().Attribute(Attribute{Key: in.Keys[i], Value: in.Values[i], Among: &in}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", in.Keys[i], got, want)
		}
	}
}

// someKey is one that means something, more or less often.
func someKey(random *rand.Rand) string {
	all := registry.Default().Attributes()
	switch random.IntN(8) {
	case 0:
		return []string{"myKey", "order.id", "http.nonsense", "db.system.nonsense", "a..b", "status", "state", "Order-ID"}[random.IntN(8)]
	case 1, 2, 3:
		return []string{
			"http.url", "http.method", "http.status_code", "http.target", "http.host", "http.scheme", "http.flavor", "net.peer.name", "net.peer.port", "net.sock.peer.addr",
			"db.system", "db.statement", "db.name", "db.operation", "rpc.system", "rpc.service", "rpc.method", "rpc.grpc.status_code", "messaging.operation", "messaging.destination",
			"peer.service", "peer.address", "error", "otel.status_code", "span.kind", "component", "exception.type", "code.function", "code.namespace", "deployment.environment",
		}[random.IntN(30)]
	default:
		return all[random.IntN(len(all))].Key
	}
}

func someValue(random *rand.Rand) translate.Value {
	switch random.IntN(10) {
	case 0:
		return translate.IntValue(int64(random.IntN(600)))
	case 1:
		return translate.BoolValue(true)
	case 2:
		return translate.DoubleValue(0.5)
	case 3:
		return translate.ListValue([]string{"a"})
	case 4:
		return translate.Value{}
	default:
		texts := []string{"", "x", "GET", "get", "200", "OK", "true", "https://a.example:8443/b?c=d", "192.0.2.1", "192.0.2.1:80", "/b?c=d", "1.1", "mssql", "mysql", "grpc", "aws-api", "publish", "a.B/C", "kafka", "ip_tcp", "SERVER"}
		return translate.StringValue(texts[random.IntN(len(texts))])
	}
}
