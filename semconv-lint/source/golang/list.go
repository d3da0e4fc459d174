package golang

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// How long the go command may take. It compiles what is not in its cache yet: what that is cut short
// it finds there the next time.
const (
	maxAll  = time.Minute
	maxNear = 30 * time.Second
)

// list asks the go command for the files with the types of packages, by import paths: of all, or
// where that takes too long of the near ones. It fetches nothing and writes nothing in the module.
// Packages that it does not have are missing.
func list(ctx context.Context, root string, near, far []string) (map[string]string, error) {
	all, cancel := context.WithTimeout(ctx, maxAll)
	defer cancel()
	exports, err := listIn(all, root, append(slices.Clone(near), far...))
	if err == nil || all.Err() == nil || ctx.Err() != nil {
		return exports, err
	}
	few, cancel := context.WithTimeout(ctx, maxNear)
	defer cancel()
	if exports, nearErr := listIn(few, root, near); nearErr == nil {
		return exports, nil
	}
	return nil, fmt.Errorf("no answer in %v: %w", maxAll+maxNear, err)
}

func listIn(ctx context.Context, root string, paths []string) (map[string]string, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	exports, err := run(ctx, root, paths)
	if err != nil && strings.Contains(err.Error(), "go.work") {
		exports, err = run(ctx, root, paths, "GOWORK=off") // a module that the workspace leaves out
	}
	return exports, err
}

func run(ctx context.Context, root string, paths []string, extra ...string) (map[string]string, error) {
	command := exec.CommandContext(ctx, "go", append([]string{"list", "-e", "-export", "-json=ImportPath,Export", "--"}, paths...)...)
	command.Dir = root
	command.WaitDelay = time.Second
	command.Env = append(os.Environ(), "GOPROXY=off", "GOTOOLCHAIN=local", "GOSUMDB=off", "PWD="+root, "GOFLAGS="+readOnly(os.Getenv("GOFLAGS")))
	command.Env = append(command.Env, extra...)
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr = &out, &limited{&problems}
	err := command.Run()
	exports := map[string]string{}
	for decoder := json.NewDecoder(&out); ; {
		var p struct{ ImportPath, Export string }
		if e := decoder.Decode(&p); e != nil {
			if !errors.Is(e, io.EOF) && err == nil {
				err = e
			}
			break
		}
		if p.Export != "" {
			exports[p.ImportPath] = p.Export
		}
	}
	if len(exports) == 0 && err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, firstLine(problems.String()))
	}
	return exports, nil
}

// readOnly takes the flag from GOFLAGS that lets the go command write go.mod.
func readOnly(flags string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(flags), func(f string) bool { return strings.TrimLeft(f, "-") == "mod=mod" }), " ")
}

// limited keeps the beginning of what is written.
type limited struct{ to *bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if room := 4096 - l.to.Len(); room > 0 {
		l.to.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func firstLine(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	return text
}
