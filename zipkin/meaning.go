package zipkin

import "strings"

// meaning is what a tag says by its key, where it is not just an attribute of its span.
type meaning uint8

const (
	plain meaning = iota
	onResource
	// sdkName is on the resource, and says that the span is of an SDK of OpenTelemetry's.
	sdkName
	serviceName
	serviceNameSource
	scopeName
	scopeVersion
	libraryName
	libraryVersion
	errorTag
	statusCode
	statusDescription
	spanKind
	traceState
	link
	lostAttributes
	lostEvents
	lostLinks
	absentStart
	// From here on tags are attributes of the span besides: those that endpoints give, too.
	peerService
	peerAddress
	peerPort
	localAddress
	localPort
	// peerOther may be what an exporter made the remote endpoint's name of.
	peerOther
	// koineMark is one of Koine's own: the span was here before.
	koineMark
)

// meanings are the keys that OpenTelemetry's exporters write, by the specification (trace/
// sdk_exporters/zipkin.md, common/mapping-to-non-otlp.md) or by the Collector's custom.
var meanings = map[string]meaning{
	"telemetry.sdk.name":       sdkName,
	"service.name":             serviceName,
	"otlp.service.name.source": serviceNameSource,
	"otel.scope.name":          scopeName,
	"otel.scope.version":       scopeVersion,
	"otel.library.name":        libraryName,
	"otel.library.version":     libraryVersion,

	"error":                             errorTag,
	"otel.status_code":                  statusCode,
	"otel.status_description":           statusDescription,
	"span.kind":                         spanKind,
	"w3c.tracestate":                    traceState,
	"otel.dropped_attributes_count":     lostAttributes,
	"otel.dropped_events_count":         lostEvents,
	"otel.dropped_links_count":          lostLinks,
	"otel.zipkin.absentField.startTime": absentStart,

	"service.peer.name":     peerService,
	"peer.service":          peerService,
	"network.peer.address":  peerAddress,
	"network.peer.port":     peerPort,
	"network.local.address": localAddress,
	"network.local.port":    localPort,

	AttributeSpanID:      koineMark,
	AttributeShared:      koineMark,
	AttributeDebug:       koineMark,
	AttributeNoTimestamp: koineMark,
	AttributeLocalIPv6:   koineMark,
	AttributePeerIPv6:    koineMark,

	// The specification's order for the remote endpoint, below peer.service.
	"server.address":        peerOther,
	"net.peer.name":         peerOther,
	"server.socket.domain":  peerOther,
	"server.socket.address": peerOther,
	"net.sock.peer.name":    peerOther,
	"net.sock.peer.addr":    peerOther,
	"peer.hostname":         peerOther,
	"peer.address":          peerOther,
	"db.name":               peerOther,
}

func (w *words) meaning(key string) meaning {
	if m, ok := meanings[key]; ok {
		return m
	}
	if strings.HasPrefix(key, linkPrefix) {
		return link
	}
	if w.isResource != nil && w.isResource(key) {
		return onResource
	}
	return plain
}
