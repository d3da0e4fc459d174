package source

import (
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source/constants"
	"github.com/koine-otel/koine/semconv/translate"
)

// goPackages is what the versions of Go's package of constants have in common.
const goPackages = "go.opentelemetry.io/otel/semconv/v"

// newestPackage is the package that has the constants of today in place of one of before.
func newestPackage(u *Use) (newest string, old bool) {
	if version, isGo := strings.CutPrefix(u.Key, goPackages); isGo {
		newest = newestOfGo(constants.Packages("go"))
		return newest, translate.Before(version, strings.TrimPrefix(newest, goPackages))
	}
	for _, p := range oldPackages {
		if u.Key == p.old || strings.HasPrefix(u.Key, p.old+".") || strings.HasPrefix(u.Key, p.old+"/") {
			return p.now, true
		}
	}
	return "", false
}

// oldPackages are those that their languages' SDKs have replaced.
var oldPackages = []struct{ old, now string }{
	{"opentelemetry.semconv.trace", "opentelemetry.semconv.attributes"},
	{"opentelemetry.semconv.resource", "opentelemetry.semconv.attributes"},
	{"io.opentelemetry.semconv.trace.attributes", "io.opentelemetry.semconv"},
	{"io.opentelemetry.semconv.resource.attributes", "io.opentelemetry.semconv"},
	{"io.opentelemetry.api.trace.attributes", "io.opentelemetry.semconv"},
	{"io.opentelemetry.semconv.SemanticAttributes", "io.opentelemetry.semconv"},
	{"io.opentelemetry.semconv.ResourceAttributes", "io.opentelemetry.semconv"},
	{constants.GoCollector, strings.TrimSuffix(goPackages, "/v")},
}

func newestOfGo(packages []string) string {
	newest := ""
	for _, p := range packages {
		if version, ok := strings.CutPrefix(p, goPackages); ok && (newest == "" || translate.Before(strings.TrimPrefix(newest, goPackages), version)) {
			newest = p
		}
	}
	return newest
}
