package koine

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/log"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// End ends a span with how what it covers ended. It is to be deferred with the address of the
// function's error:
//
//	func charge(ctx context.Context) (err error) {
//		ctx, span := tracer.Start(ctx, "charge")
//		defer koine.End(span, &err)
//
// An error, or a panic on its way, sets the status, error.type and an exception, as an event or,
// where OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN is logs or logs/dup, as a log record. The panic goes
// on. A nil err leaves errors out, an error that was handled leaves nothing: set *err to nil.
func End(span trace.Span, err *error) {
	if r := recover(); r != nil {
		fail(span, panicked(r), exception(true))
		span.End() // not deferred: the SDK's End would see the panic too, and add it again
		panic(r)
	}
	if err != nil && *err != nil {
		fail(span, *err, exception(false))
	}
	span.End()
}

// signals are where an exception goes.
type signals struct{ event, log, stack bool }

// exception is where exceptions go by the conventions' opt-in to log records.
func exception(stack bool) signals {
	s := signals{event: true, stack: stack}
	for word := range strings.SplitSeq(env(envExceptions), ",") {
		switch strings.TrimSpace(word) {
		case "logs/dup":
			return signals{event: true, log: true, stack: stack}
		case "logs":
			s.event, s.log = false, true
		}
	}
	return s
}

// fail puts an error on a span that is not ended.
func fail(span trace.Span, err error, to signals) {
	if !span.IsRecording() {
		return
	}
	text := fmt.Sprint(err) // a nil pointer that is an error panics in its own Error
	span.SetStatus(codes.Error, text)
	kind := typeOf(err)
	span.SetAttributes(kind)
	said := []attribute.KeyValue{semconv.ExceptionType(kind.Value.AsString()), semconv.ExceptionMessage(text)}
	if to.stack {
		said = append(said, semconv.ExceptionStacktrace(string(debug.Stack())))
	}
	if to.event {
		span.AddEvent(semconv.ExceptionEventName, trace.WithAttributes(said...))
	}
	if to.log {
		logException(span, said)
	}
}

// typeOf is an error's type. The error's own methods may panic, which must not hide what it says.
func typeOf(err error) (kind attribute.KeyValue) {
	defer func() {
		if recover() != nil {
			kind = semconv.ErrorTypeKey.String(fmt.Sprintf("%T", err))
		}
	}()
	return semconv.ErrorType(err)
}

func logException(span trace.Span, said []attribute.KeyValue) {
	var r log.Record
	r.SetEventName(semconv.ExceptionEventName)
	r.SetSeverity(log.SeverityError)
	r.AddAttributes(said...)
	otel.Logger(scope).Emit(trace.ContextWithSpan(context.Background(), span), r)
}

// panicked makes an error of a panic's value. What is an error keeps its type.
func panicked(r any) error {
	if err, ok := r.(error); ok {
		return err
	}
	return panicError{fmt.Sprint(r)}
}

type panicError struct{ text string }

func (e panicError) Error() string   { return "panic: " + e.text }
func (panicError) ErrorType() string { return "panic" }
