// Package memory gives the process one memory budget, taken from the limit of
// the container that it runs in, and a garbage collector that fits a collector.
//
// Whatever holds telemetry for long (sampler, queues), whatever holds it for an
// instant (request bodies, decoded batches) and the memory limiter take shares of
// the one figure, and the shares add up to it: no two of them can each believe
// that the memory is theirs.
package memory

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

const (
	mib = 1 << 20

	// fixed is what the process has resident whatever it does: the binary's own pages and
	// the runtime's tables. It comes off the limit before there is anything to share.
	fixed = 32 * mib

	// minLimit is the smallest limit that a user may state, and below which a
	// container's is warned of: under full load the default configuration stays inside
	// 128 MiB and not inside 64 (see bench/).
	minLimit = 128 * mib
	// maxLimit is beyond any machine; it guards the arithmetic.
	maxLimit = 1 << 50

	// LimitVariable overrides the detected limit, in MiB.
	LimitVariable = "KOINE_MEMORY_LIMIT_MIB"
)

// Shares of the budget, in percent of what fixed leaves. Together they are 100.
const (
	// samplerShare holds traces that wait for a decision.
	samplerShare = 25
	// queueShare holds what waits for a destination that is slow or away.
	queueShare = 24
	// inFlightShare holds requests while they are read, and what is decoded of them
	// while it is on its way through the pipelines.
	inFlightShare = 21
	// spikeShare lies between the limiter's soft limit (refuse) and its hard limit
	// (refuse and collect): what can arrive between two of its checks.
	spikeShare = 15
	// reserveShare is for what is not Go's heap: stacks, the runtime's fragmentation,
	// the kernel's buffers that are charged to the container.
	reserveShare = 15
)

// Decoded telemetry is several times as large as on the wire; queues are bounded
// in wire bytes, so a queue's share is divided by this. Measured: a span of 292 B
// takes about 1.3 kB as pdata.
const decodedPerWireByte = 5

// queues is how many queues share queueShare: one a signal.
const queues = 3

// maxRequest is the most that a request need have: what the collector's HTTP receivers
// take by default.
const maxRequest = 20 * mib

// Budget is the memory that the process may use, in bytes, and where the figure is
// from: "KOINE_MEMORY_LIMIT_MIB", "cgroup" or "system".
type Budget struct {
	Limit  int64
	Source string
}

// Detect finds the process's memory limit: the one that the user stated, else the
// container's (cgroup v1 or v2, the tightest on the way up), else the machine's
// memory. It fails where the stated limit is no number or too small, or where no
// source gives a figure.
func Detect(getenv func(string) string) (Budget, error) {
	if s := getenv(LimitVariable); s != "" {
		return stated(s)
	}
	system, systemErr := memlimit.FromSystem()
	// A cgroup without a limit answers with an error or with a figure beyond the
	// machine's memory; in both cases the machine is the limit.
	if limit, err := memlimit.FromCgroup(); err == nil && limit > 0 && (systemErr != nil || limit < system) {
		return Budget{Limit: int64(limit), Source: "cgroup"}, nil
	}
	if systemErr != nil || system == 0 {
		return Budget{}, errors.Join(fmt.Errorf("memory: no limit found, state one in %s", LimitVariable), systemErr)
	}
	return Budget{Limit: int64(system), Source: "system"}, nil
}

func stated(s string) (Budget, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > maxLimit/mib {
		return Budget{}, fmt.Errorf("memory: %s=%q is not a number of MiB", LimitVariable, s)
	}
	if n*mib < minLimit {
		return Budget{}, fmt.Errorf("memory: %s=%q is below the %d MiB that a collector needs", LimitVariable, s, minLimit/mib)
	}
	return Budget{Limit: n * mib, Source: LimitVariable}, nil
}

// Warning says so where the limit is smaller than the default configuration needs under
// load; it is empty elsewhere.
func (b Budget) Warning() string {
	if b.Limit >= minLimit {
		return ""
	}
	return fmt.Sprintf("memory: the limit of %d MiB (%s) is below the %d MiB that a collector needs under load", b.Limit/mib, b.Source, minLimit/mib)
}

func (b Budget) share(percent int64) int64 { return max(b.Limit-fixed, b.Limit/2) / 100 * percent }

// GoLimit is the runtime's soft limit (GOMEMLIMIT). It equals the limiter's soft
// limit: the runtime collects harder before that point, so the limiter refuses data
// for live memory only, never for garbage. The sampler's share lies outside Go's heap.
func (b Budget) GoLimit() int64 { return b.share(queueShare + inFlightShare) }

// Sampler is the share of traces that wait for a decision.
func (b Budget) Sampler() int64 { return b.share(samplerShare) }

// HeapFloor is the heap size below which the garbage collector does not start a
// cycle. A collector's live heap is a few tens of MB and its garbage is large; with
// Go's default it collects many times a second. Measured on OTLP to nowhere (bench/):
// 32 MiB save 37 % of all CPU, 64 MiB 43 %, 96 MiB 45 %, more nothing more. A fifth of
// what there is to share keeps it harmless in a small container.
func (b Budget) HeapFloor() int64 { return min(b.share(20), 96*mib) }

// queue is one queue's bound in wire bytes.
func (b Budget) queue() int64 { return b.share(queueShare) / queues / decodedPerWireByte }

// request is the largest request to take: one that fits into an empty queue, for one
// that does not could never be delivered.
func (b Budget) request() int64 { return max(mib, min(b.queue(), maxRequest)/mib*mib) }

// Env gives the shares as environment variables for configurations, in the units
// that the components' options have.
func (b Budget) Env() map[string]string {
	return map[string]string{
		"KOINE_MEMORY_LIMITER_MIB":   itoa((b.GoLimit() + b.share(spikeShare)) / mib),
		"KOINE_MEMORY_SPIKE_MIB":     itoa(b.share(spikeShare) / mib),
		"KOINE_MEMORY_IN_FLIGHT_MIB": itoa(b.share(inFlightShare) / mib),
		"KOINE_MEMORY_QUEUE_BYTES":   itoa(max(b.queue(), b.request())),
		"KOINE_MAX_REQUEST_BYTES":    itoa(b.request()),
		"KOINE_MAX_REQUEST_MIB":      itoa(b.request() / mib),
	}
}

// itoa writes a figure; none is 0, which options take for no limit.
func itoa(n int64) string { return strconv.FormatInt(max(n, 1), 10) }
