// Package env reads the resource that the environment gives.
package env // import "github.com/koine-otel/koine/processors/resourcedetectionprocessor/internal/env"

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Name is the detector's name in the configuration.
const Name = "env"

// variables are read in this order; the first that is set counts. The second is the name
// from before the specification, which contrib's processor reads too.
//
// The SDK's own reader (resource.WithFromEnv) is not used, because OTEL_SERVICE_NAME then
// counts as well: it names the collector, and would rename every service whose telemetry
// passes.
var variables = []string{"OTEL_RESOURCE_ATTRIBUTES", "OTEL_RESOURCE"}

// Detector reads the environment.
type Detector struct{}

// New returns a Detector.
func New() Detector { return Detector{} }

// Detect returns the attributes of the first variable that is set. One that is malformed
// gives none of its attributes, as the specification wants it ("the entire environment
// variable value SHOULD be discarded"), and an error.
func (Detector) Detect(context.Context) (pcommon.Resource, string, error) {
	res := pcommon.NewResource()
	for _, variable := range variables {
		value := strings.TrimSpace(os.Getenv(variable))
		if value == "" {
			continue
		}
		if err := parse(value, res.Attributes()); err != nil {
			return pcommon.NewResource(), "", fmt.Errorf("%s: %w", variable, err)
		}
		break
	}
	return res, "", nil
}

// parse reads `key=value,key=value` with percent-encoded values
// (https://opentelemetry.io/docs/specs/otel/resource/sdk/, "Specifying resource information
// via an environment variable"). Of a key that comes twice, the last value counts. Empty
// pairs, as after a last comma, are passed over. A key cannot be empty, a value can.
func parse(s string, attributes pcommon.Map) error {
	n := 0
	for pair := range strings.SplitSeq(s, ",") {
		n++
		pair = strings.TrimSpace(pair)
		if pair == "" {
			continue
		}
		key, encoded, found := strings.Cut(pair, "=")
		if !found {
			return fmt.Errorf("pair %d, %q: no \"=\"", n, pair)
		}
		key = strings.TrimSpace(key)
		if key == "" {
			return fmt.Errorf("pair %d, %q: %w", n, pair, errNoKey)
		}
		value, err := url.PathUnescape(strings.TrimSpace(encoded))
		if err != nil {
			return fmt.Errorf("pair %d, %q: %w", n, pair, err)
		}
		attributes.PutStr(key, value)
	}
	return nil
}

var errNoKey = errors.New("no key before \"=\"")
