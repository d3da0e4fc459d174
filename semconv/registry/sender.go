package registry

import (
	"strings"
	"sync"
)

// OfSender tells the tags that describe who sends a span, not the span: where formats know no
// resource, OpenTelemetry's exporters write its attributes as tags of each of its spans. A key is
// of the resource if it stands there and not on spans.
func OfSender(key string) bool {
	a := live(Resolve(key))
	switch {
	case a == nil, a.On&OnResource == 0, a.On == Anywhere: // Anywhere: nobody says where
		return false
	case a.On&OnSpan == 0:
		return true
	}
	// Some stand on spans, too: process.pid on that of a command that was started, cloud.region
	// on calls of a cloud's API. As a tag they are of the resource if it is their own
	// entity's, which exporters write on every span; user_agent.original is no browser.*.
	return ownEntity()[a.Key]
}

// live is what took the place of a retired attribute, as far as it is one other: the retired
// ones do not say where they stood.
func live(a *Attribute) *Attribute {
	for range 8 { // the longest chain is 3
		switch {
		case a == nil || a.Deprecation == Live:
			return a
		case a.RenamedTo != "":
			a = Lookup(a.RenamedTo)
		case len(a.Instead) == 1:
			a = Lookup(a.Instead[0])
		default:
			return nil
		}
	}
	return nil
}

// ownEntity has the attributes that stand on an entity of their own namespace.
var ownEntity = sync.OnceValue(func() map[string]bool {
	own := map[string]bool{}
	for _, e := range Entities() {
		for _, use := range e.Attributes {
			if namespace(use.Key) == namespace(e.Type) {
				own[use.Key] = true
			}
		}
	}
	return own
})

func namespace(key string) string {
	first, _, _ := strings.Cut(key, ".")
	return first
}
