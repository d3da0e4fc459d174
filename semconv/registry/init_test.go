package registry_test

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// The tables are constants: importing the package must cost next to nothing. The
// runtime lists only packages that have something to initialise.
func TestInitialisationCost(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self, "-test.run=^$")
	command.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	trace, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, trace)
	}
	if !regexp.MustCompile(`(?m)^init runtime `).Match(trace) {
		t.Fatalf("no trace:\n%s", trace)
	}
	line := regexp.MustCompile(`(?m)^init \S+semconv/registry @.* ([0-9.]+) ms clock, (\d+) bytes`).FindSubmatch(trace)
	if line == nil {
		return
	}
	ms, _ := strconv.ParseFloat(string(line[1]), 64)
	bytes, _ := strconv.Atoi(string(line[2]))
	if t.Logf("%s", line[0]); ms >= 5 || bytes >= 2<<20 {
		t.Errorf("initialisation takes %v ms and %d bytes, want less than 5 ms and 2 MB", ms, bytes)
	}
}
