package translate

import (
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/registry/weaver"
)

func TestUnits(t *testing.T) {
	for _, c := range []struct{ name, unit, to, toUnit string }{
		{"process.runtime.jvm.threads.count", "1", "jvm.thread.count", "{thread}"},
		{"process.runtime.jvm.threads.count", "", "jvm.thread.count", "{thread}"},
		{"process.runtime.jvm.threads.count", "By", "jvm.thread.count", "By"},
		{"system.network.packets", "{packets}", "system.network.packet.count", "{packet}"},
		{"process.open_file_descriptors", "{count}", "process.unix.file_descriptor.count", "{file_descriptor}"},
		{"process.runtime.jvm.cpu.utilization", "{utilization}", "jvm.cpu.recent_utilization", "1"},
		// Of a ratio without a unit nobody knows that it is no percentage.
		{"process.runtime.jvm.cpu.utilization", "", "jvm.cpu.recent_utilization", ""},
		{"process.runtime.jvm.cpu.utilization", "%", "jvm.cpu.recent_utilization", "%"},
		// What has its name already keeps its unit: it may be one stream with others of it.
		{"jvm.thread.count", "1", "jvm.thread.count", "1"},
		{"my.own", "{packets}", "my.own", "{packets}"},
	} {
		m := Default().Metric(c.name, c.unit)
		if m.Name != c.to || m.Unit != c.toUnit || m.Divide != 1 {
			t.Errorf("%s in %q: got %s in %q, divided by %v", c.name, c.unit, m.Name, m.Unit, m.Divide)
		}
	}
}

// TestConvertedUnits: a metric that is converted from a unit of its successor's dimension
// has the conventions' unit in the end.
func TestConvertedUnits(t *testing.T) {
	for k, rule := range Default().metrics {
		to := registry.LookupMetric(rule.to)
		if to == nil || to.Name == k.name {
			continue
		}
		units := []string{to.Unit}
		if strings.Contains(to.Unit, "{") {
			units = append(units, "1", "{x}", strings.ReplaceAll(to.Unit, "}", "s}"))
		}
		for _, unit := range units {
			if k.unit != "" {
				unit = k.unit
			}
			if m := Default().Metric(k.name, unit); !sameUnit(unit, to.Unit) && m.Divide == 1 && rule.unit == "" {
				continue
			} else if m.Unit != to.Unit {
				t.Errorf("%s in %s: got %s in %s, want %s", k.name, unit, m.Name, m.Unit, to.Unit)
			}
		}
	}
}

func TestDivisor(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     float64
		ok       bool
	}{
		{"ms", "s", 1000, true}, {"us", "s", 1e6, true}, {"s", "s", 1, true}, {"s", "ms", 0, false}, {"By", "MiBy", 1 << 20, true},
		{"kBy", "KiBy", 0, false}, {"%", "1", 100, true}, {"1", "%", 0, false}, {"{a}/s", "{b}/s", 1, true}, {"{a}/s", "1/s", 1, true},
		{"", "{a}", 1, true}, {"", "1", 0, false}, {"", "s", 0, false}, {"x", "y", 0, false}, {"ms", "By", 0, false}, {"{a", "{a", 1, true},
	} {
		if got, ok := divisor(c.from, c.to); ok != c.ok || ok && got != c.want {
			t.Errorf("%q to %q: got %v, %v", c.from, c.to, got, ok)
		}
	}
}

// TestCompanyUnits: a rename in a registry of one's own from one unit to another converts
// the values, and only those that are in the old unit.
func TestCompanyUnits(t *testing.T) {
	r, err := weaver.Load("testdata/company")
	if err != nil {
		t.Fatal(err)
	}
	table := New(Options{Registry: r}, Embedded()...)
	for _, c := range []struct {
		name, unit, to, toUnit string
		divide                 float64
	}{
		{"acme.cart.time", "ms", "acme.cart.duration", "s", 1000},
		{"acme.cart.time", "s", "acme.cart.duration", "s", 1},
		{"acme.cart.time", "", "acme.cart.time", "", 1},
		{"acme.cart.time", "us", "acme.cart.time", "us", 1},
		{"acme.cart.duration", "s", "acme.cart.duration", "s", 1},
		{"acme.cart.items", "{items}", "acme.cart.item.count", "{item}", 1},
		{"acme.cart.items", "1", "acme.cart.item.count", "{item}", 1},
		{"acme.cart.slow", "s", "acme.cart.slow", "s", 1}, // to ms: no whole number to divide by
	} {
		m := table.Metric(c.name, c.unit)
		if m.Name != c.to || m.Unit != c.toUnit || m.Divide != c.divide {
			t.Errorf("%s in %q: got %s in %q, divided by %v", c.name, c.unit, m.Name, m.Unit, m.Divide)
		}
	}
}
