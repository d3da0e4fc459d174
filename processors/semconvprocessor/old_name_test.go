package semconvprocessor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/semconv/translate"
)

func TestOldSpanNames(t *testing.T) {
	for _, c := range []struct {
		target, name string
		kind         ptrace.SpanKind
		attrs        map[string]any
		wantName     string
		wantKind     ptrace.SpanKind
		want         map[string]any
	}{
		{"", "Sent.shop.Cart.Add", ptrace.SpanKindUnspecified, nil,
			"shop.Cart/Add", ptrace.SpanKindClient, map[string]any{"rpc.method": "shop.Cart/Add", "rpc.system.name": "grpc"}},
		{"", "Recv.shop.Cart.Add", ptrace.SpanKindServer, map[string]any{"rpc.system": "apache_dubbo"},
			"shop.Cart/Add", ptrace.SpanKindServer, map[string]any{"rpc.method": "shop.Cart/Add", "rpc.system.name": "dubbo"}},
		{"1.37.0", "Recv.shop.Cart.Add", ptrace.SpanKindUnspecified, nil,
			"shop.Cart/Add", ptrace.SpanKindServer, map[string]any{"rpc.service": "shop.Cart", "rpc.method": "Add", "rpc.system": "grpc"}},
		// Names that only begin so.
		{"", "Sent.mail", ptrace.SpanKindUnspecified, nil, "Sent.mail", ptrace.SpanKindUnspecified, map[string]any{}},
		{"", "Sent.a mail to.you", ptrace.SpanKindClient, nil, "Sent.a mail to.you", ptrace.SpanKindClient, map[string]any{}},
		{"", "Recv.shop.Cart.Add", ptrace.SpanKindClient, nil, "Recv.shop.Cart.Add", ptrace.SpanKindClient, map[string]any{}},
		{"", "HTTP GET", ptrace.SpanKindClient, nil, "GET", ptrace.SpanKindClient, map[string]any{}},
		{"", "HTTP GET", ptrace.SpanKindServer, map[string]any{"http.route": "/cart/:id"}, "GET /cart/:id", ptrace.SpanKindServer, map[string]any{"http.route": "/cart/:id"}},
		{"", "HTTP handler", ptrace.SpanKindServer, nil, "HTTP handler", ptrace.SpanKindServer, map[string]any{}},
		{"", "HTTP GET", ptrace.SpanKindInternal, nil, "HTTP GET", ptrace.SpanKindInternal, map[string]any{}},
	} {
		w := newWork(newJob(tableFor(c.target)))
		s := ptrace.NewSpan()
		s.SetName(c.name)
		s.SetKind(c.kind)
		assert.NoError(t, s.Attributes().FromRaw(c.attrs))
		for range 2 {
			w.span(s)
			assert.Equal(t, c.wantName, s.Name())
			assert.Equal(t, c.wantKind, s.Kind(), c.name)
			assert.Equal(t, c.want, s.Attributes().AsRaw(), c.name)
		}
	}
}

func TestExceptionOfASpan(t *testing.T) {
	w := newWork(newJob(tableFor("")))
	for _, there := range []bool{false, true} {
		s := ptrace.NewSpan()
		s.SetEndTimestamp(7)
		for key, v := range map[string]string{"error.type": "TimeoutError", "error.msg": "too late", "error.stack": "at a"} {
			s.Attributes().PutStr(key, v)
		}
		want := map[string]any{"exception.type": "TimeoutError", "exception.message": "too late", "exception.stacktrace": "at a"}
		if there {
			s.Events().AppendEmpty().SetName("retry")
			e := s.Events().AppendEmpty()
			e.SetName("exception")
			e.SetTimestamp(7)
			e.Attributes().PutStr("exception.message", "mine")
			want["exception.message"] = "mine"
		}
		for range 2 {
			w.span(s)
			e := s.Events().At(s.Events().Len() - 1)
			assert.Equal(t, "exception", e.Name())
			assert.Equal(t, pcommon.Timestamp(7), e.Timestamp())
			assert.Equal(t, want, e.Attributes().AsRaw())
			assert.Equal(t, map[string]any{"error.type": "TimeoutError"}, s.Attributes().AsRaw())
			assert.Equal(t, ptrace.StatusCodeError, s.Status().Code())
			assert.Equal(t, "too late", s.Status().Message())
		}
		assert.Equal(t, there, s.Events().Len() == 2)
	}
}

func TestOldEventNames(t *testing.T) {
	r := plog.NewLogRecord()
	r.SetEventName("az.resource.log")
	newWork(newJob(tableFor("1.34.0"))).record(r)
	assert.Equal(t, "az.resource.log", r.EventName())
	newWork(newJob(tableFor(""))).record(r)
	assert.Equal(t, "azure.resource.log", r.EventName())
	// A name that an attribute had.
	r.SetEventName("")
	r.Attributes().PutStr("event.name", "az.resource.log")
	newWork(newJob(tableFor(""))).record(r)
	assert.Equal(t, "azure.resource.log", r.EventName())
	assert.Zero(t, r.Attributes().Len())
}

func TestScopeOfAnAnnotation(t *testing.T) {
	w := newWork(newJob(tableFor("")))
	for scope, want := range map[string]map[string]any{
		"org.springframework.cloud.sleuth": {"code.function.name": "Cart.add"},
		"shop":                             {"class": "Cart", "method": "add"},
	} {
		td := ptrace.NewTraces()
		ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
		ss.Scope().SetName(scope)
		attrs := ss.Spans().AppendEmpty().Attributes()
		attrs.PutStr("class", "Cart")
		attrs.PutStr("method", "add")
		w.traces(td)
		assert.Equal(t, want, attrs.AsRaw())
	}
}

func tableFor(target string) *translate.Table {
	return translate.New(translate.Options{Target: target}, everything()...)
}
