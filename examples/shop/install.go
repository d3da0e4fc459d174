package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// installTimeout is for a machine that downloads all packages.
const installTimeout = 5 * time.Minute

// install makes the services ready to run, all at once, and says which can't be and why.
func install(ctx context.Context, root, build string) (ready []service, skipped map[string]string) {
	ctx, cancel := context.WithTimeout(ctx, installTimeout)
	defer cancel()
	errs := make([]error, len(services))
	var all sync.WaitGroup
	for i, s := range services {
		all.Go(func() { errs[i] = s.prepare(ctx, root, build) })
	}
	all.Wait()
	skipped = map[string]string{}
	for i, s := range services {
		if errs[i] != nil {
			skipped[s.name] = errs[i].Error()
			continue
		}
		ready = append(ready, s)
	}
	return ready, skipped
}

// prepare installs a service unless it is installed already, from these very files.
func (s service) prepare(ctx context.Context, root, build string) error {
	for _, tool := range s.tools {
		if _, err := exec.LookPath(tool); err != nil {
			return fmt.Errorf("there is no %s here", tool)
		}
	}
	dir := filepath.Join(build, s.name)
	if s.inPlace {
		return s.runInstall(ctx, root, build)
	}
	sources := os.DirFS(filepath.Join(root, "examples", "shop", s.name))
	sum, err := checksum(sources)
	if err != nil {
		return err
	}
	mark := filepath.Join(dir, ".installed")
	if last, err := os.ReadFile(mark); err == nil && string(last) == sum {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.CopyFS(dir, sources); err != nil {
		return err
	}
	if err := s.runInstall(ctx, root, build); err != nil {
		return err
	}
	return os.WriteFile(mark, []byte(sum), 0o644)
}

func (s service) runInstall(ctx context.Context, root, build string) error {
	for _, command := range s.install {
		words := expand(command, build, s.name)
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.Dir = root
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // Go alone reads it, and needs no C compiler then
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s %s: %w: %s", command[0], command[1], err, lastLines(string(out), 3))
		}
	}
	return nil
}

func checksum(files fs.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(content), content)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

// lastLines are the last of what a program has printed, on one line.
func lastLines(text string, n int) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
	return strings.Join(lines[max(0, len(lines)-n):], " | ")
}
