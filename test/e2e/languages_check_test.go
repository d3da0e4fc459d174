//go:build clients

package e2e

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// sent is a span as a client made it: what Zipkin's libraries write as JSON of version 2,
// and what OpenTelemetry's have beside that.
type sent struct {
	TraceID, ID, ParentID string
	Kind, Name            string
	Timestamp, Duration   float64 // µs
	Shared, Debug         bool
	LocalEndpoint         endpoint
	RemoteEndpoint        endpoint
	Tags                  map[string]string
	Annotations           []annotation

	Resource map[string]string
	Scope    struct{ Name, Version string }
	Status   struct{ Code, Message string }
}

type endpoint struct {
	ServiceName, IPv4 string
	Port              int64
}

type annotation struct {
	Value      string
	Timestamp  float64
	Attributes map[string]any
}

// key tells spans apart in what a client made: there, the two sides of a call may have
// one id.
type key struct{ trace, id, service string }

func (s sent) key() key {
	service := s.LocalEndpoint.ServiceName
	if service == "" {
		service = s.Resource["service.name"]
	}
	return key{strings.Repeat("0", 32-len(s.TraceID)) + s.TraceID, s.ID, service}
}

func (r span) key() key {
	id := r.SpanID().String()
	if was, ok := r.Attributes().Get("koine.zipkin.span_id"); ok {
		id = was.Str()
	}
	service, _ := r.resource.Get("service.name")
	return key{r.TraceID().String(), id, service.Str()}
}

// renamed are older names that the clients use, and what the semconv processor makes of
// them.
var renamed = map[string]string{
	"http.method":            "http.request.method",
	"http.path":              "url.path",
	"http.status_code":       "http.response.status_code",
	"kafka.topic":            "messaging.destination.name",
	"deployment.environment": "deployment.environment.name",
}

// numbers are attributes that arrive as text and have another type by the conventions.
var numbers = map[string]bool{"http.response.status_code": true, "server.port": true}

// requireZipkinsWays: what these tests are about is there.
func requireZipkinsWays(t *testing.T, spans []sent) {
	t.Helper()
	for _, s := range spans {
		require.Len(t, s.TraceID, 16, "a trace id of Zipkin's")
	}
	require.True(t, slices.ContainsFunc(spans, func(s sent) bool { return s.Shared }), "no span is shared")
	require.True(t, slices.ContainsFunc(spans, func(s sent) bool { return s.Tags["error"] != "" }), "no span has failed")
	require.True(t, slices.ContainsFunc(spans, func(s sent) bool { return len(s.Annotations) > 1 }), "no span has annotations")
}

// check compares what came out with what the client made. It counts by rule, because the
// same mistake shows in every trace.
func check(t *testing.T, spans []sent, got []span) {
	t.Helper()
	b := &broken{count: map[string]int{}, first: map[string]string{}}
	out := byKey(b, spans, got)
	checkTrees(b, got)
	for _, s := range spans {
		r, ok := out[s.key()]
		if !ok {
			continue
		}
		checkPlace(b, s, r, out, spans)
		checkSpan(b, s, r)
		checkStatus(b, s, r)
		checkEvents(b, s, r)
		checkAttributes(b, s, r)
		checkResource(b, s, r)
	}
	for _, rule := range b.rules {
		t.Errorf("%d of %d spans fail at: %s\n\tthe first: %s", b.count[rule], len(spans), rule, b.first[rule])
	}
}

// broken counts by rule and keeps the first example of each.
type broken struct {
	rules []string
	count map[string]int
	first map[string]string
}

func (b *broken) expect(ok bool, rule, format string, args ...any) {
	if ok {
		return
	}
	if b.count[rule]++; b.count[rule] == 1 {
		b.rules = append(b.rules, rule)
		b.first[rule] = fmt.Sprintf(format, args...)
	}
}

func (b *broken) equal(rule string, want, got any, s sent) {
	b.expect(assert.ObjectsAreEqual(want, got), rule, "%s %q of %s: want %#v, got %#v", s.Kind, s.Name, s.key().service, want, got)
}

// byKey: every span arrives exactly once.
func byKey(b *broken, spans []sent, got []span) map[key]span {
	out, left := map[key]span{}, map[key]bool{}
	for _, s := range spans {
		left[s.key()] = true
	}
	for _, r := range got {
		k := r.key()
		_, twice := out[k]
		b.expect(!twice, "arrives once", "%v %q: twice", k, r.Name())
		b.expect(twice || left[k], "was sent", "%v %q: by nobody", k, r.Name())
		out[k] = r
		delete(left, k)
	}
	for k := range left {
		b.expect(false, "arrives", "%v: did not", k)
	}
	return out
}

// checkTrees: the spans of a trace have ids of their own and are one tree.
func checkTrees(b *broken, got []span) {
	traces := map[pcommon.TraceID]map[pcommon.SpanID]span{}
	for _, r := range got {
		trace := traces[r.TraceID()]
		if trace == nil {
			trace = map[pcommon.SpanID]span{}
			traces[r.TraceID()] = trace
		}
		_, taken := trace[r.SpanID()]
		b.expect(!taken, "has an id of its own", "%s %q: %s", r.Kind(), r.Name(), r.SpanID())
		trace[r.SpanID()] = r
	}
	for id, trace := range traces {
		roots := 0
		for _, r := range trace {
			if r.ParentSpanID().IsEmpty() {
				roots++
			}
			b.expect(leadsToRoot(trace, r), "leads to the root", "%s %q in trace %s", r.Kind(), r.Name(), id)
		}
		b.expect(roots == 1, "is in a trace of one root", "trace %s has %d", id, roots)
	}
}

func leadsToRoot(trace map[pcommon.SpanID]span, r span) bool {
	for range trace {
		if r.ParentSpanID().IsEmpty() {
			return true
		}
		parent, ok := trace[r.ParentSpanID()]
		if !ok {
			return false
		}
		r = parent
	}
	return false // longer than the trace has spans: a cycle
}

// checkPlace: a shared server has an id of its own, remembers the one that it came with
// and is the client's child; any other span keeps its id and is under the span of its own
// service that had the parent's id, or else under the one that gave that id away.
func checkPlace(b *broken, s sent, r span, out map[key]span, spans []sent) {
	was, changed := r.Attributes().Get("koine.zipkin.span_id")
	if s.Shared {
		b.expect(changed && was.Str() == s.ID, "a shared server remembers the id that it came with", "%s %q", s.Kind, s.Name)
		parent, ok := owner(s.key().trace, s.ID, out, spans)
		b.expect(ok && parent.Kind() == ptrace.SpanKindClient, "the client of a shared server is there", "%s %q", s.Kind, s.Name)
		b.expect(ok && r.ParentSpanID() == parent.SpanID() && r.SpanID() != parent.SpanID(), "a shared server is under its client", "%s %q: %s under %s", s.Kind, s.Name, r.SpanID(), r.ParentSpanID())
		return
	}
	b.expect(!changed && r.SpanID().String() == s.ID, "keeps its id", "%s %q: %s, was %s", s.Kind, s.Name, r.SpanID(), s.ID)
	if s.ParentID == "" {
		b.expect(r.ParentSpanID().IsEmpty(), "a root stays one", "%s %q: under %s", s.Kind, s.Name, r.ParentSpanID())
		return
	}
	k := s.key()
	parent, ok := out[key{k.trace, s.ParentID, k.service}]
	if !ok {
		parent, ok = owner(k.trace, s.ParentID, out, spans)
	}
	b.expect(ok && r.ParentSpanID() == parent.SpanID(), "is under its parent", "%s %q of %s: under %s, not %s", s.Kind, s.Name, k.service, r.ParentSpanID(), parentName(parent, ok))
}

// owner is the span that an id was made for.
func owner(trace, id string, out map[key]span, spans []sent) (span, bool) {
	for _, s := range spans {
		if k := s.key(); k.trace == trace && s.ID == id && !s.Shared {
			r, ok := out[k]
			return r, ok
		}
	}
	return span{}, false
}

func parentName(r span, ok bool) string {
	if !ok {
		return "one that did not arrive"
	}
	return fmt.Sprintf("%s %q, %s", r.Kind(), r.Name(), r.SpanID())
}

// microsecond is the step of Zipkin's times, half of it again for libraries that round
// start and end alone.
const microsecond = 1.5

func checkSpan(b *broken, s sent, r span) {
	b.equal("name", s.Name, r.Name(), s)
	kind := s.Kind
	if kind == "" {
		kind = "INTERNAL"
	}
	b.equal("kind", kind, strings.ToUpper(r.Kind().String()), s)
	begin, end := float64(r.StartTimestamp())/1000, float64(r.EndTimestamp())/1000
	b.expect(math.Abs(begin-s.Timestamp) <= microsecond, "start", "%s %q: want %f, got %f", s.Kind, s.Name, s.Timestamp, begin)
	b.expect(math.Abs(end-begin-s.Duration) <= microsecond, "duration", "%s %q: want %f, got %f", s.Kind, s.Name, s.Duration, end-begin)
	debug, ok := r.Attributes().Get("koine.zipkin.debug")
	b.equal("koine.zipkin.debug", s.Debug, ok && debug.Bool(), s)
	if s.Scope.Name != "" {
		b.equal("scope", s.Scope, struct{ Name, Version string }{r.scope.Name(), r.scope.Version()}, s)
	}
}

func checkStatus(b *broken, s sent, r span) {
	want := s.Status
	if message, ok := s.Tags["error"]; ok {
		want.Code, want.Message = "ERROR", message
	}
	if want.Code == "" {
		want.Code = "UNSET"
	}
	b.equal("status", want.Code, strings.ToUpper(r.Status().Code().String()), s)
	b.equal("status message", want.Message, r.Status().Message(), s)
}

func checkEvents(b *broken, s sent, r span) {
	var got []annotation
	for _, e := range r.Events().All() {
		attributes := e.Attributes().AsRaw()
		for k, v := range attributes {
			if n, ok := v.(int64); ok {
				attributes[k] = float64(n) // as JSON has it
			}
		}
		got = append(got, annotation{e.Name(), float64(e.Timestamp()) / 1000, attributes})
	}
	for _, want := range s.Annotations {
		i := slices.IndexFunc(got, func(a annotation) bool { return a.Value == want.Value })
		b.expect(i >= 0, "event", "%q of %q: got %v", want.Value, s.Name, got)
		if i < 0 {
			continue
		}
		b.expect(math.Abs(got[i].Timestamp-want.Timestamp) <= microsecond, "event's time", "%q: want %f, got %f", want.Value, want.Timestamp, got[i].Timestamp)
		if want.Attributes == nil {
			want.Attributes = map[string]any{}
		}
		b.equal("event's attributes", want.Attributes, got[i].Attributes, s)
	}
	b.equal("number of events", len(s.Annotations), len(got), s)
}

func checkAttributes(b *broken, s sent, r span) {
	attributes := r.Attributes().AsRaw()
	for tag, want := range s.Tags {
		if tag == "error" {
			continue // the status
		}
		name := tag
		if now, ok := renamed[tag]; ok {
			name = now
			b.expect(attributes[tag] == nil, "no older name is left", "%s %q: %s", s.Kind, s.Name, tag)
		}
		got := attributes[name]
		b.equal("attribute "+name, want, fmt.Sprint(got), s)
		_, isNumber := got.(int64)
		b.expect(isNumber == numbers[name], "type of "+name, "%s %q: %T", s.Kind, s.Name, got)
	}
	for name, want := range map[string]any{
		"service.peer.name":     s.RemoteEndpoint.ServiceName,
		"network.peer.address":  s.RemoteEndpoint.IPv4,
		"network.peer.port":     s.RemoteEndpoint.Port,
		"network.local.address": s.LocalEndpoint.IPv4,
		"network.local.port":    s.LocalEndpoint.Port,
	} {
		if want != "" && want != int64(0) {
			b.equal(name, want, attributes[name], s)
		}
	}
}

// checkResource: what describes the service is there, and there alone.
func checkResource(b *broken, s sent, r span) {
	resource, attributes := r.resource.AsRaw(), r.Attributes().AsRaw()
	for name, want := range s.Resource {
		if now, ok := renamed[name]; ok {
			name = now
		}
		b.equal("resource "+name, want, resource[name], s)
		b.expect(attributes[name] == nil, name+" is not on the span", "%s %q", s.Kind, s.Name)
	}
}
