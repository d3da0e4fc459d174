package tailsamplingprocessor

import (
	"bytes"
	"cmp"
	"errors"
	"slices"

	"github.com/cespare/xxhash/v2"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/block"
)

// cutter cuts spans out of their blocks. It is used by one goroutine at a time.
type cutter struct {
	buf    []byte
	groups map[groupKey]*resourceGroup
	order  []*resourceGroup
}

// batch is what leaves with one set of metadata.
type batch struct {
	set    uint32
	traces ptrace.Traces
	spans  int
}

type groupKey struct {
	set  uint32
	hash uint64
}

// resourceGroup gathers the spans of equal resources, whichever requests they came in: small
// requests would otherwise leave as many copies of one resource.
type resourceGroup struct {
	set      uint32
	resource []byte
	scopes   []scopeGroup
	last     int // the scope of the span before
	spans    int
}

type scopeGroup struct {
	scope, spans []byte
}

// cut reads the spans, block by block, each block once. Spans that cannot be read are left out,
// and the error says so; the blocks stay held.
func (c *cutter) cut(store *block.Store, refs []block.Ref) ([]batch, error) {
	slices.SortFunc(refs, func(a, b block.Ref) int {
		return cmp.Or(cmp.Compare(a.Block, b.Block), cmp.Compare(a.Offset, b.Offset))
	})
	c.groups, c.order = map[groupKey]*resourceGroup{}, c.order[:0]
	var failed []error
	for from := 0; from < len(refs); {
		to := from + 1
		for to < len(refs) && refs[to].Block == refs[from].Block {
			to++
		}
		body, err := store.Read(refs[from].Block, c.buf)
		if err != nil {
			failed = append(failed, err)
		} else {
			c.buf = body.Bytes
			c.cutBlock(body, refs[from:to])
		}
		from = to
	}
	batches, err := c.decode()
	return batches, errors.Join(append(failed, err)...)
}

func (c *cutter) cutBlock(body block.Body, refs []block.Ref) {
	var group *resourceGroup
	last := ^uint32(0)
	for _, ref := range refs {
		span, context := body.Span(ref.Offset)
		if context != last {
			resource, scope := body.Context(context)
			group = c.group(body.Set, resource)
			group.enter(scope)
			last = context
		}
		s := &group.scopes[group.last]
		s.spans = protowire.AppendBytes(protowire.AppendTag(s.spans, fieldSpan, protowire.BytesType), span)
		group.spans++
	}
}

func (c *cutter) group(set uint32, resource []byte) *resourceGroup {
	key := groupKey{set, xxhash.Sum64(resource)}
	for {
		g := c.groups[key]
		if g == nil {
			g = &resourceGroup{set: set, resource: bytes.Clone(resource)}
			c.groups[key] = g
			c.order = append(c.order, g)
			return g
		}
		if bytes.Equal(g.resource, resource) {
			return g
		}
		key.hash++ // two with one hash
	}
}

// enter makes a scope the current one.
func (g *resourceGroup) enter(scope []byte) {
	for i := range g.scopes {
		if bytes.Equal(g.scopes[i].scope, scope) {
			g.last = i
			return
		}
	}
	g.scopes = append(g.scopes, scopeGroup{scope: bytes.Clone(scope)})
	g.last = len(g.scopes) - 1
}

// decode makes one ptrace.Traces for each set of metadata.
func (c *cutter) decode() ([]batch, error) {
	slices.SortStableFunc(c.order, func(a, b *resourceGroup) int { return cmp.Compare(a.set, b.set) })
	var batches []batch
	var failed []error
	for from := 0; from < len(c.order); {
		b := batch{set: c.order[from].set}
		var message []byte
		to := from
		for ; to < len(c.order) && c.order[to].set == b.set; to++ {
			message = c.order[to].append(message)
			b.spans += c.order[to].spans
		}
		from = to
		var unmarshaler ptrace.ProtoUnmarshaler
		var err error
		if b.traces, err = unmarshaler.UnmarshalTraces(message); err != nil {
			failed = append(failed, err)
			continue
		}
		batches = append(batches, b)
	}
	clear(c.order)
	c.groups = nil
	return batches, errors.Join(failed...)
}

// append writes the group as a field of TracesData.
func (g *resourceGroup) append(dst []byte) []byte {
	size := len(g.resource)
	for _, s := range g.scopes {
		size += protowire.SizeTag(fieldScopeSpans) + protowire.SizeBytes(len(s.scope)+len(s.spans))
	}
	dst = appendLength(slices.Grow(dst, protowire.SizeTag(fieldResourceSpans)+protowire.SizeBytes(size)), fieldResourceSpans, size)
	dst = append(dst, g.resource...)
	for _, s := range g.scopes {
		dst = appendLength(dst, fieldScopeSpans, len(s.scope)+len(s.spans))
		dst = append(dst, s.scope...)
		dst = append(dst, s.spans...)
	}
	return dst
}

// appendLength begins a field of a size.
func appendLength(dst []byte, field protowire.Number, size int) []byte {
	return protowire.AppendVarint(protowire.AppendTag(dst, field, protowire.BytesType), uint64(size))
}
