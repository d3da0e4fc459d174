// Program koine is an OpenTelemetry Collector that turns all telemetry into one
// version of the semantic conventions and keeps the traces that show where time goes.
// Without a flag it runs the configuration embedded in it.
package main

import (
	"fmt"
	"os"
	"strings"

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
	budget, err := memory.Detect(os.Getenv)
	if err != nil {
		return err
	}
	for name, value := range environment(budget, os.Getenv) {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	defer budget.Govern(os.Getenv)()
	acceptReplacedGates()
	command := otelcol.NewCommand(settings())
	command.SilenceErrors = true
	command.AddCommand(demoCommand())
	return command.Execute()
}

// oneLine puts an error, which the collector spreads over several lines, on one: it
// ends up in a log that is read line by line.
func oneLine(err error) string {
	return strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' }), " ")
}
