package telemetry

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain is also the command that TestRun runs.
func TestMain(m *testing.M) {
	if os.Getenv(asSender) != "" {
		os.Exit(sendOne())
	}
	goleak.VerifyTestMain(m)
}
