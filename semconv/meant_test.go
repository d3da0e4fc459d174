package semconv

import (
	"strings"
	"testing"

	"github.com/koine-otel/koine/semconv/dialects"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
)

func TestMisspeltNamespace(t *testing.T) {
	for key, want := range map[string]string{
		"htp.request.method":            "http.request.method",
		"htttp.request.method":          "http.request.method",
		"http2.request.method":          "",
		"openapi.api.type":              "", // real words, however near
		"nodes.eventloop.state":         "",
		"graphml.operation.name":        "",
		"prof.location.is_folded":       "",
		"tread.id":                      "",
		"hoist.cpu.cache.l2.size":       "",
		"mesaging.destination.name":     "messaging.destination.name",
		"messging.destination.name":     "messaging.destination.name",
		"mesagin.destination.name":      "",
		"mesagng.destination.name":      "messaging.destination.name",
		"serivce.name":                  "service.name",
		"sevice.name":                   "service.name",
		"serbice.name":                  "", // a single word: another letter may be another word
		"services.name":                 "",
		"servce.order":                  "",
		"threat.id":                     "",
		"core.function.name":            "",
		"node.function.name":            "",
		"httpd.request.method":          "",
		"containers.image.name":         "",
		"containerd.image.name":         "",
		"dbs.query.text":                "",
		"shop.order.id":                 "",
		"htp.request.metod":             "",
		"htp":                           "",
		"htp.request.header.user-agent": "",
	} {
		got := strings.Join(judge.attributes.beyond(key), ", ")
		if got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	if got, want := describe(judge.Attribute(Attribute{Key: "htp.request.method"})), "unknown htp.request.method -> [http.request.method];"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := describe(judge.Metric(Metric{Name: "htp.server.request.duration"})), "unknown htp.server.request.duration -> [http.server.request.duration];"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestNoNameIsAnothersSlip: no key of the conventions, of today or before, no metric, and no word
// of any other vocabulary is taken for another one in a misspelt namespace.
func TestNoNameIsAnothersSlip(t *testing.T) {
	seen := 0
	check := func(name string) {
		seen++
		for _, m := range []*meant{judge.attributes, judge.metrics, judge.events} {
			if to := m.beyond(name); to != nil {
				t.Errorf("%s is taken for %v", name, to)
			}
		}
	}
	for _, a := range registry.Attributes() {
		check(a.Key)
	}
	for _, m := range registry.Metrics() {
		check(m.Name)
	}
	for _, e := range registry.Events() {
		check(e.Name)
	}
	for _, v := range dialects.All() {
		for i := range v.Attributes {
			for _, s := range v.Attributes[i].From {
				for _, key := range s.Keys {
					check(key)
				}
			}
		}
		for i := range v.Metrics {
			for _, name := range v.Metrics[i].From {
				check(string(name.Name))
			}
		}
	}
	if seen < 1500 {
		t.Errorf("only %d names", seen)
	}
}

// TestMeantIsInUse: at no target is anything said to be written that this has not, or not yet.
func TestMeantIsInUse(t *testing.T) {
	for _, target := range []string{"1.21.0", "1.25.0", "1.27.0", "1.32.0", "1.37.0", registry.Version} {
		j := NewJudge(registry.Default(), translate.New(translate.Options{Target: target}, append(translate.Embedded(), dialects.All()...)...))
		for _, a := range registry.Attributes() {
			for _, key := range []string{a.Key, a.Key + "x"} {
				for _, p := range j.Attribute(Attribute{Key: key}) {
					for _, to := range p.Instead {
						known := registry.Resolve(to)
						if p.Code != RetiredValue && p.Code != Format && known != nil && !j.inUse(known.Introduced, &known.Retirement) {
							t.Errorf("%s at %s: %s", key, target, describe([]Problem{p}))
						}
					}
				}
			}
		}
		for _, m := range registry.Metrics() {
			for _, unit := range []*string{nil, &m.Unit} {
				for _, p := range j.Metric(Metric{Name: m.Name, Unit: unit}) {
					for _, to := range p.Instead {
						if known := registry.LookupMetric(to); known != nil && !j.inUse(known.Introduced, &known.Retirement) {
							t.Errorf("%s at %s: %s", m.Name, target, describe([]Problem{p}))
						}
					}
				}
			}
		}
	}
}

// BenchmarkOwnNames: names of the user's own cost next to nothing, misspelt ones are remembered.
func BenchmarkOwnNames(b *testing.B) {
	for _, key := range []string{"shop.order.id", "shop.name", "htp.request.method", "http.request.metod"} {
		b.Run(key, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				judge.unknown(key, judge.attributes)
			}
		})
	}
}
