package definition

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// group is what both formats come to before references are followed: an attribute
// group or, if signal is set, a span, metric, event or entity.
type group struct {
	id     string
	signal bool
	Signal
	// refines is the name of the signal that a refinement takes its facts from.
	refines string
	// includes are ids of groups, by extends or ref_group.
	includes []reference
	uses     []use
	// refers is a group that mentions attributes and not only defines them; included is
	// one that another includes.
	refers, included bool
	state            state
}

// use is a Use whose level and role may be left to what is inherited.
type use struct {
	key, level, role string
	at               Position
}

// reference is the id of something and where it is mentioned.
type reference struct {
	id string
	at Position
}

// raw is what the files of one registry say.
type raw struct {
	attributes []Attribute
	groups     []*group
	imports    []importing
}

type importing struct {
	kind, glob string
	at         Position
}

// read reads a file of either format.
func (f *file) read(data []byte, into *raw) {
	n := f.parse(data)
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode {
		f.problems.Add(f.at(n), "want a mapping with groups, or with file_format definition/2")
		return
	}
	format, keys := f.text(n, "file_format"), firstFormat
	second := get(n, "version") != nil || format != ""
	if second {
		keys = secondFormat
	}
	if format != "" && format != "definition/2" {
		f.problems.Add(f.at(get(n, "file_format")), "unknown file format %q, want definition/2", format)
		return
	}
	f.only(n, keys)
	if second {
		f.second(n, into)
	} else {
		f.first(n, into)
	}
	f.imports(get(n, "imports"), into)
}

var importKinds = [...][2]string{
	{"spans", "span"}, {"metrics", "metric"}, {"events", "event"}, {"entities", "entity"},
	{"attribute_groups", "attribute_group"},
}

func (f *file) imports(n *yaml.Node, into *raw) {
	f.only(n, importKeys)
	for _, k := range importKinds {
		for _, glob := range f.list(n, k[0]) {
			glob = resolved(glob)
			into.imports = append(into.imports, importing{k[1], strings.TrimPrefix(glob.Value, k[1]+"."), f.at(glob)})
		}
	}
}

// entities flattens an association: names, and nested one_of and all_of of names.
func (f *file) entities(n *yaml.Node, key string, depth int) []string {
	var names []string
	for _, e := range f.list(n, key) {
		switch e = resolved(e); {
		case e.Kind == yaml.ScalarNode:
			names = append(names, e.Value)
		case get(e, "ref") != nil:
			names = append(names, f.text(e, "ref"))
		case depth < maxChain:
			names = append(names, f.entities(e, "one_of", depth+1)...)
			names = append(names, f.entities(e, "all_of", depth+1)...)
		}
	}
	return names
}

func (f *file) valueType(n *yaml.Node, owner string) string {
	return f.word(get(get(n, "annotations"), "code_generation"), "metric_value_type", owner, "", valueTypes)
}
