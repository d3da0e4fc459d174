package policy

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/ottl"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
)

// compiler turns configurations into a Set and gathers what is wrong with them.
type compiler struct {
	set      *Set
	settings Settings
	lenient  bool   // extensions are not known yet
	nodes    []node // as configured; nil where wrong
	salts    []string
	errs     []error
}

func newCompiler(settings Settings) *compiler {
	if settings.Telemetry.Logger == nil {
		settings.Telemetry.Logger = zap.NewNop()
	}
	if settings.Now == nil {
		settings.Now = time.Now
	}
	return &compiler{
		set:      &Set{first: settings.SampleOnFirstMatch, now: settings.Now},
		settings: settings,
		salts:    []string{defaultSalt},
	}
}

func (c *compiler) fail(at, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: "+format, append([]any{at}, args...)...))
}

func at(i int, name string) string { return fmt.Sprintf("policies[%d] %q", i, name) }

func (c *compiler) compile(cfgs []Config) {
	if len(cfgs) == 0 {
		c.errs = append(c.errs, errors.New("policies: there is none, so no trace would be kept"))
	}
	names := map[string]int{}
	var drops, others []policy
	for i := range cfgs {
		cfg := &cfgs[i]
		if cfg.Name == "" {
			c.errs = append(c.errs, fmt.Errorf("policies[%d]: name is empty", i))
		} else if before, twice := names[cfg.Name]; twice {
			c.fail(at(i, cfg.Name), "policies[%d] has the same name", before)
		} else {
			names[cfg.Name] = i
		}
		n := c.policy(at(i, cfg.Name), cfg)
		c.nodes = append(c.nodes, n)
		p := policy{name: cfg.Name, drop: cfg.Type == Drop, node: n}
		if p.drop {
			drops = append(drops, p)
		} else {
			others = append(others, p)
		}
	}
	c.set.policies = append(drops, others...)
	c.total(c.settings.TotalBudget)
	c.set.index()
}

func (c *compiler) policy(at string, cfg *Config) node {
	switch cfg.Type {
	case Composite:
		return c.composite(at+": composite", &cfg.Composite)
	case And:
		return c.and(at+": and", &cfg.And)
	case Not:
		return c.not(at+": not", &cfg.Not)
	case Drop:
		if parts := c.parts(at+": drop: drop_sub_policy", cfg.Drop.SubPolicies); parts != nil {
			return &drop{and{parts}}
		}
		return nil
	}
	return c.shared(at, &cfg.Shared)
}

func (c *compiler) and(at string, cfg *AndConfig) node {
	if parts := c.parts(at+": and_sub_policy", cfg.SubPolicies); parts != nil {
		return &and{parts}
	}
	return nil
}

func (c *compiler) not(at string, cfg *NotConfig) node {
	if n := c.shared(fmt.Sprintf("%s: not_sub_policy %q", at, cfg.SubPolicy.Name), &cfg.SubPolicy.Shared); n != nil {
		return &not{n}
	}
	return nil
}

// parts are the policies of an and or drop policy, nil if one is wrong. contrib takes an
// empty list for one that every trace meets, which nobody can want.
func (c *compiler) parts(at string, cfgs []AndSubConfig) []node {
	if len(cfgs) == 0 {
		c.fail(at, "is empty")
		return nil
	}
	parts := make([]node, 0, len(cfgs))
	for i := range cfgs {
		var n node
		if at := fmt.Sprintf("%s[%d] %q", at, i, cfgs[i].Name); cfgs[i].Type == Not {
			n = c.not(at+": not", &cfgs[i].Not)
		} else {
			n = c.shared(at, &cfgs[i].Shared)
		}
		if n != nil {
			parts = append(parts, n)
		}
	}
	if len(parts) < len(cfgs) {
		return nil
	}
	besides(parts)
	return parts
}

func (c *compiler) composite(at string, cfg *CompositeConfig) node {
	errs := len(c.errs)
	c.checkShares(at, cfg)
	shares := cfg.shares()
	n := &composite{}
	for _, i := range cfg.order() {
		sub := &cfg.SubPolicies[i]
		at := fmt.Sprintf("%s: composite_sub_policy[%d] %q", at, i, sub.Name)
		var part node
		if sub.Type == And {
			part = c.and(at+": and", &sub.And)
		} else {
			part = c.shared(at, &sub.Shared)
		}
		// No more than a second's share is kept at once, which is contrib's way to count.
		most := max(min(shares[sub.Name], cfg.MaxTotalSpansPerSecond), 0)
		n.parts = append(n.parts, share{node: part, name: sub.Name, limit: c.limit(newBudget(float64(most), most), spansOf)})
	}
	if len(c.errs) > errs {
		return nil
	}
	return n
}

func (c *compiler) checkShares(at string, cfg *CompositeConfig) {
	if len(cfg.SubPolicies) == 0 {
		c.fail(at, "composite_sub_policy is empty")
	}
	if cfg.MaxTotalSpansPerSecond < 0 {
		c.fail(at, "max_total_spans_per_second: %d is negative", cfg.MaxTotalSpansPerSecond)
	}
	known := func(name string) bool {
		return slices.ContainsFunc(cfg.SubPolicies, func(sub CompositeSubConfig) bool { return sub.Name == name })
	}
	for i, name := range cfg.PolicyOrder {
		if !known(name) {
			c.fail(at, "policy_order[%d]: %q is none of composite_sub_policy", i, name)
		}
	}
	var sum int64
	for i, a := range cfg.RateAllocation {
		if !known(a.Policy) {
			c.fail(at, "rate_allocation[%d]: %q is none of composite_sub_policy", i, a.Policy)
		}
		sum += max(min(a.Percent, 101), 0)
	}
	if sum > 100 {
		c.fail(at, "rate_allocation: the percentages are more than 100 together")
	}
}

// shares are how many spans a second a sub policy may keep, by its name.
func (c *CompositeConfig) shares() map[string]int64 {
	shares := map[string]int64{}
	total := float64(c.MaxTotalSpansPerSecond)
	for _, a := range c.RateAllocation {
		if a.Percent > 0 {
			shares[a.Policy] = int64(float64(a.Percent) / 100 * total)
		} else {
			shares[a.Policy] = int64(total / float64(len(c.SubPolicies)))
		}
	}
	return shares
}

// order are the sub policies' places in the list, in the order in which they are asked.
func (c *CompositeConfig) order() []int {
	order := make([]int, 0, len(c.SubPolicies))
	add := func(name string, any bool) {
		for i := range c.SubPolicies {
			if (any || c.SubPolicies[i].Name == name) && !slices.Contains(order, i) {
				order = append(order, i)
			}
		}
	}
	for _, name := range c.PolicyOrder {
		add(name, false)
	}
	add("", true)
	return order
}

func (c *compiler) limit(b *budget, size func(*Trace) int64) *limit {
	c.set.budgets = append(c.set.budgets, b)
	c.set.random = true
	return &limit{b, size, len(c.set.budgets) - 1}
}

// shared compiles a policy that may stand anywhere.
func (c *compiler) shared(at string, cfg *Shared) node {
	inner := at + ": " + string(cfg.Type)
	switch cfg.Type {
	case AlwaysSample:
		return always{}
	case Latency:
		return c.latency(inner, &cfg.Latency)
	case NumericAttribute:
		return c.numeric(inner, &cfg.NumericAttribute)
	case Probabilistic:
		return c.probabilistic(inner, &cfg.Probabilistic)
	case StatusCode:
		return c.status(inner, cfg.StatusCode.StatusCodes)
	case StringAttribute:
		return c.text(inner, &cfg.StringAttribute)
	case RateLimiting:
		return c.rate(inner, "spans_per_second", cfg.RateLimiting.SpansPerSecond, cfg.RateLimiting.BurstCapacity, spansOf)
	case BytesLimiting:
		return c.rate(inner, "bytes_per_second", cfg.BytesLimiting.BytesPerSecond, cfg.BytesLimiting.BurstCapacity, bytesOf)
	case SpanCount:
		return c.spanCount(inner, &cfg.SpanCount)
	case TraceState:
		return c.traceState(inner, &cfg.TraceState)
	case TraceFlags:
		return fact(c.set.flag())
	case BooleanAttribute:
		if !c.key(inner, cfg.BooleanAttribute.Key) {
			return nil
		}
		f := c.set.attribute(cfg.BooleanAttribute.Key, predicate{kind: isTruth, truth: cfg.BooleanAttribute.Value})
		f.inverted = cfg.BooleanAttribute.InvertMatch
		return f
	case OTTLCondition:
		return c.condition(inner, &cfg.OTTLCondition)
	case Bottleneck:
		return c.bottleneck(inner, &cfg.Bottleneck)
	case "":
		c.fail(at, "type is empty")
		return nil
	case Composite, And, Not, Drop:
		c.fail(at, "type %s cannot stand here", cfg.Type)
		return nil
	}
	return c.extension(at, cfg)
}

func (c *compiler) key(at, key string) bool {
	if key == "" {
		c.fail(at, "key is empty")
	}
	return key != ""
}

func (c *compiler) latency(at string, cfg *LatencyConfig) node {
	if cfg.UpperThresholdMs != 0 && cfg.UpperThresholdMs <= cfg.ThresholdMs {
		c.fail(at, "upper_threshold_ms must be above threshold_ms")
		return nil
	}
	return latency{cfg.ThresholdMs, cfg.UpperThresholdMs}
}

func (c *compiler) spanCount(at string, cfg *SpanCountConfig) node {
	if cfg.MaxSpans != 0 && cfg.MaxSpans < cfg.MinSpans {
		c.fail(at, "max_spans must not be below min_spans")
		return nil
	}
	return spanCount{int64(cfg.MinSpans), int64(cfg.MaxSpans)}
}

func (c *compiler) numeric(at string, cfg *NumericAttributeConfig) node {
	ok := c.key(at, cfg.Key)
	p := predicate{kind: isNumber, least: math.MinInt64, most: math.MaxInt64}
	if cfg.MinValue != 0 {
		p.least = cfg.MinValue
	}
	if cfg.MaxValue != 0 {
		p.most = cfg.MaxValue
	}
	switch {
	case cfg.MinValue == 0 && cfg.MaxValue == 0:
		c.fail(at, "min_value or max_value must be set, 0 being unset")
		ok = false
	case p.least > p.most:
		c.fail(at, "max_value must not be below min_value")
		ok = false
	}
	if !ok {
		return nil
	}
	f := c.set.attribute(cfg.Key, p)
	f.inverted = cfg.InvertMatch
	return f
}

func (c *compiler) text(at string, cfg *StringAttributeConfig) node {
	ok := c.key(at, cfg.Key)
	p := predicate{kind: isText}
	if cfg.EnabledRegexMatching {
		p.kind = isPattern
		p.patterns = newPatterns(cfg.CacheMaxSize)
		for i, value := range cfg.Values {
			expr, err := regexp.Compile(value)
			if err != nil {
				c.fail(at, "values[%d]: %w", i, err)
				ok = false
				continue
			}
			p.patterns.exprs = append(p.patterns.exprs, expr)
		}
	} else {
		// An empty text is none: contrib's rule.
		p.texts = slices.DeleteFunc(slices.Clone(cfg.Values), func(s string) bool { return s == "" })
		slices.Sort(p.texts)
		p.texts = slices.Compact(p.texts)
		if len(p.texts) > maxTextList {
			p.textSet = map[string]struct{}{}
			for _, text := range p.texts {
				p.textSet[text] = struct{}{}
			}
		}
	}
	if !ok {
		return nil
	}
	f := c.set.attribute(cfg.Key, p)
	f.inverted = cfg.InvertMatch
	return f
}

var statusCodes = map[string]ptrace.StatusCode{"OK": ptrace.StatusCodeOk, "ERROR": ptrace.StatusCodeError, "UNSET": ptrace.StatusCodeUnset}

func (c *compiler) status(at string, words []string) node {
	if len(words) == 0 {
		c.fail(at, "status_codes is empty")
		return nil
	}
	var f fact
	ok := true
	for i, word := range words {
		code, known := statusCodes[word]
		if !known {
			c.fail(at, "status_codes[%d]: %q is not OK, ERROR or UNSET", i, word)
			ok = false
			continue
		}
		one := c.set.status(code)
		f.word, f.mask = one.word, f.mask|one.mask
	}
	if !ok {
		return nil
	}
	return f
}

func (c *compiler) traceState(at string, cfg *TraceStateConfig) node {
	if !c.key(at, cfg.Key) {
		return nil
	}
	// Key, = and value take at most 256 bytes in a tracestate.
	values := slices.DeleteFunc(slices.Clone(cfg.Values), func(s string) bool { return s == "" || len(cfg.Key)+len(s) >= 256 })
	return c.set.traceState(cfg.Key, values)
}

func (c *compiler) condition(at string, cfg *OTTLConditionConfig) node {
	errs := len(c.errs)
	if len(cfg.Span) == 0 && len(cfg.SpanEvent) == 0 {
		c.fail(at, "span and spanevent are empty")
	}
	switch cfg.ErrorMode {
	case "", ottl.IgnoreError, ottl.SilentError, ottl.PropagateError:
	default:
		c.fail(at, "error_mode: %q is not ignore, silent or propagate", cfg.ErrorMode)
	}
	spans, err := spanConditions(cfg.Span, cfg.ErrorMode, c.settings.Telemetry)
	if err != nil {
		c.fail(at, "span: %w", err)
	}
	events, err := eventConditions(cfg.SpanEvent, cfg.ErrorMode, c.settings.Telemetry)
	if err != nil {
		c.fail(at, "spanevent: %w", err)
	}
	if len(c.errs) > errs {
		return nil
	}
	return c.set.condition(spans, events)
}

func (c *compiler) probabilistic(at string, cfg *ProbabilisticConfig) node {
	errs := len(c.errs)
	if math.IsNaN(cfg.SamplingPercentage) || cfg.SamplingPercentage < 0 {
		c.fail(at, "sampling_percentage: %v is not a percentage", cfg.SamplingPercentage)
	}
	mode := cfg.mode()
	switch {
	case mode != ByHash && mode != ByRandomness:
		c.fail(at, "mode: %q is not %s or %s", cfg.Mode, ByHash, ByRandomness)
	case mode == ByRandomness && cfg.HashSalt != "":
		c.fail(at, "mode: %s takes no hash_salt", ByRandomness)
	}
	if len(c.errs) > errs {
		return nil
	}
	salt := slices.Index(c.salts, cfg.HashSalt)
	switch {
	case cfg.HashSalt == "":
		salt = 0
	case salt < 0:
		salt = len(c.salts)
		c.salts = append(c.salts, cfg.HashSalt)
	}
	c.set.random = true
	return newProbabilistic(cfg.SamplingPercentage/100, mode, c.salts[salt], salt)
}

func (c *compiler) rate(at, key string, perSecond, burst int64, size func(*Trace) int64) node {
	if perSecond < 0 {
		c.fail(at, "%s: %d is negative", key, perSecond)
		return nil
	}
	if burst <= 0 {
		burst = 2 * perSecond
	}
	return c.limit(newBudget(float64(perSecond), burst), size)
}

func (c *compiler) extension(at string, cfg *Shared) node {
	id := string(cfg.Type)
	if c.lenient {
		if err := new(component.ID).UnmarshalText([]byte(id)); err != nil || strings.TrimSpace(id) != id {
			c.fail(at, "type %q is unknown, and no extension's id", id)
			return nil
		}
		return &extension{}
	}
	maker, ok := c.settings.Extensions[id]
	if !ok {
		c.fail(at, "type %q is unknown, and there is no extension of that id that makes policies", id)
		return nil
	}
	evaluator, err := maker.NewEvaluator(cfg.Name, cfg.Extension[id])
	if err != nil {
		c.fail(at, "extension %s: %w", id, err)
		return nil
	}
	c.set.votes++
	c.set.random = true
	return newExtension(evaluator, c.set.votes-1)
}
