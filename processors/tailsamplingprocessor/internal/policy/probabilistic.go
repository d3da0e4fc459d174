package policy

import (
	"math"
	"math/big"
	"math/bits"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/koine-otel/koine/spans/probability"
)

// probabilistic keeps a share of what arrives.
type probabilistic struct {
	threshold probability.Threshold
	byHash    bool
	// salt is the salt's number; seed is what is left of hashing it.
	salt int
	seed uint64
	// most is the greatest hash that is kept.
	most uint64
}

// defaultSalt is contrib's, which deployments with both must share.
const defaultSalt = "default-hash-seed"

func newProbabilistic(p float64, mode Mode, salt string, number int) *probabilistic {
	return &probabilistic{
		threshold: probability.FromProbability(p),
		byHash:    mode == ByHash,
		salt:      number,
		seed:      fnv(fnvOffset, []byte(salt)),
		most:      hashBound(p),
	}
}

func (p *probabilistic) decide(e *evaluation) (samplingpolicy.Decision, error) {
	switch {
	case p.byHash:
		return sampledIf(fnv(p.seed, e.trace.ID[:]) <= p.most), nil
	case !e.known:
		// Ids that count upwards have nearly one FNV hash: by contrib's all of a service's traces
		// would be kept, or none.
		return sampledIf(p.threshold.Keeps(e.randomness)), nil
	}
	return sampledIf(p.threshold == probability.Always || p.of(e).Keeps(e.randomness)), nil
}

func (p *probabilistic) chance(e *evaluation) chance {
	switch {
	case p.threshold == probability.Always:
		return certain
	case p.byHash:
		return chance{hash: p.threshold, salt: p.salt}
	case !e.known:
		return chance{hash: p.threshold, salt: p.salt, unknown: true}
	}
	return chance{least: p.of(e)}
}

// of is the threshold for a trace: the share is one of what arrives.
func (p *probabilistic) of(e *evaluation) probability.Threshold { return e.incoming.Then(p.threshold) }

func (*probabilistic) stateful() bool { return false }

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// fnv goes on with an FNV-1a hash of 64 bits, without hash/fnv's allocation.
func fnv(hash uint64, data []byte) uint64 {
	for _, b := range data {
		hash = (hash ^ uint64(b)) * fnvPrime
	}
	return hash
}

// hashBound is the share p of all hashes, to the bit that contrib has: with the 64 bits of
// precision that a float64 lacks.
func hashBound(p float64) uint64 {
	if p >= 1 {
		return math.MaxUint64
	}
	whole := new(big.Float).SetUint64(math.MaxUint64)
	bound, _ := whole.Mul(whole, big.NewFloat(p)).Uint64()
	return bound
}

// scattered is 64 even bits from a trace id, whatever the id is made of: FNV leaves the
// last bytes of an id out of its high bits (David Stafford's finalizer, variant 13).
func scattered(id pcommon.TraceID) uint64 {
	x := fnv(fnvOffset, id[:])
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Randomness is the rv for a trace that a hash kept, and whose own randomness decided nothing:
// even in [t, 2^56), and the same for each of its spans.
func Randomness(t probability.Threshold, id pcommon.TraceID) probability.Randomness {
	hi, _ := bits.Mul64(scattered(id), uint64(probability.Never-t))
	return probability.Randomness(uint64(t) + hi)
}
