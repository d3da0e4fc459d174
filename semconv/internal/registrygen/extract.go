package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/koine-otel/koine/semconv/registry/definition"
)

// The extracts: one line a thing, and below it one a member or an attribute. Trailing
// empty columns are left out; lists are separated by commas.
const (
	versionHeader   = "# version\n"
	attributeHeader = "# attribute\tkey\ttype\tstability\ton\tdeprecation\trenamed to\tsince\tinstead\tvia\tintroduced\n" +
		"# member\tid\tvalue\tstability\tdeprecation\trenamed to\tsince\n"
	signalHeader = "# %s\tname\trefinement\tstability\tdeprecation\trenamed to\tsince\tinstead\tvia\tintroduced\tentities%s\n" +
		"# use\tkey\tlevel\tidentifying\n"
	groupHeader = "# group\tid\n# use\tkey\tlevel\tidentifying\n"
)

var signalFiles = [...]struct{ name, columns string }{
	definition.Span:   {"spans.tsv", "\tspan kind"},
	definition.Metric: {"metrics.tsv", "\tinstrument\tunit\tvalue type"},
	definition.Event:  {"events.tsv", ""},
	definition.Entity: {"entities.tsv", ""},
}

func writeExtracts(f *facts) map[string][]byte {
	files := map[string][]byte{"version.tsv": []byte(versionHeader + "version\t" + f.version + "\n")}
	var b strings.Builder
	b.WriteString(attributeHeader)
	for _, a := range f.attributes {
		writeLine(&b, "attribute", a.Key, a.Type, a.Stability, placeWords(a.places), a.Deprecated.Reason, a.Deprecated.RenamedTo, a.since, list(a.instead), a.via, a.introduced)
		for _, m := range a.Members {
			writeLine(&b, "member", m.ID, m.Value, m.Stability, m.Deprecated.Reason, m.Deprecated.RenamedTo, a.retiredValues[m.Value])
		}
	}
	files["attributes.tsv"] = []byte(b.String())
	for kind, file := range signalFiles {
		files[file.name] = writeSignals(f.signals, definition.Kind(kind), file.columns)
	}
	b.Reset()
	b.WriteString(groupHeader)
	for _, g := range f.groups {
		writeLine(&b, "group", g.ID)
		writeUses(&b, g.Uses)
	}
	files["groups.tsv"] = []byte(b.String())
	return files
}

func writeSignals(signals []signal, kind definition.Kind, columns string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, signalHeader, kind, columns)
	for _, s := range signals {
		if s.Kind != kind {
			continue
		}
		fields := []string{kind.String(), s.Name, s.Refinement, s.Stability, s.Deprecated.Reason, s.Deprecated.RenamedTo, s.since, list(s.instead), s.via, s.introduced, list(s.Entities)}
		switch kind {
		case definition.Span:
			fields = append(fields, s.SpanKind)
		case definition.Metric:
			fields = append(fields, s.Instrument, s.Unit, s.ValueType)
		}
		writeLine(&b, fields...)
		writeUses(&b, s.Uses)
	}
	return []byte(b.String())
}

func writeUses(b *strings.Builder, uses []definition.Use) {
	for _, u := range uses {
		identifying := ""
		if u.Identifying {
			identifying = "identifying"
		}
		writeLine(b, "use", u.Key, u.Level, identifying)
	}
}

func writeLine(b *strings.Builder, fields ...string) {
	b.WriteString(strings.TrimRight(strings.Join(fields, "\t"), "\t"))
	b.WriteByte('\n')
}

func list(names []string) string { return strings.Join(names, ",") }

func placeWords(p definition.Places) string {
	if p == definition.Anywhere {
		return "anywhere"
	}
	var words []string
	for kind := definition.Span; kind <= definition.Entity; kind++ {
		if p&(1<<kind) != 0 {
			words = append(words, kind.String())
		}
	}
	return list(words)
}

// readExtracts is the inverse of writeExtracts; an error names file and line.
func readExtracts(folder fs.FS) (*facts, error) {
	f := &facts{}
	names := []string{"version.tsv", "attributes.tsv", "groups.tsv"}
	for _, file := range signalFiles {
		names = append(names, file.name)
	}
	for _, name := range names {
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
			if strings.HasPrefix(line, "#") {
				continue
			}
			fields := make([]string, 14)
			copy(fields, strings.Split(line, "\t"))
			if err := f.readLine(fields); err != nil {
				return nil, at(name, i+1, "%w", err)
			}
		}
	}
	return f, nil
}

func (f *facts) readLine(fields []string) error {
	switch fields[0] {
	case "version":
		f.version = fields[1]
	case "attribute":
		f.attributes = append(f.attributes, attribute{
			definition.Attribute{Key: fields[1], Type: fields[2], Stability: fields[3], Deprecated: definition.Deprecated{Reason: fields[5], RenamedTo: fields[6]}},
			places(fields[4]), history{fields[10], fields[7], fields[9], split(fields[8], ",")},
			map[string]string{},
		})
	case "member":
		return f.readMember(fields)
	case "group":
		f.groups = append(f.groups, definition.Group{ID: fields[1]})
	case "use":
		return f.readUse(fields)
	default:
		return f.readSignal(fields)
	}
	return nil
}

func (f *facts) readMember(fields []string) error {
	if len(f.attributes) == 0 {
		return errors.New("a member without an attribute before it")
	}
	last := &f.attributes[len(f.attributes)-1]
	last.Members = append(last.Members, definition.Member{
		ID: fields[1], Value: fields[2], Stability: fields[3], Deprecated: definition.Deprecated{Reason: fields[4], RenamedTo: fields[5]},
	})
	if fields[6] != "" {
		last.retiredValues[fields[2]] = fields[6]
	}
	return nil
}

// readUse adds to the last signal or, while there is none, to the last group: groups
// are read first.
func (f *facts) readUse(fields []string) error {
	u := definition.Use{Key: fields[1], Level: fields[2], Identifying: fields[3] == "identifying"}
	switch {
	case len(f.signals) > 0:
		last := &f.signals[len(f.signals)-1]
		last.Uses = append(last.Uses, u)
	case len(f.groups) > 0:
		last := &f.groups[len(f.groups)-1]
		last.Uses = append(last.Uses, u)
	default:
		return errors.New("a use without anything before it")
	}
	return nil
}

func (f *facts) readSignal(fields []string) error {
	s := signal{history: history{fields[9], fields[6], fields[8], split(fields[7], ",")}}
	s.Name, s.Refinement, s.Stability = fields[1], fields[2], fields[3]
	s.Deprecated = definition.Deprecated{Reason: fields[4], RenamedTo: fields[5]}
	s.Entities = split(fields[10], ",")
	switch fields[0] {
	case "span":
		s.Kind, s.SpanKind = definition.Span, fields[11]
	case "metric":
		s.Kind, s.Instrument, s.Unit, s.ValueType = definition.Metric, fields[11], fields[12], fields[13]
	case "event":
		s.Kind = definition.Event
	case "entity":
		s.Kind = definition.Entity
	default:
		return fmt.Errorf("unknown kind %q", fields[0])
	}
	f.signals = append(f.signals, s)
	return nil
}

func places(words string) definition.Places {
	var p definition.Places
	for kind := definition.Span; kind <= definition.Entity; kind++ {
		if words == "anywhere" || strings.Contains(words, kind.String()) {
			p |= 1 << kind
		}
	}
	return p
}
