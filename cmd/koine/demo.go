package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/koine-otel/koine/tracegen"
	"github.com/koine-otel/koine/tracegen/rig"
)

// demoCommand is `koine demo`: this binary with its embedded configuration as a child
// process on free ports, tracegen's traffic into it, an OTLP sink behind it.
func demoCommand() *cobra.Command {
	cfg := tracegen.DefaultConfig()
	cfg.Rate, cfg.Duration, cfg.Seed = 400, 20*time.Second, 7
	command := &cobra.Command{
		Use:          "demo",
		Short:        "Run the default configuration on a synthetic shop's traffic and say what it did",
		Args:         cobra.NoArgs,
		SilenceUsage: true,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			err := demo(ctx, cfg, c.OutOrStdout(), c.ErrOrStderr())
			if ctx.Err() != nil {
				return errors.New("demo: interrupted")
			}
			return err
		},
	}
	flags := command.Flags()
	flags.DurationVar(&cfg.Duration, "duration", cfg.Duration, "how long to send")
	flags.Float64Var(&cfg.Rate, "rate", cfg.Rate, "traces a second")
	flags.Uint64Var(&cfg.Seed, "seed", cfg.Seed, "the same seed gives the same traffic")
	return command
}

// decisionTimeout bounds the wait for the sampler's last decisions after the traffic:
// the default configuration's decision_wait and then some.
const decisionTimeout = 30 * time.Second

func demo(ctx context.Context, cfg tracegen.Config, stdout, stderr io.Writer) (err error) {
	if err := cfg.Validate(); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	kept := newKept()
	sink, err := rig.NewSink(kept.add)
	if err != nil {
		return err
	}
	defer sink.Close()
	collector, err := rig.Start(ctx, rig.Options{Binary: self, Env: []string{exportVariable + "=http://" + sink.Address, insecureVariable + "=true"}})
	if err != nil {
		return err
	}
	defer func() {
		if collector.Alive() {
			collector.Kill()
		}
	}()
	fmt.Fprintf(stderr, "koine demo: collector ready after %d ms, sending for %s\n", collector.StartedIn.Milliseconds(), cfg.Duration)

	var labels bytes.Buffer
	cfg.Labels = &labels
	sent, err := tracegen.Run(ctx, cfg, tracegen.Targets{
		Zipkin:   fmt.Sprintf("localhost:%d", collector.Ports.Zipkin),
		OTLPGRPC: fmt.Sprintf("localhost:%d", collector.Ports.OTLPGRPC),
		OTLPHTTP: fmt.Sprintf("localhost:%d", collector.Ports.OTLPHTTP),
	}, stderr)
	if err != nil {
		return errors.Join(err, deathOf(collector))
	}
	fmt.Fprintln(stderr, "koine demo: waiting for the last decisions")
	metrics, err := awaitDecisions(ctx, collector, sent.Traces)
	if err != nil {
		return errors.Join(err, deathOf(collector))
	}
	usage, _ := collector.Usage() // zero where there is no /proc: then it is not printed
	stopContext, cancel := context.WithTimeout(context.WithoutCancel(ctx), decisionTimeout)
	defer cancel()
	if err := collector.Stop(stopContext); err != nil {
		return err
	}
	result := demoResult{cfg: cfg, sent: sent, metrics: metrics, usage: usage, kept: kept}
	if result.labels, err = readLabels(&labels); err != nil {
		return err
	}
	result.write(stdout)
	if err := result.verdict(); err != nil {
		return errors.Join(err, fmt.Errorf("the collector's last errors:\n%s", collector.LastErrors()))
	}
	return nil
}

// awaitDecisions waits until the sampler has decided on as many traces as were sent,
// and returns the collector's metrics then.
func awaitDecisions(ctx context.Context, c *rig.Collector, traces int64) (rig.Metrics, error) {
	ctx, cancel := context.WithTimeout(ctx, decisionTimeout)
	defer cancel()
	for {
		m, err := c.Metrics(ctx)
		if err != nil {
			return nil, err
		}
		if decided(m, "true")+decided(m, "false") >= traces {
			return m, nil
		}
		select {
		case <-ctx.Done():
			return m, nil // what is missing shows in the sums
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func decided(m rig.Metrics, sampled string) int64 {
	return int64(m.Sum("otelcol_processor_tail_sampling_global_count_traces_sampled", "sampled", sampled))
}

// deathOf says so where an error comes from the collector's end.
func deathOf(c *rig.Collector) error {
	if c.Alive() {
		return nil
	}
	return fmt.Errorf("the collector ended; its last errors:\n%s", c.LastErrors())
}
