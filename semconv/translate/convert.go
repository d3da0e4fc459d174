package translate

import "strings"

// conversions by the names that rules use in `as`. Those of one topic stand in one file.
var conversions = map[string]conversion{
	"drop":     ofText(func(string) (string, outcome) { return "", absent }),
	"lower":    ofText(func(s string) (string, outcome) { return some(strings.ToLower(s)) }),
	"nonempty": ofText(some),
	"text":     ofText(func(s string) (string, outcome) { return s, converted }),

	"kind":               ofText(spanKind),
	"status":             ofText(otelStatus),
	"method":             ofText(method),
	"method_original":    ofText(methodOriginal),
	"status_code":        statusCode,
	"status_text":        ofText(statusText),
	"error":              errorStatus,
	"error.message":      errorMessage,
	"opencensus.status":  openCensusStatus,
	"protocol.name":      ofText(func(s string) (string, outcome) { name, _, o := protocol(s); return partOf(name, o) }),
	"protocol.version":   ofText(func(s string) (string, outcome) { _, version, o := protocol(s); return partOf(version, o) }),
	"target.path":        ofTarget(func(t requestTarget) string { return t.path }),
	"target.query":       ofTarget(func(t requestTarget) string { return t.query }),
	"url.full":           ofText(urlFull),
	"url.scheme":         ofURL(func(u parts) string { return strings.ToLower(u.scheme) }),
	"url.host":           ofURL(func(u parts) string { return u.host }),
	"url.port":           ofURL(func(u parts) string { return u.port }),
	"url.path":           ofURL(func(u parts) string { return u.path }),
	"url.query":          ofURL(func(u parts) string { return u.query }),
	"url.relative.path":  ofRelative(func(t requestTarget) string { return t.path }),
	"url.relative.query": ofRelative(func(t requestTarget) string { return t.query }),

	"host":           ofText(func(s string) (string, outcome) { host, _, o := hostPort(s); return partOf(host, o) }),
	"port":           ofText(func(s string) (string, outcome) { _, port, o := hostPort(s); return partOf(port, o) }),
	"port.only":      ofText(portOnly),
	"ip":             ipAddress,
	"first_hop":      ofText(firstHop),
	"peer.ip":        ofPeer(func(p peer) string { return p.ip }),
	"peer.host":      ofPeer(func(p peer) string { return p.host }),
	"peer.ip_port":   ofPeer(peer.ipPort),
	"peer.host_port": ofPeer(peer.hostPort),
	// Where it is not known whose a name is, only an address is of use.
	"socket.ip":       ofSocket(func(p peer) string { return p.ip }),
	"socket.port":     ofSocket(func(p peer) string { return p.port }),
	"connection.host": ofText(func(s string) (string, outcome) { host, _, o := connectionString(s); return partOf(host, o) }),
	"connection.port": ofText(func(s string) (string, outcome) { _, port, o := connectionString(s); return partOf(port, o) }),

	"mongodb.database": ofText(func(s string) (string, outcome) { return afterPrefix(s, "mongodb-") }),

	"grpc.status_code":    ofText(grpcStatus),
	"method.known":        ofText(knownMethod),
	"opencensus.path":     ofText(openCensusMethod(func(service, method string) string { return service + "/" + method })),
	"opencensus.service":  ofText(openCensusMethod(func(service, _ string) string { return service })),
	"opencensus.method":   ofText(openCensusMethod(func(_, method string) string { return method })),
	"grpc.service":        ofText(func(s string) (string, outcome) { service, _ := grpcMethod(s); return some(service) }),
	"grpc.method":         ofText(func(s string) (string, outcome) { _, method := grpcMethod(s); return some(method) }),
	"grpc.status_number":  ofText(grpcStatusNumber),
	"grpc.path":           ofText(func(s string) (string, outcome) { return some(strings.TrimPrefix(s, "/")) }),
	"cluster.service":     ofCluster(func(c cluster) string { return c.service }),
	"cluster.host":        ofCluster(func(c cluster) string { return c.host }),
	"cluster.port":        ofCluster(func(c cluster) string { return c.port }),
	"node.instance":       ofText(nodeInstance),
	"node.pod_only":       ofIstioNode(func(n istioNode) string { return n.pod }),
	"node.namespace_only": ofIstioNode(func(n istioNode) string { return n.namespace }),
	"node.pod":            ofNode(func(n istioNode) string { return n.pod }),
	"node.namespace":      ofNode(func(n istioNode) string { return n.namespace }),
	"not_dash":            ofText(notDash),
	"jaeger.name":         ofText(func(s string) (string, outcome) { c := jaegerClient(s); return some(c.name) }),
	"jaeger.language":     ofText(func(s string) (string, outcome) { c := jaegerClient(s); return some(c.language) }),
	"jaeger.version":      ofText(func(s string) (string, outcome) { c := jaegerClient(s); return some(c.version) }),
}

// conversion makes a target's value of a source's.
type conversion func(Value) (Value, outcome)

// outcome is what a conversion made of a source's value.
type outcome uint8

const (
	converted outcome = iota
	// absent: the value is right and says nothing about this target, as a URL without
	// a query says nothing about url.query.
	absent
	// invalid: the value has not the form that its key promises. It stays as it is.
	invalid
)

// ofText makes a conversion of one between strings; a value that is no scalar is
// invalid.
func ofText(f func(string) (string, outcome)) conversion {
	return func(v Value) (Value, outcome) {
		s, ok := v.text()
		if !ok {
			return Value{}, invalid
		}
		s, o := f(s)
		if o != converted {
			return Value{}, o
		}
		return StringValue(s), converted
	}
}

// some is a text that says something, or absent.
func some(s string) (string, outcome) {
	if s == "" {
		return "", absent
	}
	return s, converted
}

// afterPrefix is what follows a prefix; of another text, absent.
func afterPrefix(s, prefix string) (string, outcome) {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return "", absent
	}
	return some(rest)
}

// partOf is a part of what was read with an outcome; an empty part is absent.
func partOf(part string, o outcome) (string, outcome) {
	if o != converted {
		return "", o
	}
	return some(part)
}

// conversion is a source's value map and named conversion as one, nil where it has
// neither. Values are found without regard to case, because vocabularies that nobody
// checks write "MSSQL" and "mssql".
func (s *Source) conversion() conversion {
	convert := mapping(s.Values, conversions[s.As])
	if s.then == nil {
		return convert
	}
	then := mapping(s.then.Values, conversions[s.then.As])
	if convert == nil {
		return then
	}
	return func(v Value) (Value, outcome) {
		v, o := convert(v)
		if o != converted {
			return v, o
		}
		return then(v)
	}
}

// mapping is a map of values and the conversion after it.
func mapping(from map[string]string, convert conversion) conversion {
	if from == nil {
		return convert
	}
	values := make(map[string]string, len(from))
	for old, value := range from {
		values[strings.ToLower(old)] = value
	}
	return func(v Value) (Value, outcome) {
		if text, ok := v.text(); ok {
			mapped, ok := values[text] // mostly written as the conventions had it
			if !ok {
				mapped, ok = values[strings.ToLower(text)]
			}
			if ok {
				v = StringValue(mapped)
			}
		}
		if convert != nil {
			return convert(v)
		}
		return v, converted
	}
}
