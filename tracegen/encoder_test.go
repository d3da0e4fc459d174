package tracegen

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// byService makes traces and calls check for each service with its spans of each.
func byService(t *testing.T, cfg Config, check func(*Service, []Span)) {
	t.Helper()
	cfg.Errors = 0.2
	g := newGenerator(t, cfg)
	for range 300 {
		spans := map[int][]Span{}
		for _, s := range g.Next(testEnd).Spans {
			spans[s.Service] = append(spans[s.Service], s)
		}
		for i := range g.Services() {
			if len(spans[i]) > 0 {
				check(&g.Services()[i], spans[i])
			}
		}
	}
}

func TestZipkinJSONDecodes(t *testing.T) {
	for _, convention := range []Convention{NativeConvention, V120, V144} {
		cfg := DefaultConfig()
		cfg.Protocol, cfg.Convention = ZipkinJSON, convention
		byService(t, cfg, func(s *Service, spans []Span) {
			body := Encode(s, spans)
			var decoded []*model.SpanModel
			require.NoError(t, json.Unmarshal(body, &decoded), "%s", body)
			checkZipkin(t, s, spans, decoded)

			var raw []map[string]any
			require.NoError(t, json.Unmarshal(body, &raw))
			for i := range spans {
				length := 32
				if spans[i].TraceID.Is64Bit() {
					length = 16
				}
				require.Len(t, raw[i]["traceId"], length)
			}
		})
	}
}

func TestZipkinProtoDecodes(t *testing.T) {
	for _, convention := range []Convention{NativeConvention, V120, V144} {
		cfg := DefaultConfig()
		cfg.Protocol, cfg.Convention = ZipkinProto, convention
		byService(t, cfg, func(s *Service, spans []Span) {
			// zipkin-go takes nothing but trace ids of 16 bytes.
			decoded, err := zipkin_proto3.ParseSpans(Encode(s, spans), false)
			require.NoError(t, err)
			checkZipkin(t, s, spans, decoded)
		})
	}
}

func checkZipkin(t *testing.T, service *Service, spans []Span, decoded []*model.SpanModel) {
	t.Helper()
	require.Len(t, decoded, len(spans))
	kinds := map[Kind]model.Kind{Internal: "", Server: model.Server, Client: model.Client, Producer: model.Producer, Consumer: model.Consumer}
	for i := range spans {
		s, d := &spans[i], decoded[i]
		require.Equal(t, hex.EncodeToString(s.TraceID[8:]), hexUint(d.TraceID.Low))
		require.Equal(t, hex.EncodeToString(s.TraceID[:8]), hexUint(d.TraceID.High))
		require.Equal(t, s.ID.String(), hexUint(uint64(d.ID)))
		require.Equal(t, s.Parent.IsZero(), d.ParentID == nil)
		if d.ParentID != nil {
			require.Equal(t, s.Parent.String(), hexUint(uint64(*d.ParentID)))
		}
		if s.Kind != Internal || d.Kind != "SPAN_KIND_UNSPECIFIED" { // zipkin-go's word in proto3
			require.Equal(t, kinds[s.Kind], d.Kind)
		}
		require.Equal(t, s.Name, d.Name)
		require.Equal(t, s.Shared, d.Shared)
		require.Equal(t, s.Start, d.Timestamp.UnixNano())
		require.Equal(t, s.End-s.Start, d.Duration.Nanoseconds())
		require.Equal(t, service.Name, d.LocalEndpoint.ServiceName)
		require.Equal(t, service.IP.String(), d.LocalEndpoint.IPv4.String())
		if s.Remote == (Endpoint{}) {
			require.Nil(t, d.RemoteEndpoint)
		} else {
			require.Equal(t, s.Remote.Service, d.RemoteEndpoint.ServiceName)
			require.Equal(t, s.Remote.Port, d.RemoteEndpoint.Port)
		}
		checkTags(t, service, s, d.Tags)
	}
}

func checkTags(t *testing.T, service *Service, s *Span, tags map[string]string) {
	t.Helper()
	extra := 0
	if service.Convention != Brave {
		extra = 4
		require.Equal(t, service.Scopes[s.Scope].Name, tags["otel.scope.name"])
		if s.Status == Error {
			extra = 6
			require.Equal(t, "ERROR", tags["otel.status_code"])
			require.Equal(t, s.Message, tags["error"])
		}
	}
	require.Len(t, tags, len(s.Attributes)+extra)
	for i := range s.Attributes {
		a := &s.Attributes[i]
		require.Equal(t, string(a.AppendText(nil)), tags[a.Key])
	}
}

func hexUint(n uint64) string {
	var id SpanID
	putUint64(&id, n)
	return id.String()
}

func TestOTLPDecodes(t *testing.T) {
	for _, cfg := range []Config{DefaultConfig(), {Seed: 3, Spans: 24, Protocol: OTLPGRPC}, {Seed: 4, Spans: 60, Protocol: OTLPHTTP, Convention: V144}} {
		byService(t, cfg, func(s *Service, spans []Span) {
			if s.Protocol.isZipkin() {
				return
			}
			body := Encode(s, spans)
			traces, err := Traces(s, spans)
			require.NoError(t, err)
			checkTraces(t, s, spans, traces)
			// Byte for byte what generated code writes. The collector's own writes the
			// fields backwards, so that is no measure here.
			var request collectortrace.ExportTraceServiceRequest
			require.NoError(t, proto.Unmarshal(body, &request))
			again, err := proto.Marshal(&request)
			require.NoError(t, err)
			require.True(t, bytes.Equal(again, body))
		})
	}
}

func TestTracesOfAZipkinService(t *testing.T) {
	byService(t, DefaultConfig(), func(s *Service, spans []Span) {
		traces, err := Traces(s, spans)
		require.NoError(t, err)
		require.Equal(t, len(spans), traces.SpanCount())
		name, _ := traces.ResourceSpans().At(0).Resource().Attributes().Get("service.name")
		require.Equal(t, s.Name, name.Str())
	})
}

func checkTraces(t *testing.T, service *Service, spans []Span, traces ptrace.Traces) {
	t.Helper()
	require.Equal(t, 1, traces.ResourceSpans().Len())
	resource := traces.ResourceSpans().At(0)
	require.Equal(t, service.SchemaURL, resource.SchemaUrl())
	checkAttributes(t, service.Resource, resource.Resource().Attributes())
	decoded := map[string]ptrace.Span{}
	scopes := map[string]string{}
	for _, scope := range resource.ScopeSpans().All() {
		for _, s := range scope.Spans().All() {
			decoded[s.SpanID().String()] = s
			scopes[s.SpanID().String()] = scope.Scope().Name()
		}
	}
	require.Len(t, decoded, len(spans))
	for i := range spans {
		s := &spans[i]
		d := decoded[s.ID.String()]
		require.Equal(t, service.Scopes[s.Scope].Name, scopes[s.ID.String()])
		require.Equal(t, pcommon.TraceID(s.TraceID), d.TraceID())
		require.Equal(t, pcommon.SpanID(s.Parent), d.ParentSpanID())
		require.Equal(t, ptrace.SpanKind(s.Kind), d.Kind())
		require.Equal(t, s.Name, d.Name())
		require.Equal(t, s.Start, int64(d.StartTimestamp()))
		require.Equal(t, s.End, int64(d.EndTimestamp()))
		require.Equal(t, ptrace.StatusCode(s.Status), d.Status().Code())
		require.Equal(t, s.Message, d.Status().Message())
		checkAttributes(t, s.Attributes, d.Attributes())
	}
}

func checkAttributes(t *testing.T, want []Attribute, got pcommon.Map) {
	t.Helper()
	require.Equal(t, len(want), got.Len())
	for i := range want {
		a := &want[i]
		v, ok := got.Get(a.Key)
		require.True(t, ok, a.Key)
		switch a.Type {
		case Int:
			require.Equal(t, a.Num, v.Int())
		case Double:
			require.Equal(t, a.Float(), v.Double())
		case Bool:
			require.Equal(t, a.Num == 1, v.Bool())
		default:
			require.Equal(t, a.Str, v.Str())
		}
	}
}

// Lengths need one, two, three and four bytes.
func TestMessagesOfEveryLength(t *testing.T) {
	for _, length := range []int{0, 1, 127, 128, 16383, 16384, 1<<21 - 1, 1 << 21} {
		b, start := open([]byte("before"), 1)
		b = append(b, strings.Repeat("x", length)...)
		b = shut(b, start)
		want := appendBytes([]byte("before"), 1, []byte(strings.Repeat("x", length)))
		require.Equal(t, want, b, "length %d", length)
	}
}

func TestJSONStringsAreQuoted(t *testing.T) {
	for _, s := range []string{"", "plain", `a "quote" and \`, "line\nfeed\ttab\x00\x1f", "ünïcödé 日本 🛒"} {
		var back string
		require.NoError(t, json.Unmarshal(appendJSONString(nil, s), &back))
		assert.Equal(t, s, back)
	}
}

func TestEmptyBodies(t *testing.T) {
	services := Services(DefaultConfig())
	assert.Equal(t, "[]", string(Encode(&services[1], nil)))
	assert.Empty(t, Encode(&services[4], nil))
}

// A benchmark's corpus is of the size that the project's figures were measured with.
func TestCorpus(t *testing.T) {
	cfg := DefaultConfig()
	cfg.Protocol, cfg.Convention = OTLPHTTP, V120
	payloads, err := Corpus(cfg, 400, 40)
	require.NoError(t, err)
	spans, size, requests := 0, 0, map[string]int{}
	for _, p := range payloads {
		traces, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(p.Body)
		require.NoError(t, err)
		require.Equal(t, p.Spans, traces.SpanCount())
		require.Equal(t, "/v1/traces", p.Path)
		require.Equal(t, "application/x-protobuf", p.ContentType)
		spans, size = spans+p.Spans, size+len(p.Body)
		requests[p.Service]++
	}
	for service, n := range requests {
		assert.LessOrEqual(t, n, 10, service)
	}
	assert.InDelta(t, 24, float64(spans)/400, 2)
	assert.InDelta(t, 310, float64(size)/float64(spans), 25)

	_, err = Corpus(cfg, 0, 1)
	assert.Error(t, err)
	cfg.Spans = 0
	_, err = Corpus(cfg, 1, 1)
	assert.ErrorContains(t, err, "spans 0")
}
