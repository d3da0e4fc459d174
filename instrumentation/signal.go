package koine

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
)

// exitOnSignal shuts down on the first signal and then has the process die of it, so that the
// parent sees the exit status it expects. A second SIGINT, from somebody who does not want to
// wait, ends the process at once. What it returns stops it.
func exitOnSignal(shutdown Shutdown, local slog.Handler) (stop func()) {
	signals := make(chan os.Signal, 1)
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		if !signal.Ignored(sig) { // the process would not die of it: a shell's background job has SIGINT ignored
			signal.Notify(signals, sig)
		}
	}
	stopped := make(chan struct{})
	go func() { // ends with stop, or the process
		select {
		case sig := <-signals:
			signal.Reset(os.Interrupt)
			sayLost(local, shutdown(context.Background()))
			dieOf(sig)
		case <-stopped:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(stopped)
	}
}

// dieOf ends the process as a signal would have done.
func dieOf(sig os.Signal) {
	signal.Reset(syscall.SIGTERM, os.Interrupt)
	self, err := os.FindProcess(os.Getpid())
	if err != nil || self.Signal(sig) != nil {
		os.Exit(1) // where a process cannot signal itself
	}
}
