// Program koine is an OpenTelemetry Collector that turns all telemetry into one
// version of the semantic conventions and keeps the traces that show where time goes.
// Without a flag it runs the configuration embedded in it.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"

	"github.com/koine-otel/koine/memory"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", oneLine(err))
		os.Exit(1)
	}
}

func run() error {
	acceptReplacedGates()
	restore := func() {}
	defer func() { restore() }()
	set, config := settings(), &resolved{}
	set.ConfigProviderSettings.ResolverSettings.ConverterFactories = []confmap.ConverterFactory{config.factory()}
	command := otelcol.NewCommand(set)
	warnOfRenamed(command, config)
	command.SilenceErrors = true
	command.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		if !resolves(c) {
			return nil
		}
		undo, err := prepare()
		if err == nil {
			restore = undo
		}
		return err
	}
	command.AddCommand(demoCommand(), semconvCommand())
	command.SetArgs(withDefaultConfig(os.Args[1:]))
	go exitOnSecondSignal() // ends with the process
	return command.Execute()
}

// resolves says whether a command resolves a configuration: the others must work
// whatever the environment says.
func resolves(c *cobra.Command) bool {
	switch c.Name() {
	case "koine", "validate", "print-config", "demo":
		return true
	}
	return false
}

// prepare fits the process to its container: the environment that configurations read,
// and the garbage collector.
func prepare() (restore func(), err error) {
	budget, err := memory.Detect(os.Getenv)
	if err != nil {
		return nil, err
	}
	if warning := budget.Warning(); warning != "" {
		fmt.Fprintln(os.Stderr, "Warning:", warning)
	}
	for name, value := range environment(budget, os.Getenv) {
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	return budget.Govern(os.Getenv), nil
}

// exitOnSecondSignal ends the process where the first signal's drain takes too long for
// whoever sent it: the collector itself listens to one.
func exitOnSecondSignal() {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	<-signals
	<-signals
	fmt.Fprintln(os.Stderr, "Error: stopped by a second signal before everything was delivered")
	os.Exit(1)
}

// oneLine puts an error, which the collector spreads over several lines, on one: it
// ends up in a log that is read line by line.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' }), "; ")
}
