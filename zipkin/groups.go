package zipkin

import (
	"hash/maphash"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// groups are the resources and scopes of one list, in the order of their first spans. Two
// spans have one resource where all of its attributes are equal, in whatever order their
// tags are.
type groups struct {
	traces ptrace.Traces
	all    []group
	recent [recentGroups]int // the groups of the spans before: mostly the next one's, too
	byHash map[uint64]int    // the latest group of a hash, further ones by group.next
	seed   maphash.Seed
}

type group struct {
	service, serviceSource  string
	scopeName, scopeVersion string
	attributes              []keyValue
	spans                   ptrace.SpanSlice
	resource                ptrace.ResourceSpans
	resourceHash            uint64
	next                    int
}

const noGroup = -1

// recentGroups are compared before anything is hashed: a service has few instrumentation
// scopes, and their spans take turns.
const recentGroups = 4

func (g *groups) begin(traces ptrace.Traces) {
	g.traces, g.recent = traces, [recentGroups]int{noGroup, noGroup, noGroup, noGroup}
	g.all = g.all[:0]
	if g.byHash == nil {
		g.byHash, g.seed = map[uint64]int{}, maphash.MakeSeed()
	}
}

// keptGroups stay allocated from list to list.
const keptGroups = 1024

func (g *groups) end() {
	g.traces = ptrace.Traces{}
	if len(g.all) > keptGroups {
		g.all, g.byHash = nil, nil
		return
	}
	clear(g.all)
	clear(g.byHash)
}

// of gives the spans of the group that a span belongs to.
func (g *groups) of(d *Decoder, service string, t *tagSet) ptrace.SpanSlice {
	for i, at := range g.recent {
		if at == noGroup {
			break
		}
		if g.all[at].is(service, t) {
			copy(g.recent[1:i+1], g.recent[:i])
			g.recent[0] = at
			return g.all[at].spans
		}
	}
	resource := g.hashResource(service, t)
	whole := g.hashScope(resource, t)
	at, ok := g.byHash[whole]
	for ok && at != noGroup {
		if g.all[at].is(service, t) {
			return g.use(at)
		}
		at = g.all[at].next
	}
	next := noGroup
	if ok {
		next = g.byHash[whole]
	}
	made := g.make(d, service, t, resource)
	g.all[made].next = next
	g.byHash[whole] = made
	return g.use(made)
}

func (g *groups) use(at int) ptrace.SpanSlice {
	copy(g.recent[1:], g.recent[:])
	g.recent[0] = at
	return g.all[at].spans
}

// is compares what was read with what the group has; the same tags mostly come in the same
// order.
func (g *group) is(service string, t *tagSet) bool {
	return g.isResource(service, t) && g.scopeName == string(t.scopeName) && g.scopeVersion == string(t.scopeVersion)
}

func (g *group) isResource(service string, t *tagSet) bool {
	if g.service != service || g.serviceSource != string(t.serviceSource) || len(g.attributes) != len(t.resource) {
		return false
	}
	for i := range t.resource {
		if a := &t.resource[i]; g.attributes[i].key != a.key || g.attributes[i].str != a.str {
			return g.isShuffled(t)
		}
	}
	return true
}

func (g *group) isShuffled(t *tagSet) bool {
next:
	for i := range t.resource {
		for j := range g.attributes {
			if g.attributes[j].key == t.resource[i].key {
				if g.attributes[j].str != t.resource[i].str {
					return false
				}
				continue next
			}
		}
		return false
	}
	return true
}

// hashResource does not depend on the order of attributes.
func (g *groups) hashResource(service string, t *tagSet) uint64 {
	h := maphash.String(g.seed, service) + 3*maphash.Bytes(g.seed, t.serviceSource)
	for i := range t.resource {
		h += (maphash.String(g.seed, t.resource[i].key) | 1) * (maphash.String(g.seed, t.resource[i].str) | 1)
	}
	return h
}

func (g *groups) hashScope(resource uint64, t *tagSet) uint64 {
	return resource + 5*maphash.Bytes(g.seed, t.scopeName) + 7*maphash.Bytes(g.seed, t.scopeVersion)
}

// make makes the group of a span, in the resource of another if there is one.
func (g *groups) make(d *Decoder, service string, t *tagSet, resourceHash uint64) int {
	made := group{
		service: service, serviceSource: d.words.text(t.serviceSource, &d.text), resourceHash: resourceHash,
		scopeName: d.words.text(t.scopeName, &d.text), scopeVersion: d.words.text(t.scopeVersion, &d.text),
		attributes: append([]keyValue(nil), t.resource...),
	}
	if other := g.resourceOf(service, t, resourceHash); other != noGroup {
		made.resource = g.all[other].resource
	} else {
		made.resource = g.traces.ResourceSpans().AppendEmpty()
		d.describe(made.resource.Resource().Attributes(), &made)
	}
	scope := made.resource.ScopeSpans().AppendEmpty()
	scope.Scope().SetName(made.scopeName)
	scope.Scope().SetVersion(made.scopeVersion)
	made.spans = scope.Spans()
	g.all = append(g.all, made)
	return len(g.all) - 1
}

// resourceOf finds a group of the same resource, by the resource's hash with no scope's.
func (g *groups) resourceOf(service string, t *tagSet, hash uint64) int {
	const lookBack = 64 // as many scopes of one resource are found; more repeat the resource
	for i := len(g.all) - 1; i >= max(0, len(g.all)-lookBack); i-- {
		if g.all[i].resourceHash == hash && g.all[i].isResource(service, t) {
			return i
		}
	}
	return noGroup
}

// describe writes the resource. Who wrote the span may have had no service.name and made one
// of another attribute, which comes back.
func (d *Decoder) describe(to pcommon.Map, g *group) {
	attributes := append(make([]keyValue, 0, len(g.attributes)+2),
		keyValue{key: "service.name", str: g.service, typ: pcommon.ValueTypeStr})
	attributes = append(attributes, g.attributes...)
	if source := g.serviceSource; source != "" {
		known := false
		for i := range g.attributes {
			known = known || g.attributes[i].key == source
		}
		if !known {
			attributes = append(attributes, keyValue{key: source, str: g.service, typ: pcommon.ValueTypeStr})
		}
	}
	writeAttributes(&d.resources, to, attributes)
}

// isServiceNameSource is whether the Collector's Zipkin exporter takes names from there.
func isServiceNameSource(key []byte) bool {
	switch string(key) {
	case "faas.name", "k8s.deployment.name", "process.executable.name":
		return true
	}
	return false
}
