package rig

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build compiles the collector of this project into a folder, as `make build` does, and
// returns the binary's path. It works in any folder of the module.
func Build(dir string) (string, error) { return BuildProgram(dir, "cmd/koine") }

// BuildProgram compiles any program of the module in the same way: its folder, from the
// module's root.
func BuildProgram(dir, program string) (string, error) {
	path := filepath.Join(dir, filepath.Base(program))
	cmd := exec.Command("go", "build", "-trimpath", "-tags", "grpcnotrace", "-ldflags", "-s -w",
		"-o", path, "github.com/koine-otel/koine/"+program)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("rig: build: %w\n%s", err, out)
	}
	return path, nil
}
