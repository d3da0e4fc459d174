package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
	"github.com/koine-otel/koine/semconv-lint/rules/ruletest"
	"github.com/koine-otel/koine/semconv/registry"
)

// TestOfficialMetrics: no rule about metrics' names, units and instruments finds anything in the
// conventions' own.
func TestOfficialMetrics(t *testing.T) {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	rm.Resource().Attributes().PutStr("service.name", "shop")
	sm := rm.ScopeMetrics().AppendEmpty()
	all := registry.Metrics()
	for i := range all {
		known := &all[i]
		if known.Deprecation != registry.Live || known.Refinement != "" {
			continue
		}
		m := sm.Metrics().AppendEmpty()
		m.SetName(known.Name)
		m.SetUnit(known.Unit)
		switch known.Instrument {
		case registry.Counter, registry.UpDownCounter:
			m.SetEmptySum().SetIsMonotonic(known.Instrument == registry.Counter)
		case registry.Histogram:
			m.SetEmptyExponentialHistogram()
		default:
			m.SetEmptyGauge()
		}
	}
	engine, err := semconvlint.New(ruletest.Conventions(), All(), semconvlint.Options{})
	require.NoError(t, err)
	engine.Metrics(md, "registry")
	for _, f := range engine.Finish().Findings {
		if f.Signal == semconvlint.OnMetric && f.Rule != "entity-association" {
			assert.Fail(t, f.Message, f.Rule)
		}
	}
}
