package resourcedetectionprocessor

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// resourceDetection is the processor of one signal in one pipeline.
type resourceDetection struct {
	provider *provider
	override bool
	// shutdown may be called more than once, and without start.
	shutdown component.ShutdownFunc
}

// start detects, unless the processor of another signal has. What cannot be detected does
// not keep the collector from starting.
func (p *resourceDetection) start(ctx context.Context, _ component.Host) error {
	p.provider.start(ctx)
	return nil
}

func (p *resourceDetection) processTraces(_ context.Context, td ptrace.Traces) (ptrace.Traces, error) {
	found := p.provider.get()
	for _, rs := range td.ResourceSpans().All() {
		enrich(rs, found, p.override)
	}
	return td, nil
}

func (p *resourceDetection) processMetrics(_ context.Context, md pmetric.Metrics) (pmetric.Metrics, error) {
	found := p.provider.get()
	for _, rm := range md.ResourceMetrics().All() {
		enrich(rm, found, p.override)
	}
	return md, nil
}

func (p *resourceDetection) processLogs(_ context.Context, ld plog.Logs) (plog.Logs, error) {
	found := p.provider.get()
	for _, rl := range ld.ResourceLogs().All() {
		enrich(rl, found, p.override)
	}
	return ld, nil
}

func (p *resourceDetection) processProfiles(_ context.Context, pd pprofile.Profiles) (pprofile.Profiles, error) {
	found := p.provider.get()
	for _, rp := range pd.ResourceProfiles().All() {
		enrich(rp, found, p.override)
	}
	return pd, nil
}

// resourceHolder is what the four signals' ResourceSpans, ResourceMetrics, … share.
type resourceHolder interface {
	Resource() pcommon.Resource
	SchemaUrl() string
	SetSchemaUrl(string)
}

// enrich puts what was found on the resource of one batch.
func enrich[H resourceHolder](h H, found *detected, override bool) {
	if h.SchemaUrl() == "" && found.schemaURL != "" {
		h.SetSchemaUrl(found.schemaURL)
	}
	merge(h.Resource().Attributes(), found.attributes, override)
}
