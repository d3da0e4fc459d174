// Package rig is a test rig around a collector binary: it runs one as a child process
// on free ports, reads its metrics, CPU time and memory, stops it as an operator would,
// and counts what comes out on an OTLP sink. Demo, end-to-end tests and benchmarks share
// it.
package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options say which binary to run and how.
type Options struct {
	// Binary is the collector's path.
	Binary string
	// Args are its arguments. A configuration takes the ports from the environment
	// variables that Start sets, see Ports.Env.
	Args []string
	// Env are variables beside those of this process.
	Env []string
	// Log gets what the collector logs on stderr; nil: only the end is kept for errors.
	// What it prints on stdout, telemetry for the most part, is thrown away.
	Log io.Writer
	// StartTimeout bounds the wait for readiness. Default: 20 s.
	StartTimeout time.Duration
}

// Ports are free ports of localhost, one a purpose.
type Ports struct{ OTLPGRPC, OTLPHTTP, Zipkin, Health, Metrics int }

// Env are the variables from which the embedded configuration takes its ports.
func (p Ports) Env() []string {
	return []string{
		fmt.Sprintf("KOINE_OTLP_GRPC_PORT=%d", p.OTLPGRPC),
		fmt.Sprintf("KOINE_OTLP_HTTP_PORT=%d", p.OTLPHTTP),
		fmt.Sprintf("KOINE_ZIPKIN_PORT=%d", p.Zipkin),
		fmt.Sprintf("KOINE_HEALTH_PORT=%d", p.Health),
		fmt.Sprintf("KOINE_METRICS_PORT=%d", p.Metrics),
	}
}

// FreePorts asks the kernel for ports that nobody listens on.
func FreePorts() (Ports, error) {
	var p Ports
	for _, port := range []*int{&p.OTLPGRPC, &p.OTLPHTTP, &p.Zipkin, &p.Health, &p.Metrics} {
		l, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			return p, fmt.Errorf("rig: free port: %w", err)
		}
		defer l.Close() // held until all are found, so that no two are the same
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return p, nil
}

// Collector is a running child process.
type Collector struct {
	Ports Ports
	// StartedIn is the time from exec to readiness.
	StartedIn time.Duration

	cmd  *exec.Cmd
	log  *tail
	done chan struct{} // closed when the process has ended
	err  error         // how it ended; valid once done is closed
}

// Start runs the binary and returns once its health check says ready.
func Start(ctx context.Context, o Options) (*Collector, error) {
	ports, err := FreePorts()
	if err != nil {
		return nil, err
	}
	c := &Collector{Ports: ports, log: &tail{next: o.Log}, done: make(chan struct{})}
	c.cmd = exec.Command(o.Binary, o.Args...)
	c.cmd.Env = append(append(os.Environ(), ports.Env()...), o.Env...)
	c.cmd.Stderr = c.log
	apart(c.cmd)
	began := time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("rig: %w", err)
	}
	// Owned by the process: ends with it.
	go func() {
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	timeout := o.StartTimeout
	if timeout == 0 {
		timeout = 20 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := c.waitReady(ctx); err != nil {
		c.Kill()
		return nil, fmt.Errorf("rig: %s is not ready after %s: %w\n%s", o.Binary, time.Since(began).Round(time.Millisecond), err, c.Log())
	}
	c.StartedIn = time.Since(began)
	return c, nil
}

func (c *Collector) waitReady(ctx context.Context) error {
	for {
		if ready, _ := c.Ready(ctx); ready {
			return nil
		}
		select {
		case <-c.done:
			return fmt.Errorf("ended: %w", errors.Join(c.err, errors.New("see its log")))
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Ready asks the health check.
func (c *Collector) Ready(ctx context.Context) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://localhost:%d/", c.Ports.Health), http.NoBody)
	if err != nil {
		return false, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode == http.StatusOK, err
}

// client keeps no connection open: a rig that is done leaves no goroutine.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}

// Stop sends SIGTERM and waits for the process to end. It returns nil where the exit
// code is 0; when ctx ends first, it kills the process.
func (c *Collector) Stop(ctx context.Context) error {
	if err := c.Terminate(); err != nil {
		return err
	}
	select {
	case <-c.done:
		if c.err != nil {
			return fmt.Errorf("rig: collector: %w\n%s", c.err, c.Log())
		}
		return nil
	case <-ctx.Done():
		c.Kill()
		return fmt.Errorf("rig: collector did not stop: %w\n%s", ctx.Err(), c.Log())
	}
}

// Terminate sends SIGTERM and does not wait.
func (c *Collector) Terminate() error {
	if err := c.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("rig: collector: %w", err)
	}
	return nil
}

// Signal sends a signal.
func (c *Collector) Signal(s os.Signal) error { return c.cmd.Process.Signal(s) }

// Kill ends the process at once and waits for that.
func (c *Collector) Kill() {
	_ = c.cmd.Process.Kill() // fails only where the process has ended
	<-c.done
}

// Alive says whether the process runs.
func (c *Collector) Alive() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

// Done is closed when the process has ended.
func (c *Collector) Done() <-chan struct{} { return c.done }

// Log is the end of what the collector has printed.
func (c *Collector) Log() string { return c.log.String() }

// LastErrors are the last few errors and warnings among what the collector has logged.
func (c *Collector) LastErrors() string {
	var found []string
	for line := range strings.Lines(c.Log()) {
		if strings.Contains(line, "\terror\t") || strings.Contains(line, "\twarn\t") || strings.HasPrefix(line, "panic:") || strings.HasPrefix(line, "fatal error:") {
			found = append(found, line)
		}
	}
	return strings.Join(found[max(0, len(found)-5):], "")
}

// tail keeps the last part of what is written and hands all of it on.
type tail struct {
	next io.Writer
	mu   sync.Mutex
	buf  bytes.Buffer
}

// tailBytes is enough for the log from start to the first error of a collector.
const tailBytes = 64 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Write(p)
	if over := t.buf.Len() - 2*tailBytes; over > 0 {
		t.buf.Next(over + tailBytes)
	}
	if t.next != nil {
		return t.next.Write(p)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}
