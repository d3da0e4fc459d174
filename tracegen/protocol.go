package tracegen

import (
	"fmt"
	"slices"
	"strings"
)

// Protocol is a wire format with its transport.
type Protocol uint8

// The protocols.
const (
	// NativeProtocol leaves each service its own.
	NativeProtocol Protocol = iota
	// ZipkinJSON is Zipkin v2 JSON: POST /api/v2/spans.
	ZipkinJSON
	// ZipkinProto is Zipkin v2 proto3, trace ids always 16 bytes: POST /api/v2/spans.
	ZipkinProto
	// OTLPGRPC is OTLP over gRPC.
	OTLPGRPC
	// OTLPHTTP is OTLP over HTTP in protobuf: POST /v1/traces.
	OTLPHTTP
)

var protocolNames = []string{"native", "zipkin-json", "zipkin-proto", "otlp-grpc", "otlp-http"}

// String returns the protocol's name as flags and summaries have it.
func (p Protocol) String() string { return nameOf(protocolNames, int(p)) }

// MarshalText returns the protocol's name.
func (p Protocol) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText parses native, zipkin-json, zipkin-proto, otlp-grpc or otlp-http.
func (p *Protocol) UnmarshalText(text []byte) error {
	i, err := parseName("protocol", protocolNames, string(text))
	*p = Protocol(i)
	return err
}

// Path is the HTTP path, or the full gRPC method, that takes the protocol's requests.
func (p Protocol) Path() string {
	switch p {
	case OTLPGRPC:
		return "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
	case OTLPHTTP:
		return "/v1/traces"
	default:
		return "/api/v2/spans"
	}
}

// ContentType is the media type of the protocol's requests.
func (p Protocol) ContentType() string {
	switch p {
	case ZipkinJSON:
		return "application/json"
	case OTLPGRPC:
		return "application/grpc"
	default:
		return "application/x-protobuf"
	}
}

func (p Protocol) isZipkin() bool { return p == ZipkinJSON || p == ZipkinProto }

// Convention is the vocabulary of a service's attributes.
type Convention uint8

// The conventions.
const (
	// NativeConvention leaves each service its own.
	NativeConvention Convention = iota
	// Brave is the tags of Brave's instrumentation: all text, with shared spans. It
	// exists in Zipkin's formats only; a Brave service made to speak OTLP uses 1.20.
	Brave
	// V120 is OpenTelemetry's semantic conventions 1.20, before HTTP was stable.
	V120
	// V144 is OpenTelemetry's semantic conventions 1.44.
	V144
)

var conventionNames = []string{"native", "brave", "1.20", "1.44"}

// String returns the convention's name as flags and summaries have it.
func (c Convention) String() string { return nameOf(conventionNames, int(c)) }

// MarshalText returns the convention's name.
func (c Convention) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText parses native, brave, 1.20 or 1.44.
func (c *Convention) UnmarshalText(text []byte) error {
	i, err := parseName("convention", conventionNames, string(text))
	*c = Convention(i)
	return err
}

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("unknown(%d)", i)
}

func parseName(what string, names []string, text string) (int, error) {
	if i := slices.Index(names, text); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("unknown %s %q (one of %s)", what, text, strings.Join(names, ", "))
}
