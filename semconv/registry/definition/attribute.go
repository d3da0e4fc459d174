package definition

import "go.yaml.in/yaml/v3"

// attribute reads what both formats write the same way, but for the key's name.
func (f *file) attribute(n *yaml.Node, key string) Attribute {
	a := Attribute{
		Key:        key,
		Stability:  f.stability(n, key),
		Deprecated: f.deprecated(n, key),
		At:         f.at(n),
	}
	switch t := get(n, "type"); {
	case t == nil:
		f.problems.Add(f.at(n), "%s: an attribute without a type", key)
	case t.Kind == yaml.MappingNode:
		a.Type, a.Members = f.enum(t, key)
	default:
		a.Type = f.word(n, "type", key, "any", types)
	}
	return a
}

// enum reads the members and takes their type from their values.
func (f *file) enum(t *yaml.Node, key string) (string, []Member) {
	var members []Member
	tags := map[string]bool{}
	f.only(t, enumKeys)
	list := f.list(t, "members")
	for _, n := range list {
		n = resolved(n)
		f.only(n, memberKeys)
		m := Member{ID: f.text(n, "id"), Value: f.text(n, "value"), Stability: f.stability(n, key)}
		m.Deprecated = f.deprecated(n, key+"="+m.Value)
		if m.ID == "" || get(n, "value") == nil {
			f.problems.Add(f.at(n), "%s: a member without an id or a value", key)
			continue
		}
		tags[get(n, "value").Tag] = true
		members = append(members, m)
	}
	if len(list) == 0 {
		f.problems.Add(f.at(t), "%s: an enum without members", key)
	}
	if len(tags) == 1 && tags["!!int"] {
		return "enum:int", members
	}
	if len(tags) == 1 && tags["!!bool"] {
		return "enum:boolean", members
	}
	return "enum:string", members
}

// stability is development where nothing is said, and for the older word of it.
func (f *file) stability(n *yaml.Node, owner string) string {
	switch s := f.word(n, "stability", owner, "development", stabilities); s {
	case "experimental", "deprecated":
		return "development"
	default:
		return s
	}
}

// deprecated reads the structured form and the text that older registries write, from
// which nothing can be told.
func (f *file) deprecated(n *yaml.Node, owner string) Deprecated {
	d := get(n, "deprecated")
	if d == nil || d.Tag == "!!null" {
		return Deprecated{}
	}
	if d.Kind == yaml.ScalarNode {
		return Deprecated{Reason: "uncategorized"}
	}
	f.only(d, deprecatedKeys)
	reason := f.word(d, "reason", owner, "uncategorized", reasons)
	to := f.text(d, "renamed_to")
	switch {
	case reason == "unspecified":
		reason = "uncategorized"
	case reason == "renamed" && to == "":
		f.problems.Add(f.at(d), "%s: renamed without a renamed_to", owner)
	case reason != "renamed":
		to = ""
	}
	return Deprecated{Reason: reason, RenamedTo: to}
}

// level reads a requirement level; its condition is prose and dropped. It is empty
// where nothing is said: a reference then keeps what it inherits.
func (f *file) level(n *yaml.Node, owner string) string {
	l := get(n, "requirement_level")
	if l == nil || l.Tag == "!!null" {
		return ""
	}
	if l.Kind == yaml.MappingNode && len(l.Content) >= 2 {
		l = l.Content[0]
	}
	if !levels[l.Value] {
		f.problems.Add(f.at(l), "%s: unknown requirement level %q", owner, l.Value)
		return ""
	}
	return l.Value
}
