//go:generate go tool -modfile=../../tools/go.mod mdatagen metadata.yaml
//go:generate go tool -modfile=../../tools/go.mod mdatagen internal/container/metadata.yaml
//go:generate go tool -modfile=../../tools/go.mod mdatagen internal/system/metadata.yaml

// Package resourcedetectionprocessor adds to every resource what the collector can find
// out about the host and the container it runs in. It takes the place of contrib's
// processor of the same type, with the detectors that need no cloud's SDK.
package resourcedetectionprocessor // import "github.com/koine-otel/koine/processors/resourcedetectionprocessor"
