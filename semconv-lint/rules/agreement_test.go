package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/ruletest"
	"github.com/koine-otel/koine/semconv-lint/rules/verdicts"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/translate"
	"github.com/koine-otel/koine/tracegen"
)

// traffic is tracegen's, all of one convention.
func traffic(t testing.TB, convention tracegen.Convention, traces int) []ptrace.Traces {
	t.Helper()
	cfg := tracegen.DefaultConfig()
	cfg.Convention = convention
	return corpus(t, cfg, traces)
}

func corpus(t testing.TB, cfg tracegen.Config, traces int) []ptrace.Traces {
	t.Helper()
	cfg.Protocol = tracegen.OTLPHTTP
	payloads, err := tracegen.Corpus(cfg, traces, traces)
	require.NoError(t, err)
	var all []ptrace.Traces
	var u ptrace.ProtoUnmarshaler
	for i := range payloads {
		td, err := u.UnmarshalTraces(payloads[i].Body)
		require.NoError(t, err)
		all = append(all, td)
	}
	return all
}

func lint(t testing.TB, rules []semconvlint.Rule, telemetry []ptrace.Traces) *semconvlint.Result {
	t.Helper()
	engine, err := semconvlint.New(ruletest.Conventions(), rules, semconvlint.Options{})
	require.NoError(t, err)
	for _, td := range telemetry {
		engine.Traces(td, "tracegen")
	}
	return engine.Finish()
}

var kinds = map[ptrace.SpanKind]translate.Place{
	ptrace.SpanKindServer: translate.Server, ptrace.SpanKindClient: translate.Client, ptrace.SpanKindProducer: translate.Producer, ptrace.SpanKindConsumer: translate.Consumer,
}

// renames are, by service, what a translation makes of old names.
func renames(telemetry []ptrace.Traces) map[string]map[[2]string]bool {
	all := map[string]map[[2]string]bool{}
	for _, td := range telemetry {
		for _, rs := range td.ResourceSpans().All() {
			name, _ := rs.Resource().Attributes().Get("service.name")
			if all[name.Str()] == nil {
				all[name.Str()] = map[[2]string]bool{}
			}
			add := func(in translate.Input) {
				var r translate.Result
				ruletest.Conventions().Table.Translate(&in, &r)
				for _, n := range r.Renames {
					all[name.Str()][[2]string{in.Keys[n.Index], n.Key}] = true
				}
				for _, e := range r.Edits {
					if from := max(e.Index, e.Copy); from >= 0 && in.Keys[from] != e.Key {
						all[name.Str()][[2]string{in.Keys[from], e.Key}] = true
					}
					for _, i := range r.Remove { // joined: a service into its method
						if slices.Contains(ruletest.Conventions().Table.Targets(in.Keys[i], in.Place), e.Key) {
							all[name.Str()][[2]string{in.Keys[i], e.Key}] = true
						}
					}
				}
			}
			in := translate.Input{Place: translate.Resource}
			for k, v := range rs.Resource().Attributes().All() {
				in.Keys, in.Values = append(in.Keys, k), append(in.Values, valueOf(v.AsRaw()))
			}
			add(in)
			for _, ss := range rs.ScopeSpans().All() {
				for _, s := range ss.Spans().All() {
					in := translate.Input{Place: translate.Internal, Scope: ss.Scope().Name()}
					if place, ok := kinds[s.Kind()]; ok {
						in.Place = place
					}
					for k, v := range s.Attributes().All() {
						in.Keys, in.Values = append(in.Keys, k), append(in.Values, valueOf(v.AsRaw()))
					}
					add(in)
				}
			}
		}
	}
	return all
}

func valueOf(raw any) translate.Value {
	switch v := raw.(type) {
	case string:
		return translate.StringValue(v)
	case int64:
		return translate.IntValue(v)
	case float64:
		return translate.DoubleValue(v)
	case bool:
		return translate.BoolValue(v)
	}
	return translate.Value{Type: registry.Any}
}

// TestAgreement: services of before are told exactly the renames that the normaliser does.
func TestAgreement(t *testing.T) {
	telemetry := traffic(t, tracegen.V120, 60)
	told := map[string]map[[2]string]bool{}
	for _, f := range lint(t, All(), telemetry).Findings {
		retired := f.Rule == "retired-attribute" || f.Rule == "legacy-vocabulary" || f.Rule == "development-convention" && strings.Contains(f.Message, "retired")
		if !retired {
			continue
		}
		if told[f.Service] == nil {
			told[f.Service] = map[[2]string]bool{}
		}
		for to := range strings.SplitSeq(f.Replacement, ", ") {
			if to == "" {
				continue // a name without a successor, which the normaliser leaves
			}
			told[f.Service][[2]string{f.Key, to}] = true
		}
	}
	done := renames(telemetry)
	require.Len(t, told, len(done))
	for service := range done {
		require.NotEmpty(t, done[service], service)
		for pair := range done[service] { // parts of spans are told in words
			if words := verdicts.Written([]string{pair[1]}); words != pair[1] {
				delete(done[service], pair)
				done[service][[2]string{pair[0], words}] = true
			}
		}
		for pair := range done[service] {
			assert.True(t, told[service][pair], "%s: %v is done and not told", service, pair)
		}
		for pair := range told[service] {
			assert.True(t, done[service][pair], "%s: %v is told and not done", service, pair)
		}
	}
}

// TestScores: services that keep the conventions of today score well and break no stable one. Those
// with a planted N+1 fail SPA-005, which is about that, as the score's specification has it; with
// RES-001, which all of them fail, it takes them below 90.
func TestScores(t *testing.T) {
	cfg := tracegen.DefaultConfig()
	cfg.Convention, cfg.Faults = tracegen.V144, 0
	result := lint(t, All(), corpus(t, cfg, 3000))
	for _, s := range result.Services {
		value, ok := s.Score.Value()
		require.True(t, ok)
		require.Greater(t, value, 90.0, "%s fails %v", s.Name, s.Score.Failed)
	}
	var looped []string
	for _, s := range lint(t, All(), traffic(t, tracegen.V144, 3000)).Services {
		value, _ := s.Score.Value()
		if slices.Contains(s.Score.Failed, "SPA-005") {
			require.Equal(t, []string{"RES-001", "SPA-005"}, s.Score.Failed, s.Name)
			looped = append(looped, s.Name)
			continue
		}
		require.Greater(t, value, 90.0, "%s fails %v", s.Name, s.Score.Failed)
	}
	require.NotEmpty(t, looped)
	for _, f := range result.Findings {
		require.NotEqual(t, semconvlint.Error, f.Severity, "%+v", f)
	}
}

// BenchmarkRules is what all rules cost on spans of before, which break many.
func BenchmarkRules(b *testing.B) {
	for name, convention := range map[string]tracegen.Convention{"old": tracegen.V120, "new": tracegen.V144} {
		telemetry := traffic(b, convention, 1000)
		spans := 0
		for _, td := range telemetry {
			spans += td.SpanCount()
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				lint(b, All(), telemetry)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(spans), "ns/span")
		})
	}
}
