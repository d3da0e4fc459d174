package translate

import "strings"

// cluster is what an Envoy cluster's name says of the service behind it.
type cluster struct{ service, host, port string }

// ofCluster reads a part of a cluster's name: Istio's direction|port|subset|host, or a
// name that somebody chose. An inbound cluster is the service itself, no peer.
func ofCluster(part func(cluster) string) conversion {
	return ofText(func(s string) (string, outcome) {
		direction, rest, istio := strings.Cut(strings.TrimSuffix(s, ";"), "|")
		if !istio {
			if s == "-" || s == "BlackHoleCluster" || s == "PassthroughCluster" {
				return "", absent // Istio's clusters for no service and for any
			}
			return some(part(cluster{service: s}))
		}
		port, rest, _ := strings.Cut(rest, "|")
		_, host, ok := strings.Cut(rest, "|")
		if direction != "outbound" || !ok || host == "" || !isPort(port) {
			return "", invalid
		}
		return some(part(cluster{serviceOf(host), host, port}))
	})
}

// serviceOf is the service's name in a Kubernetes host name (svc.ns.svc.cluster.local),
// and the whole of any other.
func serviceOf(host string) string {
	service, rest, _ := strings.Cut(host, ".")
	if _, domain, _ := strings.Cut(rest, "."); strings.HasPrefix(domain, "svc.") || domain == "svc" {
		return service
	}
	return host
}

// istioNode is what the id of an Istio proxy says: type~address~pod.namespace~domain.
type istioNode struct{ pod, namespace string }

func splitNode(s string) (istioNode, bool) {
	_, rest, _ := strings.Cut(s, "~")
	_, rest, _ = strings.Cut(rest, "~")
	name, _, ok := strings.Cut(rest, "~")
	dot := strings.LastIndexByte(name, '.')
	if !ok || dot <= 0 || dot == len(name)-1 {
		return istioNode{}, false
	}
	return istioNode{name[:dot], name[dot+1:]}, true
}

func ofNode(part func(istioNode) string) conversion {
	return ofText(func(s string) (string, outcome) {
		n, _ := splitNode(s)
		return some(part(n))
	})
}

// ofIstioNode is ofNode where nothing else says that the id is a proxy's: one in another
// form stays.
func ofIstioNode(part func(istioNode) string) conversion {
	return ofText(func(s string) (string, outcome) {
		n, ok := splitNode(s)
		if !ok {
			return "", invalid
		}
		return part(n), converted
	})
}

// nodeInstance is the id of a proxy that is not Istio's.
func nodeInstance(s string) (string, outcome) {
	if _, ok := splitNode(s); ok {
		return "", absent
	}
	return some(s)
}

// notDash is a value of an access log or a proxy's tag, where - means none.
func notDash(s string) (string, outcome) {
	if s == "-" {
		return "", absent
	}
	return some(s)
}
