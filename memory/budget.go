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

	// minLimit is the smallest limit that a user may state. An idle collector has
	// about 40 MiB resident; below 64 MiB the limiter would refuse everything.
	minLimit = 64 * mib

	// LimitVariable overrides the detected limit, in MiB.
	LimitVariable = "KOINE_MEMORY_LIMIT_MIB"
)

// Shares of the budget, in percent. Together they are 100.
const (
	// samplerShare holds traces that wait for a decision.
	samplerShare = 25
	// queueShare holds what waits for a destination that is slow or away.
	queueShare = 15
	// bodyShare holds request bodies while they are read and decoded.
	bodyShare = 5
	// decodedShare holds what the bodies become, about 4.5 times their size, on its
	// way through the pipelines.
	decodedShare = 25
	// spikeShare lies between the limiter's soft limit (refuse) and its hard limit
	// (refuse and collect): what can arrive between two of its checks.
	spikeShare = 15
	// reserveShare is for what is not Go's heap: the binary's own pages, stacks, the
	// runtime's tables, the kernel's buffers that are charged to the container.
	reserveShare = 15
)

// Decoded telemetry is several times as large as on the wire; queues are bounded
// in wire bytes, so a queue's share is divided by this. Measured: a span of 292 B
// takes about 1.3 kB as pdata.
const decodedPerWireByte = 5

// queues is how many queues share queueShare: one a signal.
const queues = 3

// tracesOf says how many traces fit into a number of bytes when each waits as
// pdata: 24 spans of about 1.8 kB with the maps around them.
func tracesOf(bytes int64) int64 { return max(1000, min(bytes/(24*1800), 50_000)) }

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
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n > 1<<40/mib*1024 {
			return Budget{}, fmt.Errorf("memory: %s=%q is not a number of MiB", LimitVariable, s)
		}
		if n*mib < minLimit {
			return Budget{}, fmt.Errorf("memory: %s=%q is below the %d MiB that a collector needs", LimitVariable, s, minLimit/mib)
		}
		return Budget{Limit: n * mib, Source: LimitVariable}, nil
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

func (b Budget) share(percent int64) int64 { return b.Limit / 100 * percent }

// GoLimit is the runtime's soft limit (GOMEMLIMIT). It equals the limiter's soft
// limit: the runtime collects harder before that point, so the limiter refuses data
// for live memory only, never for garbage.
func (b Budget) GoLimit() int64 {
	return b.share(samplerShare + queueShare + bodyShare + decodedShare)
}

// HeapFloor is the heap size below which the garbage collector does not start a
// cycle. A collector's live heap is a few tens of MB and its garbage is large; with
// Go's default it collects many times a second. Measured on OTLP to nowhere (bench/):
// 32 MiB save 37 % of all CPU, 64 MiB 43 %, 96 MiB 45 %, more nothing more. A tenth of
// the limit keeps it harmless in a small container.
func (b Budget) HeapFloor() int64 { return min(b.share(10), 96*mib) }

// Env gives the shares as environment variables for configurations, in the units
// that the components' options have.
func (b Budget) Env() map[string]string {
	sampler := b.share(samplerShare)
	return map[string]string{
		"KOINE_MEMORY_LIMITER_MIB": itoa((b.GoLimit() + b.share(spikeShare)) / mib),
		"KOINE_MEMORY_SPIKE_MIB":   itoa(b.share(spikeShare) / mib),
		"KOINE_MEMORY_BODIES_MIB":  itoa(max(1, b.share(bodyShare)/mib)),
		"KOINE_MEMORY_QUEUE_BYTES": itoa(b.share(queueShare) / queues / decodedPerWireByte),
		"KOINE_MEMORY_SAMPLER_MIB": itoa(sampler / mib),
		"KOINE_SAMPLER_TRACES":     itoa(tracesOf(sampler)),
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
