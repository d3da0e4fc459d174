package analyzers

import (
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"
)

// IsVet is whether a command's arguments, without its name, are those by which go vet calls a tool:
// for its version, its flags, or to check the package that a file of its own describes.
func IsVet(args []string) bool {
	if len(args) == 0 {
		return false
	}
	if len(args) == 1 && (args[0] == "-V=full" || args[0] == "-flags") {
		return true
	}
	for _, arg := range args[:len(args)-1] {
		if !strings.HasPrefix(arg, "-") {
			return false // a command of our own, with a file of that name
		}
	}
	return filepath.Base(args[len(args)-1]) == "vet.cfg"
}

// Main does what go vet asks and ends the process: go vet -vettool=$(which semconv-lint) ./...
func Main() { unitchecker.Main(Analyzer) }
