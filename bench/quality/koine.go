package quality

import (
	"encoding/binary"
	"hash/fnv"
	"time"

	"github.com/koine-otel/koine/spans/baseline"
	"github.com/koine-otel/koine/spans/bottleneck"
	"github.com/koine-otel/koine/spans/criticalpath"
	"github.com/koine-otel/koine/spans/probability"
	"github.com/koine-otel/koine/spans/tree"
	"github.com/koine-otel/koine/tracegen"
)

// Koine is ours, as the tail sampling processor puts it together, in the scenario's own time:
// rounds of five seconds, a baseline that learns each trace before it is chosen.
func Koine() Entry { return Entry{"koine", newKoine} }

const roundLength = 10 * time.Second

type koine struct {
	keep     Keep
	baseline *baseline.Baseline
	coverage *bottleneck.Coverage
	judge    *bottleneck.Judge
	chooser  *bottleneck.Chooser

	start, roundStart time.Time
	ticked            int64
	pending           []koineTrace
	candidates        []bottleneck.Candidate
	trace             bottleneck.Trace
	seen              bottleneck.Observations
}

type koineTrace struct {
	index      int
	path       uint64
	name       Named
	operations []baseline.Operation
}

func newKoine(budget float64, keep Keep) Sampler {
	b := baseline.New(baseline.Options{MaxOperations: 2000})
	c := bottleneck.NewCoverage(2000)
	return &koine{
		keep: keep, baseline: b, coverage: c, judge: bottleneck.NewJudge(b),
		chooser: bottleneck.NewChooser(bottleneck.Options{
			Budget: bottleneck.Budget{Fraction: budget}, Errors: bottleneck.DefaultErrors, Normal: bottleneck.DefaultNormal, Rare: bottleneck.DefaultRare,
		}, c),
	}
}

func (k *koine) Offer(t *Trace) {
	if k.start.IsZero() {
		k.start, k.roundStart = t.At, t.At
	}
	if t.At.Sub(k.roundStart) >= roundLength {
		k.choose(t.At)
	}
	now := int64(t.At.Sub(k.start))
	if now-k.ticked >= int64(time.Second) {
		k.baseline.Tick(now)
		k.ticked = now
	}
	k.fill(t, now)
	f := k.judge.Judge(&k.trace)
	if f.Whole {
		k.judge.Observe(&k.seen)
		k.baseline.Learn(k.seen.Spans, k.seen.Sites, now)
		k.seen.Reset()
	}
	p := koineTrace{index: t.Index, path: f.Path, operations: append([]baseline.Operation(nil), k.trace.Operations...)}
	if f.Span >= 0 {
		i := k.baseline.Identity(f.Operation)
		p.name = Named{i.Service, i.Name}
	}
	k.pending = append(k.pending, p)
	k.candidates = append(k.candidates, bottleneck.Candidate{
		Randomness: probability.FromTraceID(t.ID), Spans: int64(len(t.Spans)), Score: f.Score, Cause: f.Cause, Error: f.Error, Path: f.Path,
		Rare: k.coverage.Rarest(k.trace.Operations),
	})
}

func (k *koine) fill(t *Trace, now int64) {
	k.trace.Reset()
	for i := range t.Spans {
		s := &t.Spans[i]
		service := t.Services[s.Service].Name
		kind := tree.Kind(s.Kind)
		hash := baseline.OperationHash(baseline.ServiceHash("", "", service), s.Name, kind)
		op := k.baseline.Intern(hash, now, func() baseline.Identity { return baseline.Identity{Service: service, Name: s.Name, Kind: kind} })
		failed := uint16(0)
		if s.Status == tracegen.Error {
			h := fnv.New32()
			_, _ = h.Write([]byte(s.Message))
			failed = uint16(h.Sum32()) | 1
		}
		k.trace.Add(criticalpath.Span{
			ID: binary.BigEndian.Uint64(s.ID[:]), Parent: binary.BigEndian.Uint64(s.Parent[:]), Start: uint64(s.Start), End: uint64(s.End),
			Service: uint32(s.Service), Clock: uint32(s.Service), Kind: kind, Shared: s.Shared,
		}, op, failed)
	}
}

func (k *koine) choose(now time.Time) {
	k.chooser.Choose(int64(now.Sub(k.start)), now.Sub(k.roundStart).Seconds(), k.candidates)
	for i := range k.candidates {
		if c := &k.candidates[i]; c.Kept() {
			p := &k.pending[i]
			k.keep(p.index, c.Threshold.Probability(), p.name)
			k.coverage.Keep(p.operations, p.path, int64(now.Sub(k.start)))
		}
	}
	k.candidates, k.pending, k.roundStart = k.candidates[:0], k.pending[:0], now
}

// Round is how long rounds are.
func (k *koine) Round() time.Duration { return roundLength }

func (k *koine) Close() { k.choose(k.roundStart.Add(roundLength)) }
