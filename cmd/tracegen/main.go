// Command tracegen sends the synthetic traffic of a polyglot shop to collectors.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/koine-otel/koine/tracegen"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the program at once, as nothing is caught any more.
	context.AfterFunc(ctx, stop)
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "tracegen:", strings.ReplaceAll(strings.TrimPrefix(err.Error(), "tracegen: "), "\n", "; "))
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	cfg, targets := tracegen.DefaultConfig(), tracegen.DefaultTargets()
	flags := flag.NewFlagSet("tracegen", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // what is wrong is said once, by main
	flags.Float64Var(&cfg.Rate, "rate", cfg.Rate, "requests (traces) a second; 0 is as many as the targets take")
	flags.DurationVar(&cfg.Duration, "duration", cfg.Duration, "how long; 0 is until Ctrl-C or -traces")
	flags.IntVar(&cfg.Traces, "traces", cfg.Traces, "how many requests at most; 0 is no limit")
	flags.IntVar(&cfg.Spans, "spans", cfg.Spans, "about how many spans a request has")
	flags.Float64Var(&cfg.Faults, "faults", cfg.Faults, "share of requests with a planted bottleneck, 0 to 1")
	flags.Float64Var(&cfg.Errors, "errors", cfg.Errors, "share of requests in which a call fails, 0 to 1")
	flags.Float64Var(&cfg.OnPath, "on-path", cfg.OnPath, "share of requests with a call on the critical path that takes 5 to 20 times as long, 0 to 1")
	flags.Float64Var(&cfg.Short, "short", cfg.Short, "share of requests with a short call on the path that takes 10 to 150 ms more, 0 to 1")
	flags.Float64Var(&cfg.OffPath, "off-path", cfg.OffPath, "share of requests with a call that takes 5 to 20 times as long and that nobody waits for, 0 to 1")
	flags.Float64Var(&cfg.Drift, "drift", cfg.Drift, "factor by which the calls of a third of the services become slower in an hour")
	flags.DurationVar(&cfg.Skew, "skew", cfg.Skew, "how far a service's clock is off at most")
	flags.Float64Var(&cfg.Missing, "missing", cfg.Missing, "share of spans that are lost, 0 to 1")
	flags.Float64Var(&cfg.Late, "late", cfg.Late, "share of spans that are sent 45 s late, 0 to 1")
	flags.Uint64Var(&cfg.Seed, "seed", cfg.Seed, "the same seed makes the same traffic")
	flags.StringVar(&targets.Zipkin, "zipkin", targets.Zipkin, "Zipkin target, `URL` or host:port")
	flags.StringVar(&targets.OTLPGRPC, "otlp-grpc", targets.OTLPGRPC, "OTLP/gRPC target, `host:port`")
	flags.StringVar(&targets.OTLPHTTP, "otlp-http", targets.OTLPHTTP, "OTLP/HTTP target, `URL` or host:port")
	flags.TextVar(&cfg.Protocol, "protocol", cfg.Protocol, "what every service speaks: native (each its own), zipkin-json, zipkin-proto, otlp-grpc, otlp-http")
	flags.TextVar(&cfg.Convention, "convention", cfg.Convention, "what every service's attributes are: native (each its own), 1.20, 1.44")
	labels := flags.String("labels", "", "`file` for the truth about planted bottlenecks, as JSON lines")
	summary := flags.String("summary", "text", "form of the summary on stdout: text or json")
	quiet := flags.Bool("quiet", false, "no progress on stderr")
	services := flags.Bool("services", false, "list the services and end")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stdout)
			flags.Usage()
		}
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case *summary != "text" && *summary != "json":
		return fmt.Errorf("summary %q: not text or json", *summary)
	case *services:
		return tracegen.WriteServices(stdout, tracegen.Services(cfg))
	}
	if *quiet {
		stderr = nil
	}
	s, err := send(ctx, cfg, targets, *labels, stderr)
	if err != nil {
		return err
	}
	if *summary == "json" {
		return json.NewEncoder(stdout).Encode(s)
	}
	return s.WriteText(stdout)
}

// send runs with a file for the labels, if there is to be one.
func send(ctx context.Context, cfg tracegen.Config, targets tracegen.Targets, labels string, progress io.Writer) (s tracegen.Summary, err error) {
	if labels == "" {
		return tracegen.Run(ctx, cfg, targets, progress)
	}
	file, err := os.Create(labels)
	if err != nil {
		return s, fmt.Errorf("labels: %w", err)
	}
	out := bufio.NewWriter(file)
	cfg.Labels = out
	s, err = tracegen.Run(ctx, cfg, targets, progress)
	return s, errors.Join(err, out.Flush(), file.Close())
}
