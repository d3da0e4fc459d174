package config

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	semconvlint "github.com/koine-otel/koine/semconv-lint"
)

// decode reads a file into a Config. yaml's own decoder gives lines without columns, and none for
// what is missing.
func decode(path string, r io.Reader, c *Config, docs []*semconvlint.Doc) error {
	d := decoder{path: path}
	var document, more yaml.Node
	file := yaml.NewDecoder(r)
	switch err := file.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil // an empty file sets nothing
	case err != nil:
		return d.syntax(err)
	}
	root := document.Content[0]
	if err := file.Decode(&more); !errors.Is(err, io.EOF) {
		d.fail(&more, "there is more than one document")
		return errors.Join(d.errs...)
	}
	if !(root.Kind == yaml.ScalarNode && root.Tag == "!!null") { // comments alone
		d.value(root, reflect.ValueOf(c).Elem(), "")
		d.validate(root, c, docs)
		d.sort()
	}
	return errors.Join(d.errs...)
}

type decoder struct {
	path string
	errs []error
}

// mistake is something wrong at a place of a file.
type mistake struct {
	path         string
	line, column int
	what         string
}

func (m *mistake) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", m.path, m.line, m.column, m.what)
}

func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	d.errs = append(d.errs, &mistake{d.path, max(n.Line, 1), max(n.Column, 1), fmt.Sprintf(format, args...)})
}

// sort puts mistakes in the file's order: maps have none.
func (d *decoder) sort() {
	slices.SortStableFunc(d.errs, func(a, b error) int {
		x, y := a.(*mistake), b.(*mistake)
		return cmp.Or(cmp.Compare(x.line, y.line), cmp.Compare(x.column, y.column), cmp.Compare(x.what, y.what))
	})
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// syntax turns yaml's "yaml: line 3: …" into the form of all others. It knows no column.
func (d *decoder) syntax(err error) error {
	message, line := err.Error(), "1"
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		message, line = message[len(m[0]):], m[1]
	}
	return fmt.Errorf("%s:%s:1: %s", d.path, line, strings.TrimPrefix(message, "yaml: "))
}

// value fills a value from a node; at names it for who reads an error.
func (d *decoder) value(n *yaml.Node, to reflect.Value, at string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if to.Kind() == reflect.Pointer {
		to.Set(reflect.New(to.Type().Elem()))
		to = to.Elem()
	}
	if text, ok := to.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if n.Kind != yaml.ScalarNode {
			d.fail(n, "%s: %s, not one word", at, kindOf(n))
		} else if err := text.UnmarshalText([]byte(n.Value)); err != nil {
			d.fail(n, "%s: %v", at, err)
		}
		return
	}
	switch to.Kind() {
	case reflect.Struct:
		d.fields(n, to, at)
	case reflect.Map:
		d.entries(n, to, at)
	case reflect.Slice:
		d.items(n, to, at)
	case reflect.String:
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Tag == "!!bool" {
			d.fail(n, "%s: %s, not a text", at, kindOf(n))
			return
		}
		to.SetString(n.Value)
	default:
		if err := n.Decode(to.Addr().Interface()); err != nil {
			d.fail(n, "%s: %v", at, err)
		}
	}
}

func (d *decoder) fields(n *yaml.Node, to reflect.Value, at string) {
	fields := map[string]reflect.Value{}
	var names []string
	for i := range to.NumField() {
		if name := to.Type().Field(i).Tag.Get("yaml"); name != "-" {
			fields[name] = to.Field(i)
			names = append(names, name)
		}
	}
	d.pairs(n, at, func(key, value *yaml.Node) {
		if field, known := fields[key.Value]; known {
			d.value(value, field, joined(at, key.Value))
		} else {
			d.fail(key, "unknown key %q, there are %s", joined(at, key.Value), strings.Join(names, ", "))
		}
	})
	if line := to.FieldByName("Line"); line.IsValid() {
		line.SetInt(int64(n.Line))
	}
}

func (d *decoder) entries(n *yaml.Node, to reflect.Value, at string) {
	to.Set(reflect.MakeMap(to.Type()))
	d.pairs(n, at, func(key, value *yaml.Node) {
		v := reflect.New(to.Type().Elem()).Elem()
		d.value(value, v, joined(at, key.Value))
		to.SetMapIndex(reflect.ValueOf(key.Value), v)
	})
}

// pairs are a mapping's, each key once.
func (d *decoder) pairs(n *yaml.Node, at string, each func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		if at == "" {
			at = "configuration"
		}
		d.fail(n, "%s: %s, not keys with values", at, kindOf(n))
		return
	}
	var seen []string
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if slices.Contains(seen, key.Value) {
			d.fail(key, "%s is there twice", joined(at, key.Value))
			continue
		}
		seen = append(seen, key.Value)
		each(key, n.Content[i+1])
	}
}

func (d *decoder) items(n *yaml.Node, to reflect.Value, at string) {
	if n.Kind != yaml.SequenceNode {
		d.fail(n, "%s: %s, not a list", at, kindOf(n))
		return
	}
	to.Set(reflect.MakeSlice(to.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		d.value(item, to.Index(i), fmt.Sprintf("%s[%d]", at, i))
	}
}

func joined(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys with values"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	}
	return "a text"
}
