package tailsamplingprocessor

import (
	"context"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/policy"
)

// counts is what a shard adds up between ticks, because a metric costs more than a decision.
type counts struct {
	newTraces    int64
	received     int64
	droppedSpans int64
	lost         int64
	openTraces   int64
	early, large int64
	lateKept     int64
	lateDropped  int64
	decisions    map[decisionKey]int64
	rounds       []int64   // ms
	delays       []float64 // s
	ages, lates  []int64   // s
}

type decisionKey struct {
	policy   int
	decision policy.Decision
	reason   reason
}

// samples bounds how many values of a histogram are kept between ticks; of more, some.
const samples = 64

func (c *counts) timer(took time.Duration) {
	if len(c.rounds) < samples {
		c.rounds = append(c.rounds, took.Milliseconds())
	}
}

// decision notes a trace's.
func (c *counts) decision(t *trace, v policy.Verdict, why reason, now, due int64) {
	if c.decisions == nil {
		c.decisions = map[decisionKey]int64{}
	}
	c.decisions[decisionKey{v.Policy, v.Decision, why}]++
	switch why {
	case reasonMemory, reasonTraces:
		c.early++
	case reasonSize:
		c.large++
	case reasonWait, reasonRoot:
		if len(c.delays) < samples {
			c.delays = append(c.delays, max(0, time.Duration(now-due).Seconds()))
		}
	}
	if len(c.ages) < samples {
		c.ages = append(c.ages, (now-t.arrived)/int64(time.Second))
	}
}

// late notes spans that came after their decision.
func (c *counts) late(d decision, spans int64) {
	if d.outcome&wasKept != 0 {
		c.lateKept += spans
	} else {
		c.lateDropped += spans
	}
	if len(c.lates) < samples {
		c.lates = append(c.lates, d.age)
	}
}

var decisionNames = map[policy.Decision]string{policy.Sampled: "sampled", policy.NotSampled: "not_sampled", policy.Dropped: "dropped"}

func decisionAttributes(d policy.Decision) []attribute.KeyValue {
	return []attribute.KeyValue{attribute.String("sampled", strconv.FormatBool(d == policy.Sampled)), attribute.String("decision", decisionNames[d])}
}

var (
	keptOption      = metric.WithAttributeSet(attribute.NewSet(attribute.String("sampled", "true")))
	notKeptOption   = metric.WithAttributeSet(attribute.NewSet(attribute.String("sampled", "false")))
	forwardedOption = outcomeOption("forwarded")
	droppedOption   = outcomeOption("dropped")
	failedOption    = outcomeOption("failed")
)

func outcomeOption(outcome string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(attribute.String("koine.outcome", outcome)))
}

// publish adds what was counted to the metrics and begins anew.
func (c *counts) publish(r *run, tally *policy.Counts) {
	ctx, m := context.Background(), r.telemetry
	add(ctx, m.ProcessorTailSamplingNewTraceIDReceived, c.newTraces)
	add(ctx, m.ProcessorTailSamplingReceivedSpans, c.received)
	add(ctx, m.ProcessorTailSamplingReleasedSpans, c.droppedSpans, droppedOption)
	add(ctx, m.ProcessorTailSamplingReleasedSpans, c.lost, failedOption)
	add(ctx, m.ProcessorTailSamplingOpenTraces, c.openTraces)
	add(ctx, m.ProcessorTailSamplingSamplingTraceDroppedTooEarly, c.early)
	add(ctx, m.ProcessorTailSamplingTracesDroppedTooLarge, c.large)
	add(ctx, m.ProcessorTailSamplingEarlyReleasesFromCacheDecision, c.lateKept, keptOption)
	add(ctx, m.ProcessorTailSamplingEarlyReleasesFromCacheDecision, c.lateDropped, notKeptOption)
	for k, n := range c.decisions {
		add(ctx, m.ProcessorTailSamplingDecisions, n, metric.WithAttributes(
			attribute.String("policy", r.metricName(k.policy)), attribute.String("decision", decisionNames[k.decision]), attribute.String("koine.reason", reasonNames[k.reason])))
		add(ctx, m.ProcessorTailSamplingGlobalCountTracesSampled, n, metric.WithAttributes(decisionAttributes(k.decision)...))
	}
	for _, ms := range c.rounds {
		m.ProcessorTailSamplingSamplingDecisionTimerLatency.Record(ctx, ms)
	}
	for _, s := range c.delays {
		m.ProcessorTailSamplingDecisionDelay.Record(ctx, s)
	}
	for _, s := range c.ages {
		m.ProcessorTailSamplingSamplingTraceRemovalAge.Record(ctx, s)
	}
	for _, s := range c.lates {
		m.ProcessorTailSamplingSamplingLateSpanAge.Record(ctx, s)
	}
	publishPolicies(ctx, r, tally)
	clear(c.decisions)
	*c = counts{decisions: c.decisions, rounds: c.rounds[:0], delays: c.delays[:0], ages: c.ages[:0], lates: c.lates[:0]}
}

func publishPolicies(ctx context.Context, r *run, tally *policy.Counts) {
	m := r.telemetry
	add(ctx, m.ProcessorTailSamplingSamplingPolicyEvaluationError, tally.Errors)
	for i := range tally.Policies {
		p := &tally.Policies[i]
		name := attribute.String("policy", r.metricName(i))
		for _, said := range [...]struct {
			decision policy.Decision
			policy.Tally
		}{{policy.Sampled, p.Sampled}, {policy.NotSampled, p.NotSampled}, {policy.Dropped, p.Dropped}} {
			if said.Traces == 0 {
				continue
			}
			option := metric.WithAttributes(append(decisionAttributes(said.decision), name)...)
			add(ctx, m.ProcessorTailSamplingCountTracesSampled, said.Traces, option)
			add(ctx, m.ProcessorTailSamplingCountSpansSampled, said.Spans, option)
			add(ctx, m.ProcessorTailSamplingCountBytesSampled, said.Bytes, option)
		}
		add(ctx, m.ProcessorTailSamplingSamplingPolicyExecutionCount, p.Executions, metric.WithAttributes(name))
		add(ctx, m.ProcessorTailSamplingSamplingPolicyExecutionTimeSum, p.Time.Microseconds(), metric.WithAttributes(name))
	}
	tally.Reset()
}

func add(ctx context.Context, counter metric.Int64Counter, n int64, options ...metric.AddOption) {
	if n != 0 {
		counter.Add(ctx, n, options...)
	}
}
