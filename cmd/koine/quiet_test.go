package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestQuiet(t *testing.T) {
	var out bytes.Buffer
	core, logged := observer.New(zapcore.InfoLevel)
	log := zap.New(core, quiet(getenv(map[string]string{exportVariable: "http://a:4317", hostVariable: "0.0.0.0", "KOINE_ZIPKIN_PORT": "1"}), &out)...)
	log = log.With(zap.String("a", "b"))
	log.Info("Starting extensions...")
	log.Error(failedMessages[0])
	log.Info(readyMessage)
	log.Warn("queue full")
	assert.Equal(t, 1, logged.Len())
	assert.Equal(t, "queue full", logged.All()[0].Message)
	assert.Equal(t, "koine 0.1.0 is ready: OTLP on 0.0.0.0:4317 (gRPC) and :4318 (HTTP), Zipkin on :1; kept traces are printed and go to http://a:4317\n", out.String())

	assert.Empty(t, quiet(getenv(map[string]string{logLevelVariable: "info"}), &out))
}
