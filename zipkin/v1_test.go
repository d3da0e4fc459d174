package zipkin_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/koine-otel/koine/zipkin"
)

// v1 is one span of version 1.
type v1 struct {
	timestamp, duration uint64
	annotations         []annotation
	binary              []binaryAnnotation
}

// binaryAnnotation is an address if it has no text.
type binaryAnnotation struct {
	key, text string
	endpoint  *endpoint
}

const addressOnly = "\x00"

func (b *binaryAnnotation) MarshalJSON() ([]byte, error) {
	m := map[string]any{"key": b.key, "value": b.text}
	if b.text == addressOnly {
		m["value"] = true
	}
	if b.endpoint != nil {
		m["endpoint"] = b.endpoint
	}
	return json.Marshal(m)
}

func (s *v1) json(tb testing.TB) []byte {
	tb.Helper()
	m := map[string]any{"traceId": "1", "id": "3", "parentId": "2", "annotations": s.annotations}
	if s.timestamp != 0 {
		m["timestamp"] = s.timestamp
	}
	if s.duration != 0 {
		m["duration"] = s.duration
	}
	var list []*binaryAnnotation
	for i := range s.binary {
		list = append(list, &s.binary[i])
	}
	m["binaryAnnotations"] = list
	body, err := json.Marshal([]any{m})
	require.NoError(tb, err)
	return body
}

func (s *v1) thrift() []byte {
	b := thriftI64(thriftI64(thriftI64(listOf(nil, 12, 1), 1, 1), 4, 3), 5, 2)
	b = listOf(field(b, 15, 6), 12, len(s.annotations))
	for _, a := range s.annotations {
		b = thriftText(thriftI64(b, 1, a.Timestamp), 2, []byte(a.Value))
		if a.Endpoint != nil {
			b = a.Endpoint.thrift(b, 3)
		}
		b = append(b, 0)
	}
	b = listOf(field(b, 15, 8), 12, len(s.binary))
	for _, a := range s.binary {
		text, typ := a.text, uint32(6)
		if text == addressOnly {
			text, typ = "\x01", 0
		}
		b = binary.BigEndian.AppendUint32(field(thriftText(thriftText(b, 1, []byte(a.key)), 2, []byte(text)), 8, 3), typ)
		if a.endpoint != nil {
			b = a.endpoint.thrift(b, 4)
		}
		b = append(b, 0)
	}
	if s.timestamp != 0 {
		b = thriftI64(b, 10, s.timestamp)
	}
	if s.duration != 0 {
		b = thriftI64(b, 11, s.duration)
	}
	return append(b, 0)
}

var (
	web      = &endpoint{ServiceName: "web", IPv4: "10.0.0.1", Port: 80}
	webElse  = &endpoint{ServiceName: "web", IPv4: "10.0.0.7", Port: 40000}
	shop     = &endpoint{ServiceName: "shop", IPv4: "10.0.0.2", Port: 8080}
	shopElse = &endpoint{ServiceName: "shop", IPv4: "10.0.0.9", Port: 63840}
	kafka    = &endpoint{ServiceName: "kafka"}
)

// What a span of each side has of its endpoints, as dump writes it.
const (
	fromWeb  = `network.local.address="10.0.0.1" network.local.port=80`
	fromShop = `network.local.address="10.0.0.2" network.local.port=8080`
	toWeb    = `service.peer.name="web" network.peer.address="10.0.0.1" network.peer.port=80`
	toShop   = `service.peer.name="shop" network.peer.address="10.0.0.2" network.peer.port=8080`
)

// v1Cases are what Zipkin's V1SpanConverter is tested with, and where it is left.
var v1Cases = []struct {
	shows string
	span  v1
	want  string
}{
	{"a client's", v1{100, 50, []annotation{{100, "cs", web}, {110, "ws", web}, {140, "wr", web}, {150, "cr", web}}, []binaryAnnotation{{"k", "v", web}, {"sa", addressOnly, shop}}}, `
web Client 100+50: k="v" ` + fromWeb + ` ` + toShop + `
  110 ws
  140 wr`},
	{"a client's without an end", v1{100, 0, []annotation{{100, "cs", web}, {110, "ws", web}}, nil}, `
web Client 100+0: ` + fromWeb + `
  110 ws`},
	{"a client's end, and the rest later", v1{0, 0, []annotation{{150, "cr", web}}, []binaryAnnotation{{"sa", addressOnly, shop}}}, `
web Client 150+0: koine.zipkin.no_timestamp=true ` + fromWeb + ` ` + toShop + `
  150 cr`},
	{"a server's end, and the rest later", v1{0, 0, []annotation{{150, "ss", shop}}, []binaryAnnotation{{"ca", addressOnly, web}}}, `
shop Server 150+0: koine.zipkin.no_timestamp=true ` + fromShop + ` ` + toWeb + `
  150 ss`},
	{"a server's that owns its time", v1{110, 30, []annotation{{110, "sr", shop}, {140, "ss", shop}}, []binaryAnnotation{{"ca", addressOnly, web}}}, `
shop Server 110+30: ` + fromShop + ` ` + toWeb},
	{"a server's without a time is shared", v1{0, 0, []annotation{{110, "sr", shop}, {140, "ss", shop}}, nil}, `
shop Server 110+30: ` + fromShop + ` koine.zipkin.shared=true`},
	{"a server's without a time and an end is shared", v1{0, 0, []annotation{{110, "sr", shop}}, nil}, `
shop Server 110+0: ` + fromShop + ` koine.zipkin.shared=true`},
	{"a server's beside the client's time is shared", v1{10, 0, []annotation{{20, "sr", shop}, {30, "ss", shop}}, nil}, `
shop Server 20+10: ` + fromShop + ` koine.zipkin.shared=true`},
	{"a server's with a time and no end owns it", v1{10, 0, []annotation{{20, "sr", shop}}, nil}, `
shop Server 10+0: ` + fromShop},
	{"a server's of Finagle", v1{0, 0, []annotation{{110, "sr", shop}, {115, "gc", shop}, {140, "ss", shop}}, []binaryAnnotation{{"v", "6", &endpoint{ServiceName: "shop", IPv4: "10.0.0.2"}}, {"sa", addressOnly, shop}, {"ca", addressOnly, webElse}}}, `
shop Server 110+30: v="6" ` + fromShop + ` service.peer.name="web" network.peer.address="10.0.0.7" network.peer.port=40000 koine.zipkin.shared=true
  115 gc`},
	{"a server's, whose client has its name", v1{110, 30, []annotation{{110, "sr", shop}, {140, "ss", shop}}, []binaryAnnotation{{"ca", addressOnly, shopElse}, {"sa", addressOnly, shop}}}, `
shop Server 110+30: ` + fromShop + ` network.peer.address="10.0.0.9" network.peer.port=63840`},
	{"a server's, whose client is itself", v1{110, 30, []annotation{{110, "sr", shop}, {140, "ss", shop}}, []binaryAnnotation{{"ca", addressOnly, shop}, {"sa", addressOnly, shop}}}, `
shop Server 110+30: ` + fromShop},
	{"a client's that calls its own service", v1{100, 50, []annotation{{100, "cs", web}, {150, "cr", web}}, []binaryAnnotation{{"ca", addressOnly, web}, {"sa", addressOnly, webElse}}}, `
web Client 100+50: ` + fromWeb + ` service.peer.name="web" network.peer.address="10.0.0.7" network.peer.port=40000`},
	{"a start that the span's own time tells, the client's", v1{100, 50, []annotation{{150, "cr", web}}, nil}, `
web Client 100+50: ` + fromWeb},
	{"a start that the span's own time tells, the server's", v1{100, 50, []annotation{{150, "ss", shop}}, nil}, `
shop Server 100+50: ` + fromShop},
	{"an end at another time tells no start", v1{100, 50, []annotation{{151, "ss", shop}}, nil}, `
shop Server 100+50: ` + fromShop + `
  151 ss`},
	{"both sides", v1{100, 50, []annotation{{100, "cs", web}, {105, "ws", web}, {110, "sr", shop}, {140, "ss", shop}, {145, "wr", web}, {150, "cr", web}}, []binaryAnnotation{{"k", "client's", web}, {"k", "server's", shop}, {"ca", addressOnly, web}, {"sa", addressOnly, shop}}}, `
web Client 100+50: k="client's" ` + fromWeb + ` ` + toShop + `
  105 ws
  145 wr
shop Server 110+30: k="server's" ` + fromShop + ` ` + toWeb + ` koine.zipkin.shared=true`},
	{"both sides of one service", v1{100, 50, []annotation{{100, "cs", web}, {110, "sr", web}, {140, "ss", web}, {150, "cr", web}}, nil}, `
web Client 100+50: ` + fromWeb + `
web Server 110+30: ` + fromWeb + ` koine.zipkin.shared=true`},
	{"both sides of one service, and nobody waits", v1{0, 0, []annotation{{100, "cs", web}, {110, "sr", web}}, nil}, `
web Client 100+0: ` + fromWeb + `
web Server 110+0: ` + fromWeb + ` koine.zipkin.shared=true`},
	{"both sides, and nobody says when the server began", v1{100, 50, []annotation{{100, "cs", web}, {140, "ss", shop}, {150, "cr", web}}, nil}, `
web Client 100+50: ` + fromWeb + `
shop Server 140+0: koine.zipkin.no_timestamp=true ` + fromShop + ` koine.zipkin.shared=true
  140 ss`},
	{"both sides, and nobody says when the client began", v1{110, 30, []annotation{{110, "sr", shop}, {140, "ss", shop}, {150, "cr", web}}, nil}, `
shop Server 110+30: ` + fromShop + ` koine.zipkin.shared=true
web Client 150+0: koine.zipkin.no_timestamp=true ` + fromWeb + `
  150 cr`},
	{"a server's clock that went back", v1{100, 50, []annotation{{100, "cs", web}, {140, "sr", shop}, {110, "ss", shop}, {150, "cr", web}}, nil}, `
web Client 100+50: ` + fromWeb + `
shop Server 140+0: ` + fromShop + ` koine.zipkin.shared=true`},
	{"a client's clock that went back", v1{0, 0, []annotation{{100, "cs", web}, {90, "cr", web}}, nil}, `
web Client 100+0: ` + fromWeb},
	{"a producer's", v1{100, 0, []annotation{{100, "ms", web}}, []binaryAnnotation{{"ma", addressOnly, kafka}}}, `
web Producer 100+0: ` + fromWeb + ` service.peer.name="kafka"`},
	{"a producer's without a time of its own", v1{0, 0, []annotation{{100, "ms", web}}, nil}, `
web Producer 100+0: ` + fromWeb},
	{"a producer's, sent", v1{100, 9, []annotation{{100, "ms", web}, {105, "ws", web}}, nil}, `
web Producer 100+9: ` + fromWeb},
	{"a consumer's", v1{0, 0, []annotation{{120, "mr", shop}}, []binaryAnnotation{{"ma", addressOnly, kafka}}}, `
shop Consumer 120+0: ` + fromShop + ` service.peer.name="kafka"`},
	{"a consumer's, received", v1{0, 0, []annotation{{120, "wr", shop}, {125, "mr", shop}}, nil}, `
shop Consumer 120+5: ` + fromShop},
	{"both ends of a message", v1{0, 0, []annotation{{100, "ms", web}, {105, "ws", web}, {120, "wr", shop}, {125, "mr", shop}}, []binaryAnnotation{{"ma", addressOnly, kafka}}}, `
web Producer 100+5: ` + fromWeb + ` service.peer.name="kafka"
shop Consumer 120+5: ` + fromShop + ` service.peer.name="kafka" koine.zipkin.shared=true`},
	{"both ends of a message of one service", v1{0, 0, []annotation{{100, "ms", web}, {120, "mr", web}}, nil}, `
web Producer 100+0: ` + fromWeb + `
web Consumer 120+0: ` + fromWeb + ` koine.zipkin.shared=true`},
	{"a message's clock that went back", v1{0, 0, []annotation{{100, "ms", web}, {95, "ws", web}, {120, "wr", shop}, {115, "mr", shop}}, nil}, `
web Producer 100+0: ` + fromWeb + `
shop Consumer 120+0: ` + fromShop + ` koine.zipkin.shared=true`},
	{"both addresses and no call", v1{100, 50, nil, []binaryAnnotation{{"ca", addressOnly, web}, {"sa", addressOnly, shop}}}, `
web Internal 100+50: ` + fromWeb + ` ` + toShop},
	{"the server's address and no call", v1{100, 50, nil, []binaryAnnotation{{"lc", "", web}, {"sa", addressOnly, shop}}}, `
web Internal 100+50: ` + fromWeb + ` ` + toShop},
	{"the server's address alone", v1{100, 50, nil, []binaryAnnotation{{"sa", addressOnly, shop}}}, `
unknown_service Internal 100+50: ` + toShop},
	{"the client's address alone", v1{100, 50, nil, []binaryAnnotation{{"ca", addressOnly, web}}}, `
unknown_service Server 100+50: ` + toWeb},
	{"an address in zipkin-ruby's words, a client's", v1{0, 0, []annotation{{100, "cs", web}}, []binaryAnnotation{{"sa", "1", shop}}}, `
web Client 100+0: ` + fromWeb + ` ` + toShop},
	{"an address in zipkin-ruby's words, a server's", v1{0, 0, []annotation{{110, "sr", shop}}, []binaryAnnotation{{"ca", "1", web}}}, `
shop Server 110+0: ` + fromShop + ` ` + toWeb + ` koine.zipkin.shared=true`},
	{"an address in zipkin-ruby's words, a consumer's", v1{0, 0, []annotation{{120, "mr", shop}}, []binaryAnnotation{{"ma", "1", kafka}}}, `
shop Consumer 120+0: ` + fromShop + ` service.peer.name="kafka"`},
	{"an address of nowhere is a tag", v1{0, 0, []annotation{{100, "cs", web}}, []binaryAnnotation{{"sa", "1", nil}, {"ma", addressOnly, &endpoint{}}}}, `
web Client 100+0: sa="1" ma="true" ` + fromWeb},
	{"a local one", v1{100, 50, nil, []binaryAnnotation{{"lc", "", web}}}, `
web Internal 100+50: ` + fromWeb},
	{"a local one with a name", v1{100, 50, nil, []binaryAnnotation{{"lc", "cache", web}}}, `
web Internal 100+50: lc="cache" ` + fromWeb},
	{"no endpoint anywhere", v1{100, 50, nil, nil}, `
unknown_service Internal 100+50:`},
	{"a core annotation without an endpoint is none", v1{100, 0, []annotation{{110, "sr", nil}}, nil}, `
unknown_service Internal 100+0:
  110 sr`},
	{"what is nobody's is the first one's", v1{0, 0, []annotation{{100, "foo", web}, {110, "bar", shop}, {120, "lost", nil}}, []binaryAnnotation{{"k", "v", shop}, {"lost", "", nil}}}, `
web Internal 100+0: lost="" koine.zipkin.no_timestamp=true ` + fromWeb + `
  100 foo
  120 lost
shop Internal 110+0: k="v" koine.zipkin.no_timestamp=true ` + fromShop + `
  110 bar`},
	{"endpoints without a name are one's", v1{0, 0, []annotation{{100, "cs", &endpoint{IPv4: "10.0.0.1"}}, {150, "cr", &endpoint{IPv4: "10.0.0.2"}}}, nil}, `
unknown_service Client 100+50: network.local.address="10.0.0.1"`},
	{"boolean tags of other keys", v1{1, 1, nil, []binaryAnnotation{{"cached", addressOnly, web}}}, `
web Internal 1+1: cached="true" ` + fromWeb},
}

func TestV1(t *testing.T) {
	d := zipkin.NewDecoder(zipkin.Options{SharedSpans: zipkin.DeferShared})
	for _, c := range v1Cases {
		t.Run(c.shows, func(t *testing.T) {
			for format, body := range map[zipkin.Format][]byte{zipkin.JSONv1: c.span.json(t), zipkin.Thrift: c.span.thrift()} {
				traces, report, err := d.Decode(format, body, received)
				require.NoError(t, err)
				require.Zero(t, report.Dropped())
				assert.Equal(t, strings.TrimSpace(c.want), briefly(dump(traces)), "%s", format)
			}
		})
	}
}

// briefly leaves out of a dump what is the same in all cases, and has a span's service beside it.
func briefly(dump string) string {
	var out, service string
	for _, line := range strings.Split(dump, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "resource":
			service = strings.Trim(strings.TrimPrefix(words[1], "service.name="), `"`)
		case words[0] == "event":
			out += fmt.Sprintf("\n  %s %s", words[1], strings.Trim(words[2], `"`))
		case strings.HasPrefix(line, "    "):
			out += " " + strings.TrimSpace(line)
		default:
			times := words[4:]
			if times[0] == "<" {
				times = times[2:]
			}
			out += fmt.Sprintf("\n%s %s %s:", service, words[0], strings.Join(times, " "))
		}
	}
	return strings.TrimSpace(out)
}

// TestV1ManyServices: one span cannot become as many as it names services; nothing is lost.
func TestV1ManyServices(t *testing.T) {
	const services = 20_000
	var s v1
	for i := range uint64(services) {
		e := &endpoint{ServiceName: fmt.Sprintf("s%d", i)}
		s.annotations = append(s.annotations, annotation{100 + i, "mark", e})
		s.binary = append(s.binary, binaryAnnotation{fmt.Sprintf("k%d", i), "v", e})
	}
	// The call's two sides come last, when there are no more spans to be had.
	s.annotations = append(s.annotations, annotation{1, "cs", web}, annotation{2, "sr", shop}, annotation{3, "ms", web}, annotation{4, "mr", shop})
	for _, body := range [][]byte{s.thrift(), s.json(t)} {
		format := zipkin.Thrift
		if body[0] == '[' {
			format = zipkin.JSONv1
		}
		traces, report, err := zipkin.NewDecoder(zipkin.Options{SharedSpans: zipkin.KeepShared}).Decode(format, body, received)
		require.NoError(t, err)
		assert.LessOrEqual(t, report.Spans, 10)
		events, tags := 0, 0
		for _, rs := range traces.ResourceSpans().All() {
			for _, span := range rs.ScopeSpans().At(0).Spans().All() {
				events += span.Events().Len()
				for k := range span.Attributes().All() {
					if strings.HasPrefix(k, "k") && !strings.HasPrefix(k, "koine.") {
						tags++
					}
				}
			}
		}
		assert.Equal(t, services, events)
		assert.Equal(t, services, tags)
	}
}

// TestV1Allocations: a span of version 1 takes no more than the same of version 2.
func TestV1Allocations(t *testing.T) {
	const n = 100
	spans := make([]span, n)
	for i := range spans {
		spans[i] = span{
			traceLow: 1, id: uint64(i + 2), parent: 1, kind: "CLIENT", name: "get", timestamp: 100, duration: 50,
			local: *web, remote: *shop, annotations: []annotation{{Timestamp: 120, Value: "retry"}}, tags: [][2]string{{"http.path", "/"}},
		}
	}
	d := zipkin.NewDecoder(zipkin.Options{})
	allocations := func(format zipkin.Format) float64 {
		body := encoders[format](spans)
		return testing.AllocsPerRun(20, func() {
			_, _, err := d.Decode(format, body, received)
			require.NoError(t, err)
		})
	}
	want := allocations(zipkin.JSONv2)
	for _, format := range []zipkin.Format{zipkin.JSONv1, zipkin.Thrift} {
		assert.LessOrEqual(t, allocations(format), want+n/20, format)
	}
}
