package main

import "go.opentelemetry.io/collector/featuregate"

// replacedGates are the feature gates of contrib's components whose types ours take
// over. A user who swaps the binary and keeps the command line may name them; where
// contrib's component is not linked nobody else registers them, and the collector
// refuses to start on an unknown id.
var replacedGates = []string{
	"pkg.translator.zipkin.DontEmitV0CloudResourceConventions",
	"pkg.translator.zipkin.DontEmitV0HttpConventions",
	"pkg.translator.zipkin.DontEmitV0NetworkConventions",
	"pkg.translator.zipkin.DontEmitV0ScopeConventions",
	"pkg.translator.zipkin.EmitV1CloudResourceConventions",
	"pkg.translator.zipkin.EmitV1HttpConventions",
	"pkg.translator.zipkin.EmitV1NetworkConventions",
	"pkg.translator.zipkin.EmitV1ScopeConventions",
	"processor.tailsamplingprocessor.disableinvertdecisions",
	"processor.tailsamplingprocessor.metricstatcountbytessampled",
	"processor.tailsamplingprocessor.metricstatcountspanssampled",
	"processor.tailsamplingprocessor.recordpolicy",
	"processor.tailsamplingprocessor.tailstorageextension",
	"processor.tailsamplingprocessor.usetracestate",
}

// acceptReplacedGates registers the gates that no linked component has registered.
func acceptReplacedGates() {
	registered := map[string]bool{}
	featuregate.GlobalRegistry().VisitAll(func(g *featuregate.Gate) { registered[g.ID()] = true })
	for _, id := range replacedGates {
		if !registered[id] {
			featuregate.GlobalRegistry().MustRegister(id, featuregate.StageAlpha,
				featuregate.WithRegisterDescription("Accepted for compatibility with the contrib component; has no effect."))
		}
	}
}
