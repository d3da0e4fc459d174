// Package telemetry brings telemetry to whoever checks it: out of files, off the network, or
// from a command that is run for it.
package telemetry

import (
	"sync/atomic"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Sink takes what was read. Several goroutines call it, and it owns what it is given. It may
// block: readers then read, and senders send, no further.
type Sink interface {
	// Traces takes spans; source is where they stand as file:line (of binary files the number of
	// the message in place of the line), or how they came.
	Traces(td ptrace.Traces, source string)
	Metrics(md pmetric.Metrics, source string)
	Logs(ld plog.Logs, source string)
}

// Counts say what was read.
type Counts struct {
	Files   int64 // that were recognised
	Skipped int64 // of folders: what is no telemetry
	Spans   int64
	Points  int64 // of metrics
	Logs    int64
	// Damaged is how many files, lines, messages, spans or requests could not be read.
	Damaged int64
}

// Empty is whether there was no telemetry.
func (c Counts) Empty() bool { return c.Spans+c.Points+c.Logs == 0 }

// tally is Counts while they grow.
type tally struct {
	files, skipped, spans, points, logs, damaged atomic.Int64
}

func (t *tally) counts() Counts {
	return Counts{
		Files: t.files.Load(), Skipped: t.skipped.Load(), Damaged: t.damaged.Load(),
		Spans: t.spans.Load(), Points: t.points.Load(), Logs: t.logs.Load(),
	}
}
