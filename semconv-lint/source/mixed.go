package source

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// mixed gathers what is set where, to find services that set an old name in one place and the new
// one in another.
type mixed struct {
	mu sync.Mutex
	// services are by folder of their manifest.
	services map[string]*mixedService
	folders  map[string]string
}

type mixedService struct {
	live    map[string]string // attributes that are set: the first place
	retired map[string]Finding
	// packages are the versions of Go's package of constants that are imported: the first place.
	packages map[string]Finding
}

// maxMixed bounds the names of a service: the conventions have some thousand.
const maxMixed = 4096

// manifests say that a folder is a service, or a library of its own.
var manifests = map[string]bool{
	"go.mod": true, "package.json": true, "pyproject.toml": true, "setup.py": true, "setup.cfg": true, "requirements.txt": true, "pom.xml": true, "build.gradle": true, "build.gradle.kts": true,
	"Cargo.toml": true, "composer.json": true, "Gemfile": true, "CMakeLists.txt": true, "Dockerfile": true,
}

// learn notes which folders have a manifest.
func (m *mixed) learn(files []*File) {
	m.services, m.folders = map[string]*mixedService{}, map[string]string{}
	for _, f := range files {
		if name := path.Base(f.Path); manifests[name] || strings.HasSuffix(name, ".csproj") || strings.HasSuffix(name, ".gemspec") {
			dir := path.Dir(f.Path)
			m.folders[dir] = dir
		}
	}
}

// serviceOf is the nearest folder above a file that has a manifest.
func (m *mixed) serviceOf(file string) string {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if _, ok := m.folders[dir]; ok || dir == "." || dir == "/" {
			return dir
		}
	}
}

// add takes what a file sets. Only what is proven to be telemetry counts, and no tests: they hold
// old names on purpose.
func (m *mixed) add(file, language string, content []byte, uses []Use, findings []Finding) {
	if isTest(file) {
		return
	}
	var lines Lines
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.services[m.serviceOf(file)]
	if s == nil {
		s = &mixedService{map[string]string{}, map[string]Finding{}, map[string]Finding{}}
		m.services[m.serviceOf(file)] = s
	}
	for i := range uses {
		u := &uses[i]
		if u.Role == Package && strings.HasPrefix(u.Key, goPackages) {
			s.imports(u, file, language, content)
		}
		if u.Role != Attribute || u.Tier != A || u.Read || len(s.live) >= maxMixed {
			continue
		}
		if lines == nil {
			lines = LinesOf(content)
		}
		line := lines.line(u.At.Start)
		at := fmt.Sprintf("%s:%d", file, line)
		if first, ok := s.live[u.Key]; !ok || at < first {
			s.live[strings.Clone(u.Key)] = at
		}
	}
	for i := range findings {
		f := &findings[i]
		if f.Rule != RetiredAttribute || f.Tier != A || f.Severity == semconvlint.Note || f.Replacement == "" || len(s.retired) >= maxMixed {
			continue
		}
		if first, ok := s.retired[f.Key]; !ok || Compare(f, &first) < 0 {
			s.retired[strings.Clone(f.Key)] = *f
		}
	}
}

// imports notes the first import of a version.
func (s *mixedService) imports(u *Use, file, language string, content []byte) {
	f := Finding{Rule: MixedConventions, Tier: u.Tier, Path: file, Language: language, Key: strings.Clone(u.Key), At: u.At, Role: u.Role}
	f.place(newPositions(content), nil)
	if first, ok := s.packages[f.Key]; !ok || Compare(&f, &first) < 0 {
		s.packages[f.Key] = f
	}
}

// findings are one for each service and old name whose new one it sets elsewhere, and for each
// version of a package of constants but the newest that it imports.
func (m *mixed) findings(l *Linter) []Finding {
	severity := l.Judge.severities[MixedConventions]
	if severity == semconvlint.Off {
		return nil
	}
	var found []Finding
	for _, s := range m.services {
		newest := newestOfGo(slices.Collect(maps.Keys(s.packages)))
		for key, f := range s.packages {
			if key == newest || l.Only != nil && !l.Only(f.Path, f.Line, f.EndLine) {
				continue
			}
			at := s.packages[newest]
			f.Severity, f.Replacement = severity, newest
			f.Message = fmt.Sprintf("imports %s here and %s at %s:%d", key, newest, at.Path, at.Line)
			found = append(found, f)
		}
		for key, f := range s.retired {
			at := s.live[f.Replacement]
			if at == "" || l.Only != nil && !l.Only(f.Path, f.Line, f.EndLine) {
				continue
			}
			f.Rule, f.Severity, f.Edits = MixedConventions, severity, nil
			f.Message = "sets " + key + " here and " + f.Replacement + " at " + at
			found = append(found, f)
		}
	}
	return found
}

// isTest says of a path that it is of tests.
func isTest(file string) bool {
	for part := range strings.SplitSeq(path.Dir(file), "/") {
		if slices.Contains([]string{"test", "tests", "testdata", "__tests__", "spec"}, part) {
			return true
		}
	}
	name := path.Base(file)
	return strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "test_") || strings.Contains(name, ".test.") || strings.Contains(name, ".spec.") ||
		strings.HasSuffix(name, "Test.java") || strings.HasSuffix(name, "Tests.cs") || strings.HasSuffix(name, "_spec.rb")
}
