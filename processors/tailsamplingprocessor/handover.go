package tailsamplingprocessor

import (
	"os"
	"os/signal"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"
)

// handover keeps what waits over a reload of the configuration. The collector stops all
// components, extensions too, and makes new ones; only the process lives on.
var handover = &handovers{left: map[component.ID][]*leftover{}}

const (
	// signalTime is how long a shutdown waits for the signal that caused it, which the collector
	// may have got first.
	signalTime = 2 * time.Millisecond
	// reloadTime is how long after the signal a shutdown is still taken for the reload's: a signal
	// may have restarted receivers alone. They may take long to end.
	reloadTime = 2 * time.Minute
	// leftTime is how long what was left waits for a processor of its name.
	leftTime = time.Minute
)

type handovers struct {
	mu      sync.Mutex
	users   int // running processors
	signals chan os.Signal
	ask     chan chan struct{}
	reload  time.Time // of the signal to read the configuration anew, if nothing began since
	ending  bool      // the process was told to end
	left    map[component.ID][]*leftover
}

type leftover struct {
	engine *engine
	expiry *time.Timer
}

// watch listens, for as long as a processor runs, for the signals at which the collector reads
// its configuration anew, or ends. That a processor begins says that a reload is over.
func (h *handovers) watch() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reload, h.ending = time.Time{}, false
	if h.users++; h.users > 1 || len(reloadSignals) == 0 {
		return
	}
	h.signals, h.ask = make(chan os.Signal, 8), make(chan chan struct{})
	signal.Notify(h.signals, append([]os.Signal{os.Interrupt}, append(endSignals, reloadSignals...)...)...)
	go h.listen(h.signals, h.ask) // until unwatch
}

func (h *handovers) listen(signals <-chan os.Signal, ask <-chan chan struct{}) {
	for {
		select {
		case s, ok := <-signals:
			if !ok {
				return
			}
			h.note(s)
		case answer := <-ask:
			select {
			case s, ok := <-signals:
				if ok {
					h.note(s)
				}
			case <-time.After(signalTime):
			}
			close(answer)
		}
	}
}

func (h *handovers) note(s os.Signal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if slices.Contains(reloadSignals, s) {
		h.reload = time.Now()
	} else {
		h.ending = true
	}
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
	ask, known := h.ask, h.signals == nil
	h.mu.Unlock()
	if !known {
		answer := make(chan struct{})
		ask <- answer
		<-answer
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.ending && !h.reload.IsZero() && time.Since(h.reload) < reloadTime
}

// leave keeps an engine for the next processor of the name. If none comes, its spans are lost,
// which is said.
func (h *handovers) leave(id component.ID, e *engine, logger *zap.Logger) {
	h.mu.Lock()
	defer h.mu.Unlock()
	logger.Info("spans are left to the new configuration", zap.Int64("spans", e.spans.Load()))
	l := &leftover{engine: e}
	l.expiry = time.AfterFunc(leftTime, func() {
		h.mu.Lock()
		i := slices.Index(h.left[id], l)
		if i >= 0 {
			h.left[id] = slices.Delete(h.left[id], i, i+1)
		}
		h.mu.Unlock()
		if i >= 0 {
			logger.Error("the new configuration has no such processor: spans that waited are lost",
				zap.Stringer("processor", id), zap.Int64("spans", e.spans.Load()))
			e.close()
		}
	})
	h.left[id] = append(h.left[id], l)
}

// take gives what was left for a processor, and nil where nothing was. A name has a processor
// in each pipeline that has it; which of them goes on with what does not matter.
func (h *handovers) take(id component.ID) *engine {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.left[id]) == 0 {
		return nil
	}
	l := h.left[id][0]
	h.left[id] = h.left[id][1:]
	l.expiry.Stop()
	return l.engine
}
