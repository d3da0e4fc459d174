package semconvprocessor

import (
	"strings"

	"github.com/koine-otel/koine/semconv/translate"
)

// schemaURLs are OpenTelemetry's, by version.
const schemaURLs = "https://opentelemetry.io/schemas/"

// schemaURL is what to say of something that was converted to a version: that version's,
// unless it is a later one's already or somebody else's.
func schemaURL(now, target string) string {
	version, ours := strings.CutPrefix(strings.Replace(now, "http://", "https://", 1), schemaURLs)
	if now != "" && (!ours || !translate.Before(version, target)) {
		return now
	}
	return schemaURLs + target
}
