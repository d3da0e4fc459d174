// Package weaver loads a company's own conventions, written as a Weaver registry, over
// the embedded ones. It is apart from package registry so that who only looks things
// up does not link a YAML reader.
package weaver

import (
	"fmt"

	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/registry/definition"
)

// Load reads registries and merges them, in their order, over the embedded one.
//
// A path is a folder, a .zip, a .tar, a .tar.gz or .tgz, each with an optional
// [folder] inside. Files may be of both formats (`groups:` and `file_format:
// definition/2`). A manifest.yaml, or registry_manifest.yaml, may name dependencies by
// relative path, which are merged too; OpenTelemetry's own registries are satisfied by
// the embedded one whatever version is asked for, and nothing is ever fetched. What
// the embedded registry defines may be referred to, also without a manifest.
//
// A definition replaces an earlier one of the same name, but may not give an attribute
// another value type, nor be renamed to what there is not. The error joins all that is wrong, up to a bound, each a
// definition.Error with file and line.
func Load(paths ...string) (*registry.Registry, error) {
	r := registry.Default()
	var problems definition.Problems
	places := map[string]definition.Position{}
	bases := []definition.Base{base{r}}
	var all []*definition.Set
	for _, path := range paths {
		sets, err := definition.Read(path, bases...)
		if err != nil {
			return nil, err
		}
		for _, set := range sets {
			bases, all = append(bases, set), append(all, set)
			c := conventions(set)
			keepTypes(r, set, c.Attributes, places, &problems)
			r = r.With(c)
		}
	}
	for _, set := range all {
		checkRenames(r, set, &problems)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return r, nil
}

// keepTypes refuses to give an attribute another value type. That its values become
// known (an enum), or no longer are, is none.
func keepTypes(r *registry.Registry, set *definition.Set, attributes []registry.Attribute, places map[string]definition.Position, problems *definition.Problems) {
	for i, a := range set.Attributes {
		old := r.Lookup(a.Key)
		if was, now := old, attributes[i].Type; was != nil && was.Deprecation != registry.Absent && was.Type&^registry.Enum != now&^registry.Enum {
			at := fmt.Sprintf("the conventions %s", registry.Version)
			if p, ok := places[a.Key]; ok {
				at = p.String()
			}
			problems.Add(a.At, "%s: type %s, but %s in %s", a.Key, now, was.Type, at)
		}
		places[a.Key] = a.At
	}
}
