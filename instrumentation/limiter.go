package koine

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"
	"unicode"
)

const (
	// pause is between two reports of one cause.
	pause = time.Minute
	// maxCauses bounds what is remembered: a process does not fail in more ways that somebody
	// would read. What comes after counts as one cause.
	maxCauses = 64
)

// limiter is OpenTelemetry's error handler: it reports a cause when it comes up, and then once a
// minute with how often it did since. A collector that is away would fill the log otherwise, with
// a line for each signal every few seconds.
type limiter struct {
	local slog.Handler
	now   func() time.Time

	mu     sync.Mutex
	mute   bool
	causes map[string]*cause
}

type cause struct {
	told  time.Time
	since int // not told
}

func newLimiter(local slog.Handler) *limiter {
	return &limiter{local: local, now: time.Now, causes: map[string]*cause{}}
}

// Handle implements otel.ErrorHandler.
func (l *limiter) Handle(err error) {
	if err == nil {
		return
	}
	if times := l.due(causeOf(err)); times > 0 {
		r := slog.NewRecord(l.now(), slog.LevelError, "opentelemetry: "+err.Error(), 0)
		if times > 1 {
			r.AddAttrs(slog.Int("times", times))
		}
		_ = l.local.Handle(context.Background(), r) // there is nowhere to report that to
	}
}

// from is the level from which on something is to be reported.
func (l *limiter) from(level slog.Level) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mute = level > slog.LevelError
}

// due is how often a cause came up since it was told, with this time, or 0 if it is not to be
// told now.
func (l *limiter) due(key string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.causes[key] == nil {
		if len(l.causes) >= maxCauses {
			key = "other"
		}
		if l.causes[key] == nil {
			l.causes[key] = &cause{}
		}
	}
	c := l.causes[key]
	if c.since++; l.mute {
		return 0
	}
	now := l.now()
	if !c.told.IsZero() && now.Sub(c.told) < pause {
		return 0
	}
	times := c.since
	c.told, c.since = now, 0
	return times
}

// causeOf is what errors of one cause have in common: the connection that failed, whatever was to
// be sent over it, else the text without its numbers.
func causeOf(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		reason := ""
		if op.Err != nil {
			reason = op.Err.Error()
		}
		if op.Addr != nil {
			reason = op.Addr.String() + ": " + reason
		}
		return reason
	}
	text := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, err.Error())
	return text[:min(len(text), 256)]
}
