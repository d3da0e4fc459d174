package tailsamplingprocessor

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/block"
	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/policy"
	"github.com/koine-otel/koine/spans/attribute"
	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/probability"
	"github.com/koine-otel/koine/spans/tree"
	"github.com/koine-otel/koine/spans/wire"
)

// Field numbers of opentelemetry/proto/trace/v1/trace.proto.
const (
	fieldResourceSpans = 1 // of TracesData
	fieldScopeSpans    = 2 // of ResourceSpans
	fieldSpan          = 2 // of ScopeSpans
)

// What the Zipkin receiver says of spans.
const (
	zipkinPrefix = "koine.zipkin."
	zipkinDebug  = zipkinPrefix + "debug"
	zipkinShared = zipkinPrefix + "shared"
	zipkinSpanID = zipkinPrefix + "span_id"
)

// intake takes one request apart: its bytes into blocks, and what is known of each span to the
// shards. It is the caller's goroutine that does the work, so that it spreads over cores.
type intake struct {
	writer     block.Writer
	policies   *policy.Set
	words      int
	deliveries []*delivery
	arrived    int64

	table      []place // of fragments, by trace id
	generation uint32
	last       place

	resource, scope []byte
	facts           []uint64 // of the resource at hand
	resourceNumber  int32
	scopeNumber     int32
	service         uint64
	clock           uint16
	analysis        *analysis // nil: nothing is analysed
}

// place is where a trace's fragment is.
type place struct {
	low, high  uint64
	generation uint32
	fragment   uint32
	delivery   *delivery
}

var intakes = sync.Pool{New: func() any { return new(intake) }}

// takeIn hands a request's spans, which body has as bytes, over to the shards.
func (e *engine) takeIn(ctx context.Context, policies *policy.Set, set uint32, td ptrace.Traces, body []byte, spans int) error {
	in := intakes.Get().(*intake)
	defer in.give()
	in.begin(policies, len(e.shards), spans)
	in.analysis = e.analysis.Load()
	in.arrived = e.now()
	e.store.Begin(&in.writer, set, len(body))
	walked := in.walk(ctx, td, body)
	err := in.writer.Close()
	for i, d := range in.deliveries {
		if d == nil {
			continue
		}
		in.deliveries[i] = nil
		if err != nil {
			d.give()
			continue
		}
		e.spans.Add(int64(len(d.records)))
		e.index.Add(d.size())
		e.shards[i].in <- d // the shard always comes back to it: it never waits for anyone
	}
	return errors.Join(walked, err)
}

func (in *intake) begin(policies *policy.Set, shards, spans int) {
	in.policies, in.words = policies, policies.Words()
	if len(in.deliveries) != shards {
		in.deliveries = make([]*delivery, shards)
	}
	if size := 1 << bits.Len(uint(2*spans)); len(in.table) < size {
		in.table, in.generation = make([]place, size), 0
	} else if in.generation == 1<<32-1 {
		clear(in.table)
		in.generation = 0
	}
	in.generation++
	in.last = place{}
	in.facts = append(in.facts[:0], make([]uint64, in.words)...)
	in.resourceNumber, in.scopeNumber = 0, 0
}

func (in *intake) give() {
	if len(in.table) > 1<<16 {
		in.table = nil // it was a giant request's
	}
	in.last = place{}
	intakes.Put(in)
}

// walk goes through the request as pdata and, beside it, as the bytes that pdata wrote.
func (in *intake) walk(ctx context.Context, td ptrace.Traces, body []byte) (err error) {
	request := wire.NewMessage(body)
	for _, rs := range td.ResourceSpans().All() {
		resource, _, err := request.Next(fieldResourceSpans)
		if err != nil {
			return err
		}
		if in.resource, err = wire.AppendOthers(in.resource[:0], resource, fieldScopeSpans); err != nil {
			return err
		}
		in.resourceNumber++
		clear(in.facts)
		in.policies.Resource(rs.Resource(), in.facts)
		in.service, in.clock = serviceHash(rs.Resource().Attributes()), clockHash(rs.Resource().Attributes())
		scopes := wire.NewMessage(resource)
		for _, ss := range rs.ScopeSpans().All() {
			scope, _, err := scopes.Next(fieldScopeSpans)
			if err != nil {
				return err
			}
			if err = in.walkScope(ctx, rs, ss, scope); err != nil {
				return err
			}
		}
	}
	return nil
}

func (in *intake) walkScope(ctx context.Context, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, scope []byte) (err error) {
	if in.scope, err = wire.AppendOthers(in.scope[:0], scope, fieldSpan); err != nil {
		return err
	}
	in.scopeNumber++
	in.writer.Context(in.resource, in.scope)
	messages := wire.NewMessage(scope)
	list := ss.Spans()
	for i := range list.Len() {
		bytes, _, err := messages.Next(fieldSpan)
		if err != nil {
			return err
		}
		in.span(ctx, rs, ss, list.At(i), bytes)
	}
	return nil
}

// span takes note of one span.
func (in *intake) span(ctx context.Context, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, span ptrace.Span, bytes []byte) {
	p := in.place(span.TraceID())
	d := p.delivery
	f := &d.fragments[p.fragment]
	facts := d.facts[int(p.fragment)*in.words:][:in.words]
	if f.resource != in.resourceNumber {
		f.resource = in.resourceNumber
		f.bytes += framed(uint64(len(in.resource)))
		in.policies.Merge(facts, in.facts)
	}
	if f.scope != in.scopeNumber {
		f.scope = in.scopeNumber
		f.bytes += framed(uint64(len(in.scope)))
	}
	in.policies.Span(ctx, rs, ss, span, facts)

	id, parent := span.SpanID(), span.ParentSpanID()
	start, end := uint64(span.StartTimestamp()), uint64(span.EndTimestamp())
	r := record{
		id: binary.BigEndian.Uint64(id[:]), parent: binary.BigEndian.Uint64(parent[:]),
		start: start, operation: in.operation(rs.Resource().Attributes(), span), clock: in.clock,
		ref: in.writer.Span(bytes), next: p.fragment, flags: flagsOf(span) | zipkinFlags(span.Attributes()),
	}
	if span.Status().Code() == ptrace.StatusCodeError {
		r.errorType = errorType(span.Attributes())
	}
	if end > start {
		r.duration = end - start
	}
	d.records = append(d.records, r)
	f.note(&r, uint64(len(bytes)), end, in.service)
	if state := span.TraceState().AsRaw(); state != "" {
		f.noteState(state)
	}
}

// framed is what a message takes inside another: with its tag and a length of two bytes.
func framed(size uint64) uint64 { return size + 3 }

func (f *fragment) note(r *record, size, end uint64, service uint64) {
	f.spans++
	f.bytes += framed(size)
	if r.start != 0 && (f.start == 0 || r.start < f.start) {
		f.start = r.start
	}
	f.end = max(f.end, end)
	if f.service == 0 || r.flags&isRoot != 0 {
		f.service = service
	}
	if r.flags&isRoot != 0 {
		f.flags |= hasRoot
	}
	if r.flags&isDebug != 0 {
		f.flags |= debugTrace
	}
	if r.flags&isShared != 0 {
		f.flags |= sharedTrace
	}
}

// noteState takes what a span's tracestate says of earlier sampling. One that cannot be read
// says nothing; the writer of the new one counts it.
func (f *fragment) noteState(tracestate string) {
	s, _ := probability.Read(tracestate)
	if s.HasThreshold && (f.flags&hasThreshold == 0 || s.Threshold < f.threshold) {
		f.threshold = s.Threshold
		f.flags |= hasThreshold
	}
	if s.HasRandomness && f.flags&hasRandomness == 0 {
		f.randomness = s.Randomness
		f.flags |= hasRandomness
	}
}

// place finds the fragment of a trace, or makes it.
func (in *intake) place(id pcommon.TraceID) *place {
	high, low := binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])
	if in.last.low == low && in.last.high == high && in.last.delivery != nil {
		return &in.last // spans of a trace often come together
	}
	mask := uint64(len(in.table) - 1)
	for i := hashID(low, high); ; i++ {
		p := &in.table[i&mask]
		if p.generation != in.generation {
			*p = place{low: low, high: high, generation: in.generation}
			p.fragment, p.delivery = in.addFragment(low, high)
			in.last = *p
			return p
		}
		if p.low == low && p.high == high {
			in.last = *p
			return p
		}
	}
}

func (in *intake) addFragment(low, high uint64) (uint32, *delivery) {
	shard := shardOf(low, len(in.deliveries))
	d := in.deliveries[shard]
	if d == nil {
		d = takeDelivery(in.arrived)
		in.deliveries[shard] = d
	}
	d.fragments = append(d.fragments, fragment{low: low, high: high})
	for range in.words {
		d.facts = append(d.facts, 0)
	}
	return uint32(len(d.fragments) - 1), d
}

// shardOf makes every bit of a trace id's low half count: ids need not be random. It is the
// same in every process.
func shardOf(low uint64, shards int) int {
	h := low * 0x9e3779b97f4a7c15
	hi, _ := bits.Mul64(h^h>>32, uint64(shards))
	return int(hi)
}

// secrets keep senders from knowing which ids fall together in a table.
var secrets = [2]uint64{rand.Uint64(), rand.Uint64() | 1}

func hashID(low, high uint64) uint64 {
	hi, lo := bits.Mul64(low^secrets[0], high^secrets[1])
	hi, lo = bits.Mul64(hi^lo^low, secrets[1])
	return hi ^ lo
}

func zipkinFlags(attrs pcommon.Map) (f recordFlags) {
	if attribute.Known() {
		list := attribute.List(attrs)
		for i := range list {
			if a := &list[i]; len(a.Key) > len(zipkinPrefix) && a.Key[:len(zipkinPrefix)] == zipkinPrefix {
				on, _ := a.Bool()
				f |= zipkinFlag(a.Key, on)
			}
		}
		return f
	}
	for key, value := range attrs.All() {
		if strings.HasPrefix(key, zipkinPrefix) {
			f |= zipkinFlag(key, value.Bool())
		}
	}
	return f
}

func zipkinFlag(key string, on bool) recordFlags {
	switch {
	case key == zipkinDebug && on:
		return isDebug
	case key == zipkinShared && on, key == zipkinSpanID:
		return isShared
	}
	return 0
}

// What tells a service.
const (
	keyEnvironment = "deployment.environment.name"
	keyNamespace   = "service.namespace"
	keyService     = "service.name"
)

// serviceHash stands for whose spans they are: environment, namespace and name.
func serviceHash(resource pcommon.Map) uint64 {
	return baseline.ServiceHash(text(resource, keyEnvironment), text(resource, keyNamespace), text(resource, keyService))
}

func text(m pcommon.Map, key string) string {
	if v, ok := m.Get(key); ok && v.Type() == pcommon.ValueTypeStr {
		return v.Str()
	}
	return ""
}

// clockHash stands for the clock by which a resource's spans are timed: its host's, or else its
// instance's, or its own.
func clockHash(resource pcommon.Map) uint16 {
	for _, key := range [...]string{"host.id", "host.name", "k8s.node.name", "k8s.pod.name", "service.instance.id", keyService} {
		if v, ok := resource.Get(key); ok && v.Type() == pcommon.ValueTypeStr {
			return uint16(xxhash.Sum64String(v.Str()))
		}
	}
	return 0
}

// errorType stands for why a span failed. Types are told apart well enough for their shares.
func errorType(attrs pcommon.Map) uint16 {
	if v, ok := attrs.Get("error.type"); ok {
		return uint16(xxhash.Sum64String(v.AsString())%math.MaxUint16) + 1
	}
	return 1
}

// operation gives the number of a service's span name and kind.
func (in *intake) operation(resource pcommon.Map, span ptrace.Span) uint32 {
	kind := tree.Kind(span.Kind())
	hash := baseline.OperationHash(in.service, span.Name(), kind)
	if in.analysis == nil {
		return uint32(hash >> 32)
	}
	return uint32(in.analysis.baseline.Intern(hash, in.arrived, func() baseline.Identity {
		return baseline.Identity{
			Environment: text(resource, keyEnvironment), Namespace: text(resource, keyNamespace), Service: text(resource, keyService),
			Name: span.Name(), Kind: kind,
		}
	}))
}
