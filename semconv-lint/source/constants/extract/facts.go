package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"os"
	"strings"
)

// facts are each language's constants.
type facts map[string]map[constant]meaning

type constant struct{ pkg, name string }

type meaning struct{ name, member string }

// add keeps what is known: the tables come newest first.
func (f facts) add(language, pkg, name string, m meaning) {
	if f[language] == nil {
		f[language] = map[constant]meaning{}
	}
	if _, known := f[language][constant{pkg, name}]; !known {
		f[language][constant{pkg, name}] = m
	}
}

// readToday takes the constants that are names for certain, and those of PHP that are members:
// of the other languages' members the table does not have the class.
func (f facts) readToday(path string) error {
	type value struct{ pkg, name, text string }
	var php []value
	err := eachLine(path, func(fields []string) {
		if len(fields) != 5 || fields[0] == "" {
			return // a line of a text of several
		}
		language, name, text, state := fields[0], fields[2], fields[3], fields[4]
		packages := packagesOf(language, fields[1])
		name = nameOf(language, fields[1], name)
		if state != "live" && state != "deprecated" && !sure(language, name, text) {
			if language == "php" && name != "SCHEMA_URL" {
				php = append(php, value{packages[0], name, text})
			}
			return
		}
		for _, p := range packages {
			f.add(language, p, name, meaning{name: text})
		}
	})
	for _, v := range php {
		f.add("php", v.pkg, v.name, meaning{attributeOf(f["php"], v.name), v.text})
	}
	return err
}

// attributeOf is the attribute with the longest name that a member's begins with.
func attributeOf(constants map[constant]meaning, member string) string {
	attribute, length := "", 0
	for c, m := range constants {
		if m.member != "" || !strings.HasPrefix(member, c.name+"_") {
			continue
		}
		if len(c.name) > length || len(c.name) == length && m.name < attribute {
			attribute, length = m.name, len(c.name)
		}
	}
	return attribute
}

func (f facts) readMore(path string) error {
	return eachLine(path, func(fields []string) {
		fields = append(fields, "")
		for p := range strings.FieldsSeq(fields[1]) {
			f.add(fields[0], p, fields[2], meaning{fields[3], fields[4]})
		}
	})
}

func eachLine(path string, do func(fields []string)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	lines := bufio.NewScanner(unpacked)
	for lines.Scan() {
		do(strings.Split(lines.Text(), "\t"))
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
