package resourcedetectionprocessor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/metadata"
)

// detector finds out about a part of the collector's surroundings.
type detector interface {
	// Detect returns what it found, and the schema URL of its names. With an error it may
	// still return what it found in spite of it. Nothing found, and no error, says that
	// there is nothing to find. It should return when ctx is done.
	Detect(ctx context.Context) (res pcommon.Resource, schemaURL string, err error)
}

type namedDetector struct {
	name string
	detector
}

// detected is the result of a detection. Nobody changes it once it is published.
type detected struct {
	attributes pcommon.Map
	schemaURL  string
}

// provider runs the detectors, at the start and then at every refresh interval, and
// publishes what they find.
//
// All that a detection changes belongs to the caller of start until the goroutine
// `refresh` runs, and to that goroutine from then on; current alone is shared.
type provider struct {
	logger          *zap.Logger
	telemetry       *metadata.TelemetryBuilder
	timeout         time.Duration
	refreshInterval time.Duration

	runs    []*detectorRuns
	problem string // the last detection's, as it was logged; "" if it had none

	current atomic.Pointer[detected]

	once sync.Once
	// cancel ends the goroutines; goroutines counts `refresh` and `detect`.
	cancel     context.CancelFunc
	background context.Context
	refreshing sync.WaitGroup
	detecting  sync.WaitGroup
}

func newProvider(
	logger *zap.Logger, telemetry *metadata.TelemetryBuilder,
	timeout, refreshInterval time.Duration, detectors []namedDetector,
) (*provider, error) {
	p := &provider{
		logger:          logger,
		telemetry:       telemetry,
		timeout:         timeout,
		refreshInterval: refreshInterval,
	}
	for _, d := range detectors {
		p.runs = append(p.runs, &detectorRuns{namedDetector: d, known: outcome{attributes: pcommon.NewMap()}})
	}
	p.current.Store(&detected{attributes: pcommon.NewMap()})
	p.background, p.cancel = context.WithCancel(context.Background())

	err := telemetry.RegisterResourcedetectionAttributesDetectedCallback(func(_ context.Context, o metric.Int64Observer) error {
		o.Observe(int64(p.get().attributes.Len()))
		return nil
	})
	if err != nil {
		p.cancel()
		return nil, fmt.Errorf("register the number of detected attributes: %w", err)
	}
	return p, nil
}

// get returns what was detected last. It must not be changed.
func (p *provider) get() *detected { return p.current.Load() }

// start detects and then begins to refresh, on its first call; others wait for that. It
// returns after the timeout at the latest.
func (p *provider) start(ctx context.Context) {
	p.once.Do(func() {
		p.detect(ctx)
		if p.refreshInterval > 0 {
			p.refreshing.Go(p.refresh)
		}
	})
}

// stop ends the goroutines. It waits for detectors no longer than for a detection: one
// that does not heed its context cannot be ended.
func (p *provider) stop(ctx context.Context) {
	p.cancel()
	p.refreshing.Wait()
	p.telemetry.Shutdown()

	done := make(chan struct{})
	// Ends with the last detector.
	go func() {
		p.detecting.Wait()
		close(done)
	}()
	timer := time.NewTimer(p.timeout)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// refresh is the goroutine that detects again and again until the provider is stopped.
func (p *provider) refresh() {
	ticker := time.NewTicker(p.refreshInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			p.detect(p.background)
		case <-p.background.Done():
			return
		}
	}
}

// detect runs all detectors at the same time, for as long as the timeout allows, and
// publishes what is known then. A detector that fails loses nothing it had found before.
func (p *provider) detect(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, p.timeout)
	defer cancel()
	for _, r := range p.runs {
		r.begin(ctx, &p.detecting)
	}

	var errs []error
	next := &detected{attributes: pcommon.NewMap()}
	for _, r := range p.runs {
		o := r.end(ctx)
		if p.background.Err() != nil {
			return // stopped, which is no failure
		}
		p.count(r.name, o)
		if o.err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.name, o.err))
		}
		known := r.learn(o)
		if next.schemaURL == "" {
			next.schemaURL = known.schemaURL
		}
		merge(next.attributes, known.attributes, false)
	}

	p.report(errors.Join(errs...))
	if last := p.get(); last.schemaURL != next.schemaURL || !last.attributes.Equal(next.attributes) {
		p.current.Store(next)
		p.logger.Info("detected resource", zap.Any("attributes", next.attributes.AsRaw()))
	}
}

// report logs a problem when it first comes up and when it is gone, not at every refresh
// in between.
func (p *provider) report(err error) {
	problem := ""
	if err != nil {
		problem = err.Error()
	}
	switch {
	case problem == p.problem:
	case err != nil:
		p.logger.Warn("resource detection is incomplete", zap.Error(err))
	default:
		p.logger.Info("resource detection is complete again")
	}
	p.problem = problem
}

func (p *provider) count(name string, o outcome) {
	result := "success"
	if o.err != nil {
		result = "failure"
	}
	attributes := metric.WithAttributeSet(attribute.NewSet(
		attribute.String("detector", name), attribute.String("outcome", result)))
	ctx := context.Background()
	p.telemetry.ResourcedetectionDetectorDuration.Record(ctx, o.took.Seconds(), attributes)
	p.telemetry.ResourcedetectionDetectorResults.Add(ctx, 1, attributes)
}
