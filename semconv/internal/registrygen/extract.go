package main

import (
	"fmt"
	"strings"
)

const extractHeader = "# kind\tkey or id\ttype or value\tstability\tdeprecation\trenamed to\n"

// writeExtract gives one line an attribute and, below it, one a member of its enum.
func writeExtract(attributes []attribute) []byte {
	var b strings.Builder
	b.WriteString(extractHeader)
	for _, a := range attributes {
		writeLine(&b, "attribute", a.key, a.typ, a.stability, a.reason, a.renamedTo)
		for _, m := range a.members {
			writeLine(&b, "member", m.id, m.value, m.stability, m.reason, m.renamedTo)
		}
	}
	return []byte(b.String())
}

func writeLine(b *strings.Builder, fields ...string) {
	b.WriteString(strings.TrimRight(strings.Join(fields, "\t"), "\t"))
	b.WriteByte('\n')
}

// readExtract is the inverse of writeExtract; an error names the line.
func readExtract(name, data string) ([]attribute, error) {
	var attributes []attribute
	for i, line := range strings.Split(strings.TrimSuffix(data, "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := make([]string, 6)
		if n := copy(fields, strings.Split(line, "\t")); n < 3 {
			return nil, fmt.Errorf("%s:%d: %d fields, want at least 3", name, i+1, n)
		}
		switch fields[0] {
		case "attribute":
			attributes = append(attributes, attribute{key: fields[1], typ: fields[2], stability: fields[3], reason: fields[4], renamedTo: fields[5]})
		case "member":
			if len(attributes) == 0 {
				return nil, fmt.Errorf("%s:%d: a member without an attribute before it", name, i+1)
			}
			last := &attributes[len(attributes)-1]
			last.members = append(last.members, member{fields[1], fields[2], fields[3], fields[4], fields[5]})
		default:
			return nil, fmt.Errorf("%s:%d: unknown kind %q", name, i+1, fields[0])
		}
	}
	return attributes, nil
}
