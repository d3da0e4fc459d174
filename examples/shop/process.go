package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// process is a service or the collector, running.
type process struct {
	name, address string // address is where it listens once it is ready
	log           string // a file
	cmd           *exec.Cmd
	done          chan struct{} // closed when it has ended
	err           error         // how; valid once done is closed
}

func start(name, dir, build string, command, env []string, address string) (*process, error) {
	p := &process{name: name, address: address, log: filepath.Join(build, "records", name+".log"), done: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the child has its own
	p.cmd = exec.Command(command[0], command[1:]...)
	p.cmd.Dir, p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = dir, env, log, log
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	// Owned by the process: ends with it.
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// awaitReady waits until somebody listens at the process's address.
func (p *process) awaitReady(ctx context.Context) error {
	for {
		if conn, err := net.Dial("tcp", p.address); err == nil {
			return conn.Close()
		}
		select {
		case <-p.done:
			return p.failed(fmt.Errorf("it ended: %w", errors.Join(p.err, errors.New("before it was ready"))))
		case <-ctx.Done():
			return p.failed(fmt.Errorf("it is not ready: %w", ctx.Err()))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stopTimeout is more than the collector's sampler takes to hand over what waits.
const stopTimeout = 25 * time.Second

// stop ends the process as an operator would. Whatever happens, it is gone afterwards.
func (p *process) stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails only where it has ended
	select {
	case <-p.done:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.done
		return p.failed(errors.New("it did not stop"))
	}
	// Not all of them make a clean exit of a signal: a JVM's code is 143.
	if state := p.cmd.ProcessState; state.ExitCode() > 0 && state.ExitCode() != 128+int(syscall.SIGTERM) {
		return p.failed(p.err)
	}
	return nil
}

func (p *process) failed(err error) error {
	log, _ := os.ReadFile(p.log) // what there is of it
	return fmt.Errorf("%s: %w: %s (%s)", p.name, err, lastLines(string(log), 3), p.log)
}

// fleet is all processes, in the order in which they were started.
type fleet []*process

func (f fleet) awaitReady(ctx context.Context) error {
	for _, p := range f {
		if err := p.awaitReady(ctx); err != nil {
			return err
		}
	}
	return nil
}

// stop ends the last that was started first: what it still has to say has somewhere to go.
func (f fleet) stop() error {
	var errs []error
	for i := len(f) - 1; i >= 0; i-- {
		errs = append(errs, f[i].stop())
	}
	return errors.Join(errs...)
}
