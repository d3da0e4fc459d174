package telemetry

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/koine-otel/koine/spans/wire"
)

// requestKeys are the keys of a request of OTLP's JSON.
var requestKeys = map[string]wire.Signal{
	"resourceSpans": wire.Traces, "resource_spans": wire.Traces,
	"resourceMetrics": wire.Metrics, "resource_metrics": wire.Metrics,
	"resourceLogs": wire.Logs, "resource_logs": wire.Logs,
}

// requestJSON decodes a request that came to the path of a signal. What a collector would not take
// there is told: it would else look as if nothing had been sent.
func (d *decoder) requestJSON(signal wire.Signal, body []byte, source string) error {
	if _, err := wire.CheckJSON(body, d.limits); err != nil {
		return err
	}
	var request map[string]json.RawMessage
	if err := json.Unmarshal(body, &request); err != nil {
		return fmt.Errorf("no JSON object: %w", err)
	}
	if request == nil {
		return errors.New("no JSON object: null")
	}
	for key, of := range requestKeys {
		if _, has := request[key]; has && of != signal {
			return fmt.Errorf("%s is of another signal than the path", key)
		}
	}
	return d.checkedJSON(body, source)
}
