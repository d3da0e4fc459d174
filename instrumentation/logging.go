package koine

import (
	"context"
	"fmt"
	stdlog "log"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/contrib/bridges/otelslog"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/log"
	"go.opentelemetry.io/otel/trace"
)

// setLogger makes slog's default logger write to the local handler and, where there is a
// provider, to OpenTelemetry.
func (o *options) setLogger(provider log.LoggerProvider) {
	if o.keepLogger {
		return
	}
	defer keepLogsWriter(o.local)()
	local := slog.Handler(traced{Handler: o.local})
	if provider == nil {
		slog.SetDefault(slog.New(local))
		return
	}
	remote := otelslog.NewHandler(mainPackage(), otelslog.WithLoggerProvider(provider))
	slog.SetDefault(slog.New(slog.NewMultiHandler(local, levelled{remote, o.local})))
}

// keepLogsWriter has package log go on writing where it does if the local handler is the one that
// slog begins with: that one writes by package log, which slog.SetDefault has write to the new
// default, which would wait for itself.
func keepLogsWriter(local slog.Handler) (restore func()) {
	if fmt.Sprintf("%T", local) != "*slog.defaultHandler" {
		return func() {}
	}
	writer, flags := stdlog.Writer(), stdlog.Flags()
	return func() {
		stdlog.SetOutput(writer)
		stdlog.SetFlags(flags)
	}
}

// mainPackage is the module whose records these are.
func mainPackage() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Path != "" {
		return info.Main.Path
	}
	return "slog"
}

// traced adds the trace and the span that a record was written in; OpenTelemetry's records have
// them already.
type traced struct {
	slog.Handler
	// grouped are the steps from root to Handler, where a group is among them: the ids belong
	// before it, where whoever searches for them looks.
	root    slog.Handler
	grouped []func(slog.Handler) slog.Handler
}

func (h traced) Handle(ctx context.Context, r slog.Record) error {
	sc := trace.SpanContextFromContext(ctx)
	if !sc.IsValid() {
		return h.Handler.Handle(ctx, r)
	}
	ids := []slog.Attr{slog.String("trace_id", sc.TraceID().String()), slog.String("span_id", sc.SpanID().String())}
	if h.grouped == nil {
		r = r.Clone()
		r.AddAttrs(ids...)
		return h.Handler.Handle(ctx, r)
	}
	with := h.root.WithAttrs(ids)
	for _, step := range h.grouped {
		with = step(with)
	}
	return with.Handle(ctx, r)
}

func (h traced) WithAttrs(attrs []slog.Attr) slog.Handler {
	if h.grouped == nil {
		return traced{Handler: h.Handler.WithAttrs(attrs)}
	}
	return h.with(func(to slog.Handler) slog.Handler { return to.WithAttrs(attrs) })
}

func (h traced) WithGroup(name string) slog.Handler {
	if h.grouped == nil {
		h.root = h.Handler
	}
	return h.with(func(to slog.Handler) slog.Handler { return to.WithGroup(name) })
}

func (h traced) with(step func(slog.Handler) slog.Handler) traced {
	return traced{Handler: step(h.Handler), root: h.root, grouped: append(slices.Clone(h.grouped), step)}
}

// levelled sends to OpenTelemetry only what the local handler is enabled for: else debug records
// that nobody asked for would be exported.
type levelled struct {
	slog.Handler
	local slog.Handler
}

func (h levelled) Enabled(ctx context.Context, level slog.Level) bool {
	return h.local.Enabled(ctx, level) && h.Handler.Enabled(ctx, level)
}

func (h levelled) WithAttrs(attrs []slog.Attr) slog.Handler {
	return levelled{h.Handler.WithAttrs(attrs), h.local}
}

func (h levelled) WithGroup(name string) slog.Handler {
	return levelled{h.Handler.WithGroup(name), h.local}
}

// routeSDKMessages sends what the SDK has to say to the local handler, and nowhere else: a
// failing export that was exported would beget the next one.
func routeSDKMessages(o *options, from slog.Level) {
	o.limiter.from(from)
	otel.SetErrorHandler(o.limiter)
	otel.SetLogger(logr.FromSlogHandler(sdkMessages{o.local, from}))
}

// silent is a level that nothing reaches.
const silent = slog.Level(127)

// levelNamed is, by OTEL_LOG_LEVEL's words, from which level on the SDK's own messages are shown.
func levelNamed(name string) slog.Level {
	switch strings.ToLower(name) {
	case "none":
		return silent
	case "fatal", "error":
		return slog.LevelError
	case "debug", "trace":
		return slog.LevelDebug
	case "info":
		return slog.LevelInfo
	default:
		return slog.LevelWarn // the specification says info, which in this SDK is chatter at start
	}
}

// sdkMessages gives the SDK's verbosities slog's levels: 1 warns, 4 informs, 8 debugs, and what
// logr makes of these is -1, -4 and -8. OTEL_LOG_LEVEL decides, whatever level the local
// handler has.
type sdkMessages struct {
	slog.Handler
	from slog.Level
}

func (h sdkMessages) Enabled(_ context.Context, level slog.Level) bool {
	return slogLevel(level) >= h.from
}

func (h sdkMessages) Handle(ctx context.Context, r slog.Record) error {
	r.Level = slogLevel(r.Level)
	r.Message = "opentelemetry: " + r.Message
	return h.Handler.Handle(ctx, r)
}

func (h sdkMessages) WithAttrs(attrs []slog.Attr) slog.Handler {
	return sdkMessages{h.Handler.WithAttrs(attrs), h.from}
}

func (h sdkMessages) WithGroup(name string) slog.Handler {
	return sdkMessages{h.Handler.WithGroup(name), h.from}
}

func slogLevel(l slog.Level) slog.Level {
	switch {
	case l >= slog.LevelError:
		return slog.LevelError
	case l >= -1:
		return slog.LevelWarn
	case l >= -4:
		return slog.LevelInfo
	default:
		return slog.LevelDebug
	}
}
