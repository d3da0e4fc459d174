package translate

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Form is text with attributes in it, "{http.request.method} {http.route}": text and keys in
// turn, text first, "" where two keys meet.
type Form []string

// UnmarshalYAML reads a form.
func (f *Form) UnmarshalYAML(node *yaml.Node) error {
	var text string
	if err := node.Decode(&text); err != nil {
		return err
	}
	*f = nil
	for text != "" {
		literal, rest, isKey := strings.Cut(text, "{")
		*f = append(*f, literal)
		if !isKey {
			break
		}
		key, after, closed := strings.Cut(rest, "}")
		if !closed || key == "" || strings.Contains(key, "{") {
			return at(node, fmt.Errorf("%s: a brace without its other one", text))
		}
		*f = append(*f, key)
		text = after
	}
	if strings.Contains(strings.Join(*f, ""), "}") {
		return at(node, errors.New("a brace without its other one"))
	}
	return nil
}

// String is the form as it is written.
func (f Form) String() string {
	var b strings.Builder
	for i, part := range f {
		if i%2 == 1 {
			part = "{" + part + "}"
		}
		b.WriteString(part)
	}
	return b.String()
}

func (f Form) named() bool { return len(f) > 1 }

// fits is whether a name has the form's own text, in its order. It spares most names that any
// attribute is looked up.
func (f Form) fits(name string) bool {
	if n := len(f); n%2 == 1 && !strings.HasSuffix(name, f[n-1]) {
		return false
	}
	for i := 0; i < len(f); i += 2 {
		at := strings.Index(name, f[i])
		if at < 0 {
			return false
		}
		name = name[at+len(f[i]):]
	}
	return true
}

// formTexts are the attributes that a form was compared with, so that nobody looks for them twice.
type formTexts struct {
	keys, texts [formKeys]string
	n           int
	text        func(key string) string
}

// formKeys is how many attributes are remembered: forms have at most three.
const formKeys = 4

func (v *formTexts) get(key string) string {
	for i := range v.n {
		if v.keys[i] == key {
			return v.texts[i]
		}
	}
	text := v.text(key)
	if v.n < formKeys {
		v.keys[v.n], v.texts[v.n] = key, text
		v.n++
	}
	return text
}

// is whether a name is what the form makes of attributes, all of which are there.
func (f Form) is(name string, v *formTexts) bool {
	for i, part := range f {
		if i%2 == 1 {
			if part = v.get(part); part == "" {
				return false
			}
		}
		rest, ok := strings.CutPrefix(name, part)
		if !ok {
			return false
		}
		name = rest
	}
	return name == ""
}

// of is the name that the form makes, empty if an attribute is not there.
func (f Form) of(v *formTexts) string {
	var scratch [128]byte
	name := scratch[:0]
	for i, part := range f {
		if i%2 == 1 {
			if part = v.get(part); part == "" {
				return ""
			}
		}
		name = append(name, part...)
	}
	return string(name)
}

// formsOf are the forms that a span with some attributes may have its name of.
func (t *Table) formsOf(place Place, has func(key string) bool) []*SpanRule {
	var forms []*SpanRule
next:
	for _, r := range t.forms {
		if r.places&place == 0 {
			continue
		}
		for i := 1; i < len(r.Was); i += 2 {
			if !has(r.Was[i]) {
				continue next
			}
		}
		forms = append(forms, r)
	}
	return forms
}

// NameOf gives the name of today of the span that was translated last, if its name is of an
// older form, by what text says of its attributes, which are translated. It is empty of a name
// that is right or the user's own.
func (r *Result) NameOf(name string, text func(key string) string) string {
	for _, form := range r.forms {
		if form.Was.fits(name) {
			if today := form.rename(name, text); today != "" {
				return today
			}
		}
	}
	return ""
}

func (r *SpanRule) rename(name string, text func(key string) string) string {
	v := formTexts{text: text}
	if !r.Was.is(name, &v) {
		return ""
	}
	return r.To.of(&v)
}
