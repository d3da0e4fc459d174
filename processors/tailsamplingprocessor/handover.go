package tailsamplingprocessor

import (
	"os"
	"os/signal"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"
)

// handover keeps what waits over a reload of the configuration. The collector stops all
// components, extensions too, and makes new ones; only the process lives on.
var handover = &handovers{left: map[component.ID]*leftover{}}

const (
	// reloadTime is how long after the signal a shutdown is taken for a part of the reload.
	reloadTime = 2 * time.Minute
	// leftTime is how long what was left waits for a processor of its name.
	leftTime = time.Minute
)

type handovers struct {
	mu      sync.Mutex
	users   int // running processors
	signals chan os.Signal
	signal  time.Time
	left    map[component.ID]*leftover
}

type leftover struct {
	engine *engine
	expiry *time.Timer
}

// watch listens for the signal at which the collector reads its configuration anew, for as
// long as a processor runs.
func (h *handovers) watch() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.users++; h.users > 1 || len(reloadSignals) == 0 {
		return
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, reloadSignals...)
	h.signals = signals
	go func() { // until unwatch
		for range signals {
			h.mu.Lock()
			h.signal = time.Now()
			h.mu.Unlock()
		}
	}()
}

func (h *handovers) unwatch() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.users--; h.users == 0 && h.signals != nil {
		signal.Stop(h.signals)
		close(h.signals)
		h.signals = nil
	}
}

// reloading says whether a shutdown is for a reload.
func (h *handovers) reloading() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.signal.IsZero() && time.Since(h.signal) < reloadTime
}

// leave keeps an engine for the next processor of the name. If none comes, its spans are lost,
// which is said.
func (h *handovers) leave(id component.ID, e *engine, logger *zap.Logger) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.left[id] = &leftover{engine: e, expiry: time.AfterFunc(leftTime, func() {
		if left := h.take(id); left != nil {
			logger.Error("the new configuration has no such processor: spans that waited are lost",
				zap.Stringer("processor", id), zap.Int64("spans", left.spans.Load()))
			left.close()
		}
	})}
}

// take gives what was left for a processor, and nil where nothing was.
func (h *handovers) take(id component.ID) *engine {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.left[id]
	if l == nil {
		return nil
	}
	l.expiry.Stop()
	delete(h.left, id)
	return l.engine
}
