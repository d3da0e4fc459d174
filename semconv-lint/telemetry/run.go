package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/koine-otel/koine/semconv/registry"
)

// RunOptions say how a command is run. The zero value leaves it without input and output.
type RunOptions struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Env is the command's environment before anything is set in it; nil is this process's.
	Env []string
	// Grace is how long to wait for telemetry after the command's end, since the last of it; 0 is
	// half a second. At most ten times as long is waited.
	Grace time.Duration
	// Ready, Done, Refused, MaxBody and Registry are those of ListenOptions.
	Ready    func(Ports)
	Done     func(Counts)
	Refused  func(error)
	MaxBody  int
	Registry *registry.Registry
}

const (
	// defaultGrace is more than what a process that is still sending needs: what SDKs gather is
	// sent before their process ends.
	defaultGrace = 500 * time.Millisecond
	// killTime is how long a command may take to end when it is told to.
	killTime = 10 * time.Second
)

// The exit codes of commands that could not be started, and what is added to the number of a
// signal that ended one, as shells have it.
const (
	cannotRun   = 126
	notFound    = 127
	signalledBy = 128
)

// Run runs a command that is told to send its telemetry here, and gives its exit code: its own,
// 128 and the number of the signal that ended it, or 127 or 126, with an error, if there is none
// or it cannot be started: a *NotStarted. Interrupts and requests to terminate are passed on to it.
func Run(ctx context.Context, command []string, sink Sink, o RunOptions) (exitCode int, err error) {
	if len(command) == 0 {
		return notFound, errors.New("run: there is no command")
	}
	if o.Grace <= 0 {
		o.Grace = defaultGrace
	}
	ports, listening, err := listenFor(sink, &o)
	if err != nil {
		return cannotRun, err
	}
	exitCode, err = runCommand(ctx, command, ports, &o)
	if err == nil {
		listening.settle(ctx, o.Grace)
	}
	return exitCode, errors.Join(err, listening.end())
}

// runCommand waits for the command's end.
func runCommand(ctx context.Context, command []string, ports Ports, o *RunOptions) (int, error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)

	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = o.Stdin, o.Stdout, o.Stderr
	env := o.Env
	if env == nil {
		env = os.Environ()
	}
	cmd.Env = environment(env, ports)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = killTime
	if err := cmd.Start(); err != nil {
		return notStarted(command[0], err)
	}
	ended := make(chan struct{})
	forwarded := make(chan struct{})
	go func() { // passes signals on until the command has ended
		defer close(forwarded)
		for {
			select {
			case s := <-signals:
				_ = cmd.Process.Signal(s)
			case <-ended:
				return
			}
		}
	}()
	err := cmd.Wait()
	close(ended)
	<-forwarded
	return exitCode(cmd.ProcessState, err)
}

func notStarted(name string, err error) (int, error) {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return notFound, &NotStarted{fmt.Errorf("run: %s: command not found", name)}
	}
	return cannotRun, &NotStarted{fmt.Errorf("run: %s: cannot be started: %w", name, cause(err))}
}

// exitCode is that of a command that was started; what it says is no error.
func exitCode(state *os.ProcessState, err error) (int, error) {
	if state == nil {
		return cannotRun, fmt.Errorf("run: waiting for the command: %w", err)
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return signalledBy + int(status.Signal()), nil
	}
	return state.ExitCode(), nil
}
