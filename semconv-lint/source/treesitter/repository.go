//go:build cgo

package treesitter

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/koine-otel/koine/semconv-lint/source"
)

// repository is what files say of each other's constants.
type repository struct {
	names *vocabulary
	mu    sync.Mutex
	// files are those of which others may use the constants, by path; wanted are the uses.
	files  map[string]*shared
	wanted []wanted
	// all are all files by path; ends are the paths by their last part, for modules of
	// which only the end of a path is known.
	all  map[string]*source.File
	ends map[string][]string
	// found are what was looked for, ended the files by the end of their path.
	found map[asked]place
	ended map[string][]string
}

// shared is a file with constants, and its uses so far.
type shared struct {
	file     *source.File
	language *language
	uses     []source.Use
	// constants are by their path in the file: HTTP_METHOD, Keys.HTTP_METHOD.
	constants map[string]source.Use
	// imports and wild are what it may hand on.
	imports map[string]imported
	wild    []imported
}

// wanted is a use of another file's constant.
type wanted struct {
	from     *source.File
	language *language
	abroad
}

func newRepository(files []*source.File, names *vocabulary) *repository {
	p := &repository{names: names, files: map[string]*shared{}, all: map[string]*source.File{}, ends: map[string][]string{}, found: map[asked]place{}, ended: map[string][]string{}}
	for _, f := range files {
		base := path.Base(f.Path)
		p.all[f.Path] = f
		p.ends[base] = append(p.ends[base], f.Path)
	}
	return p
}

// keep notes what a file has for others and wants of them, and says whether its uses have to wait.
func (p *repository) keep(r *reading) bool {
	e := r.exports()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range r.abroad {
		p.wanted = append(p.wanted, wanted{r.file, r.language, a})
	}
	if len(e.constants) == 0 {
		return false
	}
	p.files[r.file.Path] = e
	return true
}

func (r *reading) exports() *shared {
	return &shared{r.file, r.language, r.uses, r.exported(), r.imports, r.wild}
}

// exported are the file's constants with a literal for a value.
func (r *reading) exported() map[string]source.Use {
	all := map[string]source.Use{}
	for id, defined := range r.definitions {
		for _, d := range defined {
			if d.scope != none && r.form(d.scope) != class {
				continue
			}
			v := r.unwrapped(d.value)
			if args := r.arguments(v); r.form(v) == call && len(args) > 0 {
				if _, ok := r.language.keys[r.called(v)]; ok {
					v = r.unwrapped(args[0].value)
				}
			}
			if r.form(v) == arguments { // of an enum's constant
				v = r.unwrapped(r.nodes[v].child)
			}
			if r.form(v) != literal && r.form(v) != joined && r.form(v) != infix {
				continue
			}
			if t, ok := r.evaluate(v, 0); ok && !t.varies && t.text != "" && len(t.text) <= maxName {
				u := source.Use{At: t.at, Key: t.text, Within: -1}
				if t.plain && r.form(v) == literal {
					u.Rewrite = source.Replace(t.at)
				}
				all[joinPath(d.qualifier, id)] = u
				if r.whole != "" && d.qualifier == r.whole {
					all[id] = u
				}
			}
		}
	}
	return all
}

// finish proves constants by their uses in other files, and gives the uses that waited.
func (p *repository) finish(to source.Sink) {
	for i := range p.wanted {
		w := &p.wanted[i]
		if at, ok := p.find(w.language, w.from.Path, w.imported, 0); ok {
			p.files[at.file].prove(at.path, &w.use)
		}
	}
	for _, e := range p.files {
		if len(e.uses) == 0 {
			continue
		}
		content, err := e.file.Content()
		if err != nil {
			to.Note(e.file, 0, "unreadable", err.Error())
			continue
		}
		to.Uses(e.file, e.language.name, content, e.uses)
	}
}

// maxHandedOn bounds through how many files a constant is handed on.
const maxHandedOn = 3

// asked is what is looked for, from a folder.
type asked struct {
	folder string
	imported
}

// find is where what is imported from a module is defined, and false if it is in no file.
func (p *repository) find(l *language, from string, i imported, depth int) (place, bool) {
	question := asked{path.Dir(from), i}
	if known, ok := p.found[question]; ok {
		return known, known.file != ""
	}
	p.found[question] = place{} // who asks again meanwhile goes in a circle
	at, ok := p.search(l, from, i, depth)
	if ok {
		p.found[question] = at
	}
	return at, ok
}

func (p *repository) search(l *language, from string, i imported, depth int) (place, bool) {
	for _, at := range p.locate(l, from, i) {
		e := p.exports(at.file)
		if e == nil {
			continue
		}
		if _, ok := e.constants[at.path]; ok {
			return at, true
		}
		if depth == maxHandedOn || at.file == from {
			continue
		}
		head, rest, _ := strings.Cut(at.path, ".")
		if on, ok := e.imports[head]; ok {
			if on, ok := p.find(l, at.file, imported{on.module, joinPath(on.path, rest)}, depth+1); ok {
				return on, true
			}
		}
		for _, on := range e.wild {
			if on, ok := p.find(l, at.file, imported{on.module, joinPath(on.path, at.path)}, depth+1); ok {
				return on, true
			}
		}
	}
	return place{}, false
}

// exports is what a file has for others. One that had nothing of interest by itself is parsed now.
func (p *repository) exports(at string) *shared {
	if e, ok := p.files[at]; ok {
		return e
	}
	f, ok := p.all[at]
	if !ok {
		return nil
	}
	p.files[at] = &shared{file: f}
	l, extension := byExtension(at)
	if l == nil || f.Size > source.MaxFileBytes {
		return p.files[at]
	}
	l.prepare()
	content, err := f.Content()
	if err != nil || source.Unreadable(at, content) != "" {
		return p.files[at]
	}
	if t, err := parse(l.compiled[extension], l.parsed(content)); err == nil {
		r := newReading(l, f, t, p.names)
		r.declare()
		r.uses = nil // those that it had are given
		p.files[at] = r.exports()
	}
	return p.files[at]
}

// place is a constant's file and its path in it.
type place struct{ file, path string }

// locate gives the files that a module may be in.
func (p *repository) locate(l *language, from string, i imported) []place {
	var all []place
	for _, at := range l.locate(from, i.module, i.path) {
		end, only := strings.CutPrefix(at.file, "*/")
		if !only {
			if p.all[at.file] != nil {
				all = append(all, at)
			}
			continue
		}
		for _, candidate := range p.nearest(from, p.endIn(end)) {
			all = append(all, place{candidate, at.path})
		}
	}
	return all
}

// endIn are the files whose paths end so.
func (p *repository) endIn(end string) []string {
	if known, ok := p.ended[end]; ok {
		return known
	}
	var all []string
	for _, candidate := range p.ends[path.Base(end)] {
		if candidate == end || strings.HasSuffix(candidate, "/"+end) {
			all = append(all, candidate)
		}
	}
	p.ended[end] = all
	return all
}

// maxCandidates bounds the files that a module is looked for in.
const maxCandidates = 4

// nearest are those of the files that have the most folders in common with another.
func (p *repository) nearest(from string, files []string) []string {
	if len(files) < 2 {
		return files
	}
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b string) int { return common(from, b) - common(from, a) })
	return files[:min(len(files), maxCandidates)]
}

// common is how long the part is with which two paths begin alike.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// prove makes a constant's value a use.
func (e *shared) prove(id string, as *source.Use) {
	c := e.constants[id]
	proven := *as
	proven.At, proven.Key, proven.Rewrite, proven.Within = c.At, c.Key, c.Rewrite, c.Within
	proven.Value, proven.Unit = nil, nil // they stand in the other file
	for i := range e.uses {
		if e.uses[i].At == c.At {
			if e.uses[i].Tier > proven.Tier {
				e.uses[i] = proven
			}
			return
		}
	}
	e.uses = append(e.uses, proven)
}
