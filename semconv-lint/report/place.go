package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/config"
)

// place is the file and line of a finding: the example's, or else the configuration's, or else
// where one would be.
func (r *Report) place(f *Finding) (file string, line int) {
	if f.Source != nil {
		file, _ = r.inside(path.Join(r.Source.Root, f.Source.Path))
		return file, f.Source.Line
	}
	file, line = f.Example.Source, 1
	if before, after, ok := cutLast(file, ":"); ok {
		if n, err := strconv.Atoi(after); err == nil && n > 0 {
			file, line = before, n
		}
	}
	if file != "" && (f.Signal == config.OnConfiguration || r.IsFile != nil && r.IsFile(file)) {
		if inside, ok := r.inside(file); ok || f.Signal == config.OnConfiguration {
			return inside, line
		}
	}
	file, _ = r.inside(cmp.Or(r.Config, config.FileName))
	return file, 1
}

// inside is a file as it is called from the working directory, where it lies in that: viewers show
// nothing that is outside of the repository. Any other stays as it is.
func (r *Report) inside(file string) (string, bool) {
	local := filepath.Clean(file)
	if r.Dir != "" && !filepath.IsAbs(local) {
		local = filepath.Join(r.Dir, local)
	}
	if filepath.IsAbs(local) {
		var err error
		if local, err = filepath.Rel(r.Dir, local); err != nil {
			return file, false
		}
	}
	if !filepath.IsLocal(local) {
		return file, false
	}
	return filepath.ToSlash(local), true
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// ids tell findings apart in other people's databases: as the baseline does, and by signal.
func ids(findings []Finding) []string {
	seen := map[string]int{}
	all := make([]string, len(findings))
	for i := range findings {
		p := config.FingerprintOf(&findings[i].Finding)
		parts := []string{p.Rule, p.Service, p.Scope, p.Key, p.Detail, string(findings[i].Signal)}
		if p.Path != "" {
			parts = append(parts, p.Path)
		}
		sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
		id := hex.EncodeToString(sum[:16])
		seen[id]++
		if n := seen[id]; n > 1 { // two versions of one library
			id = fmt.Sprintf("%s-%d", id, n)
		}
		all[i] = id
	}
	return all
}
