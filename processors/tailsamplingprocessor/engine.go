package tailsamplingprocessor

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/block"
	"github.com/koine-otel/koine/processors/tailsamplingprocessor/internal/policy"
)

// errFull is for the sender to try again later.
var errFull = errors.New("tail_sampling: the buffer is full and what was kept is not taken: see memory_limit_mib and the exporters")

const (
	// cacheShare is the part of the memory limit that remembers decisions at the most, half of it
	// those to keep: a limit of 256 MiB remembers some 170,000 to 340,000 of each.
	cacheShare = 16
	// cacheEntriesMax bounds it where there is much memory: a million traces of each kind are
	// minutes or hours, and late spans come within seconds.
	cacheEntriesMax = 1 << 20
	// reserveShare is the part that is left free: shards decide early where it is begun, so
	// that senders need not wait.
	reserveShare = 16
	// roomWait is how long a sender waits for room before it is refused.
	roomWait = time.Second
	// lookEvery is how often it looks.
	lookEvery = 5 * time.Millisecond
	// compressed is about how much larger OTLP is than a block of it with its index.
	compressed = 2
)

// engine holds what waits: blocks, shards and what is to be forwarded. It outlives the run in
// which it was made, see handover.
type engine struct {
	origin time.Time // of its clock, which no change of the machine's clock stops
	store  *block.Store
	shards []*shard
	queue  *queue
	sets   *sets
	run    atomic.Pointer[run]
	// analysis is nil until a run has one.
	analysis atomic.Pointer[analysis]

	policies   []policy.Config // of the last run
	generation uint32          // of facts: other policies see other ones

	limit     atomic.Int64 // bytes, without the caches
	reserved  atomic.Int64 // bytes, about, that requests will take which are being taken in
	maxTraces atomic.Int64 // where senders are to wait for num_traces: that; else 0
	index     atomic.Int64 // bytes that shards hold beside the blocks
	spans     atomic.Int64 // that wait
	traces    atomic.Int64
}

func newEngine(cfg *Config, limit int64) (*engine, error) {
	shards := shardsFor(cfg, limit)
	e := &engine{origin: time.Now(), store: block.NewStore(), queue: newQueue(), sets: newSets(cfg.MetadataKeys, int(cfg.MetadataCardinalityLimit))}
	entries := cacheEntries(cfg, limit, shards)
	for range shards {
		s, err := newShard(e, entries)
		if err != nil {
			e.close()
			return nil, err
		}
		e.shards = append(e.shards, s)
	}
	e.setLimit(limit)
	return e, nil
}

// generationOf gives the number of a run's facts: those of the run before if its policies are
// the same.
func (e *engine) generationOf(policies []policy.Config) uint32 {
	if e.generation == 0 || !reflect.DeepEqual(e.policies, policies) {
		e.policies = policies
		e.generation++
	}
	return e.generation
}

// analyze makes room for an analysis, if a run wants one for the first time.
func (e *engine) analyze(r *run, limit int64) {
	if r.analyzes && e.analysis.Load() == nil {
		e.analysis.Store(newAnalysis(e, r.cfg, limit))
		e.setLimit(limit)
	}
}

func (e *engine) setLimit(limit int64) {
	left := limit
	for _, s := range e.shards {
		left -= int64(s.kept.size() + s.dropped.size())
	}
	if a := e.analysis.Load(); a != nil {
		left -= a.most
	}
	e.limit.Store(max(left, limit/2)) // where caches of a stated size are large
}

// adopt makes the engine of an earlier run go on under a configuration. What is as it was
// when the engine was made: the number of shards, and of decisions that are remembered.
func (e *engine) adopt(cfg *Config, limit int64, logger *zap.Logger) {
	if n := shardsFor(cfg, limit); n != len(e.shards) {
		logger.Warn("num_shards takes effect when the process is started anew", zap.Int("configured", n), zap.Int("in use", len(e.shards)))
	}
	e.sets.rekey(cfg.MetadataKeys, int(cfg.MetadataCardinalityLimit))
	e.setLimit(limit)
}

// shardMemory is the least for a shard to work with: it has pages of its own.
const shardMemory = 4 * mib

// shardsFor is the number of shards: the configured one, or one for each core, as far as there
// is memory for them.
func shardsFor(cfg *Config, limit int64) int {
	n := cfg.NumShards
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return max(1, min(n, maxShards, int(limit/shardMemory)))
}

// cacheEntries are how many decisions a shard remembers: those to keep and those to drop.
func cacheEntries(cfg *Config, limit int64, shards int) [2]int {
	def := int(limit) / cacheShare / 2 / cachedSize / 2 // the tables' sizes are powers of two: up to twice as much
	def = min(def, cacheEntriesMax)
	entries := [2]int{def, def}
	for i, size := range [...]int{cfg.DecisionCache.SampledCacheSize, cfg.DecisionCache.NonSampledCacheSize} {
		if size > 0 {
			entries[i] = size
		}
		entries[i] = (entries[i] + shards - 1) / shards
	}
	return entries
}

// now is the time on the engine's clock.
func (e *engine) now() int64 { return int64(time.Since(e.origin)) }

// seconds is the same, as caches have it.
func (e *engine) seconds() int64 { return e.now() / int64(time.Second) }

// held is the memory that what waits takes.
func (e *engine) held() int64 {
	return e.store.Held() + e.index.Load() + e.queue.bytes.Load()
}

// overMemory says that the oldest traces are to be decided now.
func (e *engine) overMemory() bool {
	limit := e.limit.Load()
	return e.held()+e.reserved.Load() > limit-limit/reserveShare
}

// full says that a request of about need bytes cannot be taken. What was kept and is not taken
// by whoever comes next fills at most half: beyond that, to decide the other traces early would
// not help.
func (e *engine) full(need int64) bool {
	held, limit := e.held()+e.reserved.Load(), e.limit.Load()
	if held+min(need, limit/reserveShare) > limit {
		return true
	}
	queued, spans := e.queue.spans.Load(), e.spans.Load()
	return queued > 0 && spans > 0 && float64(held)*float64(queued)/float64(spans) > float64(limit/2)
}

// crowded says that senders are to wait for num_traces.
func (e *engine) crowded() bool {
	n := e.maxTraces.Load()
	return n > 0 && e.traces.Load() >= n
}

// consume takes spans in, or refuses all of them.
func (e *engine) consume(ctx context.Context, td ptrace.Traces) error {
	spans := td.SpanCount()
	if spans == 0 {
		return nil
	}
	r := e.run.Load()
	err := e.take(ctx, r, td, spans)
	if err != nil {
		r.telemetry.ProcessorTailSamplingRefusedSpans.Add(ctx, int64(spans))
	}
	return err
}

func (e *engine) take(ctx context.Context, r *run, td ptrace.Traces, spans int) error {
	set, err := e.sets.of(ctx)
	if err != nil {
		return err
	}
	var marshaler ptrace.ProtoMarshaler
	body, err := marshaler.MarshalTraces(td)
	if err != nil {
		return consumererror.NewPermanent(err)
	}
	need := int64(len(body)) / compressed
	if err := e.room(ctx, need); err != nil {
		return err
	}
	defer e.reserved.Add(-need)
	return e.takeIn(ctx, r.policies, set, td, body, spans)
}

// room reserves some, and waits for it for a while.
func (e *engine) room(ctx context.Context, need int64) error {
	if !e.crowded() && !e.full(need) {
		e.reserved.Add(need)
		return nil
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var fullSince time.Time // for num_traces alone a sender waits as long as it likes
	for {
		for _, s := range e.shards {
			select {
			case s.urge <- struct{}{}:
			default: // it knows
			}
		}
		select {
		case now := <-look.C:
			switch {
			case e.full(need):
				if fullSince.IsZero() {
					fullSince = now
				} else if now.Sub(fullSince) > roomWait {
					return errFull
				}
			case !e.crowded():
				e.reserved.Add(need)
				return nil
			default:
				fullSince = time.Time{}
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// start runs shards and forwarders.
func (e *engine) start(r *run) {
	e.run.Store(r)
	e.maxTraces.Store(0)
	if r.cfg.BlockOnOverflow {
		e.maxTraces.Store(int64(r.cfg.NumTraces))
	}
	if r.analyzes {
		e.analysis.Load().start(r)
	}
	for _, s := range e.shards {
		s.start(r)
	}
	e.queue.start(e, r, len(e.shards))
}

// halt stops the shards; nobody may consume any more.
func (e *engine) halt() {
	for _, s := range e.shards {
		s.halt()
	}
	if e.run.Load().analyzes {
		e.analysis.Load().halt()
	}
}

// settleAll decides everything that waits, or drops it. The shards are halted.
func (e *engine) settleAll(drop bool) {
	r := e.run.Load()
	if r.analyzes && drop {
		for _, s := range e.shards {
			s.requeue()
		}
	}
	if r.analyzes && !drop {
		seconds := e.longest().Seconds()
		var left []*gathered
		for _, s := range e.shards {
			left = append(left, s.analyst.gatherAll())
		}
		e.analysis.Load().rounds.chooseAll(left, seconds)
		for _, s := range e.shards {
			s.analyst.decideAll()
		}
	}
	for _, s := range e.shards {
		s.settleAll(drop)
	}
}

// longest is for how long the oldest trace has waited. The shards are halted.
func (e *engine) longest() time.Duration {
	oldest := e.now()
	for _, s := range e.shards {
		for _, l := range [...]*list{&s.ages, &s.analyst.held} {
			if l.head != 0 {
				oldest = min(oldest, s.traces.at(l.head).arrived)
			}
		}
	}
	return time.Duration(e.now() - oldest)
}

// close gives all memory back, unless a forwarder of any run is still stuck: it may yet read or
// release what it holds. The shards are halted.
func (e *engine) close() {
	if e.queue.forwarders.Load() > 0 {
		return
	}
	for _, s := range e.shards {
		s.close()
	}
	e.store.Close()
}
