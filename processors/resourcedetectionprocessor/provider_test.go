package resourcedetectionprocessor

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/metadata"
	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/metadatatest"
)

// answer is one scripted run of a fake detector.
type answer struct {
	attributes m
	schemaURL  string
	err        error
	after      time.Duration // the context does not shorten it
}

// overrun is how long a detector takes that does not heed its deadline.
const overrun = time.Hour

// fake gives its answers one after the other, the last for ever.
type fake struct {
	answers []answer
	asked   atomic.Int64
}

func (f *fake) Detect(context.Context) (pcommon.Resource, string, error) {
	a := f.answers[min(int(f.asked.Add(1)), len(f.answers))-1]
	time.Sleep(a.after)
	res := pcommon.NewResource()
	if err := res.Attributes().FromRaw(a.attributes); err != nil {
		panic(err)
	}
	return res, a.schemaURL, a.err
}

func runs(answers ...answer) namedDetector { return namedDetector{"fake", &fake{answers: answers}} }

func found(attributes m) answer { return answer{attributes: attributes} }

func newTestProvider(t *testing.T, refresh time.Duration, detectors ...namedDetector) (*provider, *observer.ObservedLogs) {
	core, logs := observer.New(zap.InfoLevel)
	set := componenttest.NewNopTelemetrySettings()
	telemetry, err := metadata.NewTelemetryBuilder(set)
	require.NoError(t, err)
	p, err := newProvider(zap.New(core), telemetry, 5*time.Second, refresh, detectors)
	require.NoError(t, err)
	return p, logs
}

func warnings(logs *observer.ObservedLogs) int { return logs.FilterLevelExact(zap.WarnLevel).Len() }

func TestDetectPrecedence(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		name       string
		detectors  []namedDetector
		want       m
		wantSchema string
		warnings   int
	}{
		{"one", []namedDetector{runs(found(m{"a": "1"}))}, m{"a": "1"}, "", 0},
		{"first wins", []namedDetector{runs(found(m{"a": "1", "b": "1"})), runs(found(m{"a": "2", "c": "2"}))}, m{"a": "1", "b": "1", "c": "2"}, "", 0},
		{"first wins although it is slower", []namedDetector{runs(answer{attributes: m{"a": "1"}, after: time.Second}), runs(found(m{"a": "2"}))}, m{"a": "1"}, "", 0},
		{"first schema wins", []namedDetector{runs(found(nil)), runs(answer{schemaURL: "s1"}), runs(answer{schemaURL: "s2"})}, m{}, "s1", 0},
		{"a failed one leaves the others", []namedDetector{runs(answer{err: broken}), runs(found(m{"a": "2"}))}, m{"a": "2"}, "", 1},
		{"what a failed one found counts", []namedDetector{runs(answer{attributes: m{"a": "1"}, err: broken}), runs(found(m{"a": "2"}))}, m{"a": "1"}, "", 1},
		{"all fail, one message", []namedDetector{runs(answer{err: broken}), runs(answer{err: broken})}, m{}, "", 1},
		{"one is too slow", []namedDetector{runs(answer{attributes: m{"a": "1"}, after: overrun}), runs(found(m{"b": "2"}))}, m{"b": "2"}, "", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, logs := newTestProvider(t, 0, tt.detectors...)
				began := time.Now()
				p.start(t.Context())
				assert.LessOrEqual(t, time.Since(began), 5*time.Second)
				assert.Equal(t, tt.want, p.get().attributes.AsRaw())
				assert.Equal(t, tt.wantSchema, p.get().schemaURL)
				assert.Equal(t, tt.warnings, warnings(logs))

				began = time.Now()
				p.stop(t.Context())
				assert.LessOrEqual(t, time.Since(began), 5*time.Second)
				time.Sleep(overrun)
			})
		})
	}
}

func TestStartDetectsOnce(t *testing.T) {
	d := &fake{answers: []answer{found(m{"a": "1"})}}
	p, _ := newTestProvider(t, 0, namedDetector{"fake", d})
	p.start(t.Context())
	p.start(t.Context())
	p.stop(t.Context())
	p.stop(t.Context())
	assert.EqualValues(t, 1, d.asked.Load())
}

func TestStopWithoutStart(t *testing.T) {
	p, _ := newTestProvider(t, time.Second, runs(found(nil)))
	p.stop(t.Context())
	assert.Equal(t, 0, p.get().attributes.Len())
}

func TestRefresh(t *testing.T) {
	broken := errors.New("broken")
	synctest.Test(t, func(t *testing.T) {
		p, logs := newTestProvider(t, time.Minute,
			runs(found(m{"a": "1"}), found(m{"a": "2"}), answer{attributes: m{"a": "half"}, err: broken}, answer{err: broken}, found(nil)),
			runs(found(m{"b": "1"}), found(m{"b": "2"}), found(m{"b": "3"}), found(m{"b": "4"}), found(m{"b": "5"})),
		)
		p.start(t.Context())
		steps := []struct {
			want     m
			warnings int
			why      string
		}{
			{m{"a": "1", "b": "1"}, 0, "the start"},
			{m{"a": "2", "b": "2"}, 0, "all is new"},
			{m{"a": "2", "b": "3"}, 1, "one fails and keeps what it had, the other goes on"},
			{m{"a": "2", "b": "4"}, 1, "the same failure is not logged again"},
			{m{"b": "5"}, 1, "nothing found, without an error, is a result"},
		}
		for _, step := range steps {
			assert.Equal(t, step.want, p.get().attributes.AsRaw(), step.why)
			assert.Equal(t, step.warnings, warnings(logs), step.why)
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		assert.Equal(t, 1, logs.FilterMessage("resource detection is complete again").Len())
		p.stop(t.Context())
	})
}

// A detector that overruns its deadline is not started again while it runs, and its late
// answer counts.
func TestRefreshWithStuckDetector(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fake{answers: []answer{{attributes: m{"a": "late"}, after: 2*time.Minute + time.Second}, found(m{"a": "2"})}}
		p, _ := newTestProvider(t, time.Minute, namedDetector{"fake", d})
		p.start(t.Context())
		assert.Empty(t, p.get().attributes.AsRaw())
		time.Sleep(time.Minute + 30*time.Second)
		synctest.Wait()
		assert.EqualValues(t, 1, d.asked.Load())
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Equal(t, m{"a": "late"}, p.get().attributes.AsRaw())
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Equal(t, m{"a": "2"}, p.get().attributes.AsRaw())
		p.stop(t.Context())
	})
}

// Stopping in the middle of a detection neither waits for it beyond the timeout nor calls
// it a failure.
func TestStopDuringRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, logs := newTestProvider(t, time.Minute, runs(found(m{"a": "1"}), answer{after: overrun}))
		p.start(t.Context())
		time.Sleep(time.Minute + time.Second)
		began := time.Now()
		p.stop(t.Context())
		assert.LessOrEqual(t, time.Since(began), 5*time.Second)
		assert.Equal(t, 0, warnings(logs))
		assert.Equal(t, m{"a": "1"}, p.get().attributes.AsRaw())
		time.Sleep(overrun)
	})
}

func TestProviderTelemetry(t *testing.T) {
	tel := componenttest.NewTelemetry()
	telemetry, err := metadata.NewTelemetryBuilder(tel.NewTelemetrySettings())
	require.NoError(t, err)
	good := namedDetector{"system", &fake{answers: []answer{found(m{"a": "1", "b": "2"})}}}
	bad := namedDetector{"env", &fake{answers: []answer{{err: errors.New("broken")}}}}
	p, err := newProvider(zap.NewNop(), telemetry, time.Second, 0, []namedDetector{bad, good})
	require.NoError(t, err)
	p.start(t.Context())

	metadatatest.AssertEqualResourcedetectionAttributesDetected(t, tel,
		[]metricdata.DataPoint[int64]{{Value: 2}}, metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualResourcedetectionDetectorResults(t, tel, []metricdata.DataPoint[int64]{
		{Value: 1, Attributes: attribute.NewSet(attribute.String("detector", "env"), attribute.String("outcome", "failure"))},
		{Value: 1, Attributes: attribute.NewSet(attribute.String("detector", "system"), attribute.String("outcome", "success"))},
	}, metricdatatest.IgnoreTimestamp())
	p.stop(t.Context())
	require.NoError(t, tel.Shutdown(context.Background()))
}
