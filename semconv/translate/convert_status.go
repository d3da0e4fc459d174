package translate

import (
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// spanKind is a span's kind in the words of Kind.
func spanKind(s string) (string, outcome) {
	if len(s) > 10 && strings.EqualFold(s[:10], "span_kind_") {
		s = s[10:]
	}
	for _, kind := range [...]string{"internal", "server", "client", "producer", "consumer"} {
		if strings.EqualFold(s, kind) {
			return kind, converted
		}
	}
	if s == "" || strings.EqualFold(s, "unspecified") {
		return "", absent
	}
	return "", invalid
}

// otelStatus is a status as OpenTelemetry's exporters write it to other formats
// (specification, trace/sdk_exporters/non-otlp.md): an unset one says nothing.
func otelStatus(s string) (string, outcome) {
	switch {
	case s == "" || strings.EqualFold(s, "unset"):
		return "", absent
	case strings.EqualFold(s, "ok"):
		return "OK", converted
	case strings.EqualFold(s, "error"):
		return "ERROR", converted
	}
	return "", invalid
}

// errorStatus reads the error tag: OpenTracing's boolean, Envoy's "true", Datadog's 1,
// and Zipkin's text, which by being there says that the span failed.
func errorStatus(v Value) (Value, outcome) {
	said, o := errorTag(v)
	if o != converted || !said.failed {
		return Value{}, absentUnlessInvalid(o)
	}
	return StringValue("ERROR"), converted
}

// errorMessage is the error tag's text where it says more than yes or no.
func errorMessage(v Value) (Value, outcome) {
	said, o := errorTag(v)
	if o != converted || said.message == "" {
		return Value{}, absentUnlessInvalid(o)
	}
	return StringValue(said.message), converted
}

func absentUnlessInvalid(o outcome) outcome {
	if o == invalid {
		return invalid
	}
	return absent
}

type errorSaid struct {
	failed  bool
	message string
}

// errorTag does not guess what an empty text means: yes of Zipkin, no of a program that
// writes err.Error() of nothing.
func errorTag(v Value) (errorSaid, outcome) {
	switch v.Type {
	case registry.Bool:
		return errorSaid{failed: v.Bool()}, converted
	case registry.Int:
		return errorSaid{failed: v.Int() != 0}, converted
	case registry.String:
		switch s := v.Str(); {
		case s == "":
			return errorSaid{}, invalid
		case strings.EqualFold(s, "true") || s == "1":
			return errorSaid{failed: true}, converted
		case strings.EqualFold(s, "false") || s == "0":
			return errorSaid{}, converted
		default:
			return errorSaid{true, s}, converted
		}
	}
	return errorSaid{}, invalid
}

// openCensusStatus reads OpenCensus's codes, which are gRPC's: 0 is OK.
func openCensusStatus(v Value) (Value, outcome) {
	n, ok := v.Cast(registry.Int)
	switch {
	case !ok:
		return Value{}, invalid
	case n.Int() == 0:
		return StringValue("OK"), converted
	default:
		return StringValue("ERROR"), converted
	}
}

// grpcStatus is a status code's name (github.com/grpc/grpc, statuscodes.md) for its
// number or for the name in any case; another text stays as it is.
func grpcStatus(s string) (string, outcome) {
	if len(s) <= 2 && isDigits(s) {
		n := int(s[len(s)-1] - '0')
		if len(s) == 2 {
			n += 10 * int(s[0]-'0')
		}
		if n < len(grpcStatusNames) {
			return grpcStatusNames[n], converted
		}
	}
	for _, name := range grpcStatusNames {
		if strings.EqualFold(s, name) {
			return name, converted
		}
	}
	return some(s)
}

var grpcStatusNames = [...]string{
	"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
	"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
	"INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}
