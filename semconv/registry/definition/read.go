package definition

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Read reads the registry at a path (a folder, a .zip, a .tar, a .tar.gz or .tgz,
// each with an optional [folder] inside) and, before it, those that its manifest
// depends on: the sets come in that order. A registry may refer to the bases and to
// the sets before its own. The error joins all that is wrong, up to a bound, each an
// Error with file and line.
func Read(path string, bases ...Base) ([]*Set, error) {
	r := &reader{bases: bases, problems: &Problems{}, done: map[string]bool{}}
	b, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	r.read(b, nil)
	return r.sets, r.problems.Err()
}

type reader struct {
	bases    []Base
	problems *Problems
	sets     []*Set
	done     map[string]bool // by bundle name
}

// read reads one registry, its dependencies first. chain are the bundles that led to it.
func (r *reader) read(b *bundle, chain []string) {
	if r.done[b.name] {
		return
	}
	chain = append(chain, b.name)
	m := b.manifest(r.problems)
	for _, d := range m.dependencies {
		r.dependency(b, d, chain)
	}
	r.done[b.name] = true
	items := maxItems
	var all raw
	definitions := b.definitions()
	if len(definitions)+len(m.dependencies) == 0 {
		r.problems.Add(Position{File: b.name}, "no definitions in it, but for those below a folder with a manifest of its own")
	}
	for _, name := range definitions {
		f := &file{name: filepath.Join(b.name, name), problems: r.problems, items: &items}
		f.read(b.files[name], &all)
	}
	r.sets = append(r.sets, resolve(&all, m.schemaURL, r.bases, r.problems))
	r.bases = append(r.bases[:len(r.bases):len(r.bases)], r.sets[len(r.sets)-1])
}

func (r *reader) dependency(b *bundle, d dependency, chain []string) {
	if d.embedded() {
		return
	}
	if d.path == "" {
		r.problems.Add(d.at, "dependency %s: no registry_path, and it is not one of OpenTelemetry's own", d.url)
		return
	}
	if strings.Contains(d.path, "://") || strings.HasPrefix(d.path, "git@") {
		r.problems.Add(d.at, "dependency %s: nothing is fetched, give a path in the file system", d.path)
		return
	}
	to, err := b.open(d.path)
	switch {
	case err != nil:
		r.problems.Add(d.at, "dependency %s: %w", d.path, err)
	case slices.Contains(chain, to.name):
		r.problems.Add(d.at, "dependency %s: the registry depends on itself", d.path)
	case len(chain) == maxDependencies:
		r.problems.Add(d.at, "dependency %s: more than %d registries depend on each other", d.path, maxDependencies)
	default:
		r.read(to, chain)
	}
}
