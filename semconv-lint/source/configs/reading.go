package configs

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/koine-otel/koine/semconv-lint/source"
	"github.com/koine-otel/koine/semconv-lint/source/configs/collector"
	"github.com/koine-otel/koine/semconv-lint/source/yamltext"
)

// reading is of one file.
type reading struct {
	file    *source.File
	sink    source.Sink
	content []byte
	uses    []source.Use
	seen    map[use]bool
	// walked are nodes that were read: an alias brings them again.
	walked map[*yamltext.Node]bool
}

func newReading(f *source.File, to source.Sink, content []byte) *reading {
	return &reading{file: f, sink: to, content: content, seen: map[use]bool{}, walked: map[*yamltext.Node]bool{}}
}

// use tells uses apart: an alias brings one several times.
type use struct {
	at    source.Range
	role  source.Role
	key   string
	value string
}

func (r *reading) add(all ...source.Use) {
	for _, u := range all {
		id := use{at: u.At, role: u.Role, key: u.Key}
		if u.Value != nil {
			id.value = u.Value.Text
		}
		if !r.seen[id] {
			r.seen[id] = true
			r.uses = append(r.uses, u)
		}
	}
}

func (r *reading) found(all []collector.Found) {
	for _, f := range all {
		r.add(f.Use)
	}
}

func (r *reading) note(at int, reason, message string) {
	line, _ := source.LinesOf(r.content).Position(r.content, at)
	r.sink.Note(r.file, line, reason, message)
}

func (r *reading) read(form string) {
	switch form {
	case jsonForm:
		root, err := yamltext.ParseJSON(r.content)
		if err != nil {
			r.settings(yamltext.Literal(string(r.content), 0), false) // with comments, as editors have it
			return
		}
		r.document(root)
	case yamlForm:
		r.yaml()
	case propertiesForm:
		r.properties()
	default:
		r.settings(yamltext.Literal(string(r.content), 0), false)
	}
}

func (r *reading) yaml() {
	content := r.content
	if bytes.Contains(content, []byte("{{")) || bytes.Contains(content, []byte("{%")) {
		content = masked(content)
	}
	broken := false
	for _, d := range yamltext.Parse(content) {
		if d.Err != nil {
			r.sink.Note(r.file, d.Line, "syntax error", d.Err.Error())
			broken = true
			continue
		}
		r.document(d.Root)
	}
	if broken {
		r.settings(yamltext.Literal(string(content), 0), false)
	}
}

// document reads a document, or one in a text of another.
func (r *reading) document(root *yamltext.Node) {
	w := walk{reading: r}
	w.node(root, "")
}

// maxNested is how deep documents may stand in texts of others.
const maxNested = 3

// walk is through a document.
type walk struct {
	*reading
	nested int
	// inCollector is inside a collector's configuration, which is read as a whole.
	inCollector bool
}

func (w walk) node(n *yamltext.Node, key string) {
	if w.walked[n] {
		return
	}
	w.walked[n] = true
	switch n.Kind {
	case yamltext.Scalar:
		w.scalar(n, key)
	case yamltext.Sequence:
		for _, item := range n.Items {
			w.node(item, key)
		}
	case yamltext.Mapping:
		w.mapping(n)
	}
}

func (w walk) mapping(n *yamltext.Node) {
	switch {
	case !w.inCollector && collector.Is(n):
		w.collector(n)
		w.inCollector = true
	case isDeclarative(n):
		w.found(collector.Declarative(n))
		if list := n.Get("resource", "attributes_list"); list != nil {
			w.add(attributeList(list.Text, "resource.attributes_list")...)
		}
	case isTest(n):
		w.tests(n)
	}
	w.spring(n)
	if name, value := n.Get("name"), n.Get("value"); name.Value() != "" && value != nil && value.Kind == yamltext.Scalar {
		w.add(setting(name.Value(), w.filled(value.Text))...)
	}
	for _, p := range n.Pairs {
		if key := p.Key.Value(); p.Key.Kind == yamltext.Scalar {
			w.pair(p, key)
			w.node(p.Value, key)
		}
	}
}

const annotation = "resource.opentelemetry.io/"

// pair reads a key that says itself what its value is.
func (w walk) pair(p yamltext.Pair, key string) {
	switch {
	case strings.HasPrefix(key, annotation):
		w.add(attribute(p.Key.Text.Slice(len(annotation), len(key)), p.Value, annotation)...)
	case key == "resourceAttributes" && !w.inCollector && bytes.Contains(w.content, []byte("opentelemetry.io/")):
		w.found(collector.Backend(key, p.Value))
	case key != "resourceAttributes":
		w.found(collector.Backend(key, p.Value))
	}
	if p.Value.Kind == yamltext.Scalar {
		w.add(setting(key, w.filled(p.Value.Text))...)
	}
}

// collector reads a collector's configuration.
func (w walk) collector(n *yamltext.Node) {
	for _, c := range collector.Components(n) {
		w.found(c.Found)
		for _, b := range c.Broken {
			w.note(b.At.Start, "ottl", b.Err.Error())
		}
	}
	w.found(collector.Telemetry(n))
}

// scalar reads a text: it may be a document, a script or a line of an environment.
func (w walk) scalar(n *yamltext.Node, key string) {
	if !n.String || !n.Text.Placed() {
		return
	}
	if w.nested < maxNested && strings.Contains(n.Text.Value, "\n") && telling([]byte(n.Text.Value)) {
		inner := walk{reading: w.reading, nested: w.nested + 1}
		read := false
		for _, d := range yamltext.ParseText(n.Text) {
			if d.Root != nil && d.Root.Kind != yamltext.Scalar {
				inner.node(d.Root, key)
				read = true
			}
		}
		if read {
			return
		}
	}
	w.settings(n.Text, true)
}

// filled is the text that an action of a template prints, where a value is an action.
func (w walk) filled(t yamltext.Text) yamltext.Text {
	at, literal := t.Range()
	if !literal || strings.Trim(t.Value, string(filler)) != "" {
		return t
	}
	action := w.content[at.Start:at.End]
	m := printed.FindSubmatchIndex(action)
	if m == nil {
		return t
	}
	return yamltext.Literal(string(action[m[2]:m[3]]), at.Start+m[2])
}

var printed = regexp.MustCompile(`^\{\{-?\s*\(?(?:printf\s+)?"([^"\\]*)"`)
