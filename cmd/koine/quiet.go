package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// logLevelVariable shows the collector's own log from that level on, as it is.
const logLevelVariable = "KOINE_LOG_LEVEL"

// readyMessage is what the collector logs when it is up.
const readyMessage = "Everything is ready. Begin running and processing data."

// failedMessages are what it logs when a part could not start; main prints the error
// anyway.
var failedMessages = []string{"Failed to start component", "Failed to start extension", "error found during service initialization"}

// quiet is the log of the embedded configuration: one line when the collector is up, and
// what goes wrong. The twenty lines in between are for whoever sets KOINE_LOG_LEVEL.
func quiet(getenv func(string) string, out io.Writer) []zap.Option {
	if getenv(logLevelVariable) != "" {
		return nil
	}
	return []zap.Option{zap.WrapCore(func(core zapcore.Core) zapcore.Core {
		return &quietCore{Core: core, ready: func() { fmt.Fprintln(out, readyLine(getenv)) }}
	})}
}

type quietCore struct {
	zapcore.Core
	ready func()
}

func (c *quietCore) With(fields []zapcore.Field) zapcore.Core {
	return &quietCore{Core: c.Core.With(fields), ready: c.ready}
}

func (c *quietCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if entry.Message == readyMessage {
		c.ready()
	}
	if entry.Level < zapcore.WarnLevel || slices.Contains(failedMessages, entry.Message) {
		return checked
	}
	return c.Core.Check(entry, checked)
}

// readyLine says where to send.
func readyLine(getenv func(string) string) string {
	or := func(name, otherwise string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return otherwise
	}
	host := or(hostVariable, "localhost")
	line := fmt.Sprintf("koine %s is ready: OTLP on %s:%s (gRPC) and :%s (HTTP), Zipkin on :%s", version, host,
		or("KOINE_OTLP_GRPC_PORT", "4317"), or("KOINE_OTLP_HTTP_PORT", "4318"), or("KOINE_ZIPKIN_PORT", "9411"))
	if to := getenv(exportVariable); to != "" {
		return line + "; kept traces are printed and go to " + to
	}
	return strings.TrimSpace(line) + "; kept traces are printed"
}
