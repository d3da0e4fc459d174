package telemetry

import "bytes"

// kindOf tells what an object of JSON holds, by the first of its keys that only one format has.
func kindOf(object []byte) kind {
	for pos := 1; pos < len(object); {
		from := bytes.IndexByte(object[pos:], '"')
		if from < 0 {
			return unknownKind
		}
		from += pos + 1
		to := from + textEnd(object[from:])
		if k := keyKinds[string(object[from:min(to, len(object))])]; k != unknownKind {
			return k
		}
		pos = to + 1 + valueEnd(object[min(to+1, len(object)):])
	}
	return unknownKind
}

var keyKinds = map[string]kind{
	"resourceSpans": otlpJSONPiece, "resourceMetrics": otlpJSONPiece, "resourceLogs": otlpJSONPiece,
	"resource_spans": otlpJSONPiece, "resource_metrics": otlpJSONPiece, "resource_logs": otlpJSONPiece,
	"traceId": zipkinJSONPiece,
	"traceID": jaegerPiece,
}

// textEnd is how many bytes come before the quote that ends a text.
func textEnd(b []byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(b)
}

// valueEnd is how many bytes come before the comma that ends a member of an object.
func valueEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			i += 1 + textEnd(b[i+1:])
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(b)
}
