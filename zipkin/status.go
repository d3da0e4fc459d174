package zipkin

import (
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// setStatus reads the status from the tags. In Zipkin a tag error of whatever value, none
// too, is a failure, and what it says the reason; OpenTelemetry's exporters write a code
// besides. error=false is what OpenTracing's libraries write where nothing failed, and stays
// an attribute.
func (d *Decoder) setStatus(span ptrace.Span, t *tagSet) {
	if t.present&(1<<statusCode|1<<statusDescription|1<<errorTag) == 0 {
		return
	}
	code, known := statusOf(t.status)
	if t.status != nil && !known {
		t.text("otel.status_code", d.text.copy(t.status))
	}
	message := t.description
	if t.errorText != nil {
		switch reason := string(t.errorText); {
		case reason == "false", known && code != ptrace.StatusCodeError:
			t.text("error", d.text.copy(t.errorText))
		case reason == "true" || reason == "" || reason == string(message):
			code = ptrace.StatusCodeError
		case message == nil:
			code, message = ptrace.StatusCodeError, t.errorText
		default:
			code = ptrace.StatusCodeError
			t.text("error", d.text.copy(t.errorText))
		}
	}
	span.Status().SetCode(code)
	span.Status().SetMessage(d.text.copy(message))
}

// statusOf reads a status: the specification's words, those of the Collector's older
// exporters, and its numbers.
func statusOf(text []byte) (code ptrace.StatusCode, known bool) {
	switch string(text) {
	case "OK", "Ok", "STATUS_CODE_OK", "1":
		return ptrace.StatusCodeOk, true
	case "ERROR", "Error", "STATUS_CODE_ERROR", "2":
		return ptrace.StatusCodeError, true
	case "UNSET", "Unset", "STATUS_CODE_UNSET", "0":
		return ptrace.StatusCodeUnset, true
	}
	return ptrace.StatusCodeUnset, false
}
