// Program shop runs a small shop of four services in four languages, each with the telemetry
// that its ecosystem has, behind a Koine, and shows what comes of it: one trace through all of
// them, in one version of the conventions, and where its time went. `make example-shop` runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	o := options{root: "."}
	flag.IntVar(&o.orders, "orders", 1200, "how many orders customers place")
	flag.StringVar(&o.build, "build", filepath.Join("bin", "shop"), "where what is installed and what is recorded goes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if _, err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "shop:", err)
		os.Exit(1)
	}
}

// options are what the command line says, and where the project is.
type options struct {
	root, build string
	orders      int
}

// result is what a run has shown.
type result struct {
	running  []service
	skipped  map[string]string // why, by service
	kept     []trace
	orders   int
	weddings int // orders in which the planted bottleneck shows
	before   verdict
	after    verdict
}

// startTimeout is for four processes that start at once on a busy machine, a JVM among them.
const startTimeout = 45 * time.Second

func run(ctx context.Context, o options, out io.Writer) (*result, error) {
	began := time.Now()
	for _, program := range []string{"koine", "semconv-lint"} {
		if _, err := os.Stat(filepath.Join(o.root, "bin", program)); err != nil {
			return nil, fmt.Errorf("bin/%s is not there: run `make build` first", program)
		}
	}
	build, err := filepath.Abs(o.build)
	if err != nil {
		return nil, err
	}
	r := &result{}
	r.running, r.skipped = install(ctx, o.root, build)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r.writeServices(out)
	if why, skipped := r.skipped["checkout"]; skipped {
		return nil, fmt.Errorf("without checkout there is no shop: %s", why)
	}
	installed := time.Since(began)

	records := filepath.Join(build, "records")
	if err := r.trade(ctx, o, build, records); err != nil {
		return nil, err
	}
	if r.kept, err = readTraces(filepath.Join(records, "kept")); err != nil {
		return nil, err
	}
	for part, v := range map[string]*verdict{"sent": &r.before, "kept": &r.after} {
		if *v, err = lint(ctx, filepath.Join(o.root, "bin", "semconv-lint"), filepath.Join(records, part)); err != nil {
			return nil, err
		}
	}
	r.writeTrace(out)
	r.writeBottlenecks(out)
	r.writeVerdicts(out)
	fmt.Fprintf(out, "TIME   %.1fs, %.1fs of them to install and build. What was sent and kept: %s\n",
		time.Since(began).Seconds(), installed.Seconds(), records)
	return r, nil
}

// trade runs the services, and customers, and stops when all that they have reported is through.
func (r *result) trade(ctx context.Context, o options, build, records string) (err error) {
	rec, err := newRecorder(records)
	if err != nil {
		return err
	}
	defer rec.close()
	var all fleet
	defer func() {
		if e := all.stop(); err == nil {
			err = e
		}
	}()
	koine, err := startKoine(o.root, build, rec)
	if err != nil {
		return err
	}
	// The first to start is the last to stop.
	all = append(all, koine)
	hosts, err := addresses(r.running)
	if err != nil {
		return err
	}
	for _, s := range r.running {
		p, err := s.start(o.root, build, rec.url, hosts)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	wait, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := all.awaitReady(wait); err != nil {
		return err
	}
	r.orders, r.weddings, err = placeOrders(ctx, hosts[r.running[0].name], o.orders)
	return err
}
