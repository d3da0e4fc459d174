package translate

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/koine-otel/koine/semconv/registry"
)

// FirstTarget is the earliest version that can be a target: with 1.21 the names of HTTP
// and network attributes of today appeared.
const FirstTarget = "1.21.0"

// CheckTarget says whether a version can be a target: from FirstTarget to the
// registry's.
func CheckTarget(version string) error {
	if _, ok := parseVersion(version); !ok {
		return fmt.Errorf("%q is no version such as %s", version, registry.Version)
	}
	if compareVersions(version, FirstTarget) < 0 || compareVersions(version, registry.Version) > 0 {
		return fmt.Errorf("%q is not between %s and %s", version, FirstTarget, registry.Version)
	}
	return nil
}

// IsVersion says whether a text is a version such as 1.44.0.
func IsVersion(s string) bool {
	_, ok := parseVersion(s)
	return ok
}

// Before says whether version a is earlier than version b; what is no version is earlier
// than any.
func Before(a, b string) bool { return compareVersions(a, b) < 0 }

// compareVersions orders versions by their numbers; what is no version comes first.
func compareVersions(a, b string) int {
	x, _ := parseVersion(a)
	y, _ := parseVersion(b)
	return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]), cmp.Compare(x[2], y[2]))
}

func parseVersion(s string) (v [3]int, ok bool) {
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return v, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return [3]int{}, false
		}
		v[i] = n
	}
	return v, true
}
