package rig

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build compiles the collector of this project into a folder, as `make build` does, and
// returns the binary's path. It works in any folder of the module.
func Build(dir string) (string, error) {
	path := filepath.Join(dir, "koine")
	cmd := exec.Command("go", "build", "-trimpath", "-tags", "grpcnotrace", "-ldflags", "-s -w",
		"-o", path, "github.com/koine-otel/koine/cmd/koine")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("rig: build: %w\n%s", err, out)
	}
	return path, nil
}
