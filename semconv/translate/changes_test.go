package translate

import (
	"slices"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
)

func TestChanges(t *testing.T) {
	least := Stability{Metrics: registry.ReleaseCandidate}
	needs := func(from, to, old, name string) string {
		changes := Changes(from, to, least, Embedded()...)
		i := slices.IndexFunc(changes, func(c Change) bool { return c.To == name && slices.Contains(c.From, old) })
		if i < 0 {
			return "not there"
		}
		return changes[i].Needs
	}
	for _, c := range [][5]string{
		{"1.37.0", "1.44.0", "k8s.deployment.desired_pods", "k8s.deployment.pod.desired", "metrics: development"},
		{"1.37.0", "1.44.0", "rpc.server.duration", "rpc.server.call.duration", ""},
		{"1.37.0", "1.44.0", "peer.service", "service.peer.name", ""},
		{"1.44.0", "1.37.0", "k8s.deployment.pod.desired", "k8s.deployment.desired_pods", "metrics: development"},
		{"1.44.0", "1.37.0", "rpc.system.name", "rpc.system", ""},
		{"1.44.0", "1.37.0", "http.method", "http.request.method", "not there"},
		{"1.37.0", "1.34.0", "rpc.system.name", "rpc.system", "not there"}, // it came later than both
		{"1.44.0", "1.44.0", "rpc.system", "rpc.system.name", "not there"},
	} {
		if got := needs(c[0], c[1], c[2], c[3]); got != c[4] {
			t.Errorf("from %s to %s: %s: got %q, want %q", c[0], c[1], c[2], got, c[4])
		}
	}
}

// TestChangesAgreeWithTables: what a change of target is said to rename without more, a
// table with that stability renames, and the rest it leaves.
func TestChangesAgreeWithTables(t *testing.T) {
	least := Stability{Metrics: registry.ReleaseCandidate}
	for _, versions := range [][2]string{{"1.21.0", "1.44.0"}, {"1.37.0", "1.44.0"}, {"1.44.0", "1.37.0"}, {"1.44.0", "1.25.0"}} {
		table := New(Options{Target: versions[1], Stability: least}, Embedded()...)
		for _, c := range Changes(versions[0], versions[1], least, Embedded()...) {
			if c.Signal != "metric" || c.From[0] == c.To {
				continue
			}
			unit := registry.LookupMetric(c.From[0]).Unit
			renamed := table.Metric(c.From[0], unit).Name != c.From[0] || table.Metric(c.From[0], "ms").Name != c.From[0]
			if renamed != (c.Needs == "") {
				t.Errorf("from %s to %s: %s: renamed: %v, and it needs %q", versions[0], versions[1], c.From[0], renamed, c.Needs)
			}
		}
	}
}
