package koine

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// sampler is what OTEL_TRACES_SAMPLER names, else the code's fraction of the traces that begin
// here. The SDK would read the variable itself, but its ratio sampler leaves no threshold in
// the tracestate: whoever counts such spans later could not know what each stands for.
func (o *options) sampler() (sdktrace.Sampler, error) {
	name := strings.ToLower(env(envSampler))
	if name == "" {
		return joining(newProbability(o.fraction)), nil
	}
	root, based := strings.CutPrefix(name, "parentbased_")
	var s sdktrace.Sampler
	var err error
	switch root {
	case "always_on":
		s = sdktrace.AlwaysSample()
	case "always_off":
		s = sdktrace.NeverSample()
	case "traceidratio":
		var fraction float64
		fraction, err = fractionOf(env(envSamplerArg))
		s = newProbability(fraction)
	default:
		return joining(newProbability(1)), fmt.Errorf("koine: %s: unknown sampler %q: keeping every trace", envSampler, name)
	}
	if based {
		s = joining(s)
	}
	return s, err
}

// fractionOf reads OTEL_TRACES_SAMPLER_ARG; what is no fraction counts as 1, as the
// specification has it.
func fractionOf(arg string) (float64, error) {
	if arg == "" {
		return 1, nil
	}
	f, err := strconv.ParseFloat(arg, 64)
	if err != nil || !(f >= 0 && f <= 1) {
		return 1, fmt.Errorf("koine: %s: %q is no number from 0 to 1: keeping every trace", envSamplerArg, arg)
	}
	return f, nil
}

// joining follows the parent's decision, and decides itself where there is no parent or it left
// the decision to us.
func joining(root sdktrace.Sampler) sdktrace.Sampler {
	return parentBased{Sampler: sdktrace.ParentBased(root), root: root}
}

type parentBased struct {
	sdktrace.Sampler
	root sdktrace.Sampler
}

func (s parentBased) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	if deferred(p.ParentContext) {
		return s.root.ShouldSample(p)
	}
	return s.Sampler.ShouldSample(p)
}

// probability is consistent probability sampling as the specification has it (trace/
// tracestate-probability-sampling): a trace is kept if its randomness, 56 bits, is at least the
// threshold, which it then carries as th of the tracestate's ot member. Samplers on the way that
// follow the same rule keep subsets of each other's traces.
type probability struct {
	threshold uint64 // of 1<<56, which keeps nothing
	th        string
	text      string
}

const thresholds = 1 << 56

// newProbability is nothing but the SDK's where everything is kept: such spans stand for
// themselves, without a header that says so.
func newProbability(fraction float64) sdktrace.Sampler {
	if fraction >= 1 {
		return sdktrace.AlwaysSample()
	}
	if math.IsNaN(fraction) || fraction <= 0 {
		return sdktrace.NeverSample()
	}
	threshold := thresholds - max(1, uint64(math.Round(fraction*thresholds)))
	th := strings.TrimRight(fmt.Sprintf("%014x", threshold), "0")
	if th == "" {
		th = "0"
	}
	return &probability{threshold: threshold, th: th, text: fmt.Sprintf("koine.Probability{%g}", fraction)}
}

func (s *probability) Description() string { return s.text }

func (s *probability) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	state := trace.SpanContextFromContext(p.ParentContext).TraceState()
	rv, rest := readOT(state.Get("ot"))
	randomness := binary.BigEndian.Uint64(p.TraceID[8:]) & (thresholds - 1)
	if n, err := strconv.ParseUint(rv, 16, 64); err == nil && len(rv) == 14 {
		randomness = n
	}
	if randomness < s.threshold {
		return sdktrace.SamplingResult{Decision: sdktrace.Drop, Tracestate: withOT(state, rest)}
	}
	return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample, Tracestate: withOT(state, append(rest, "th:"+s.th))}
}

// readOT is the randomness that an ot member gives, and its fields but for the threshold.
func readOT(member string) (rv string, rest []string) {
	for field := range strings.SplitSeq(member, ";") {
		field = strings.TrimSpace(field)
		key, value, _ := strings.Cut(field, ":")
		switch key {
		case "", "th":
			continue
		case "rv":
			rv = value
		}
		rest = append(rest, field)
	}
	return rv, rest
}

// withOT is a tracestate with these fields of the ot member.
func withOT(state trace.TraceState, fields []string) trace.TraceState {
	if len(fields) == 0 {
		return state.Delete("ot")
	}
	with, err := state.Insert("ot", strings.Join(fields, ";"))
	if err != nil {
		return state.Delete("ot") // too long: no threshold is better than an old one
	}
	return with
}
