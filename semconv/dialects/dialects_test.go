package dialects

import (
	"slices"
	"testing"
)

func TestFilesAreRead(t *testing.T) {
	all, err := parse()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		if len(v.Attributes) == 0 {
			t.Errorf("%s: no rules", v.Name)
		}
	}
	want := []string{"datadog", "envoy", "jaeger", "micrometer", "opencensus", "opentracing", "zipkin"}
	if got := Names(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAllIsTheCallers(t *testing.T) {
	All()[0] = nil
	if All()[0] == nil {
		t.Error("a caller changed the dialects of all others")
	}
}
