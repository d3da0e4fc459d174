// Package yamlsyntax says where a YAML file's syntax is wrong.
package yamlsyntax

import (
	"bytes"
	"io"
	"regexp"
	"sort"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Locate splits what the YAML reader says of a file into the line at which it shows and
// the rest.
func Locate(data []byte, err error) (line int, text string) {
	line, text = split(err)
	return max(line, firstWrong(data, text)), text
}

// SecondDocument is the line at which a file's second document begins, 0 if it has none:
// readers take the first and would leave the rest unread.
func SecondDocument(data []byte) int {
	d := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	if d.Decode(&first) != nil {
		return 0
	}
	switch err := d.Decode(&second); err {
	case nil:
		return second.Line
	case io.EOF:
		return 0
	default:
		line, _ := split(err)
		return max(line, 1)
	}
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

func split(err error) (line int, text string) {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return 0, err.Error()
	}
	line, _ = strconv.Atoi(m[1])
	return line, err.Error()[len(m[0]):]
}

// firstWrong is the line at which a syntax error shows. The YAML reader names the line
// where the enclosing block begins, often far above: so look for the shortest
// beginning of the file that has the same error.
func firstWrong(data []byte, text string) int {
	lines := bytes.SplitAfter(data, []byte("\n"))
	return 1 + sort.Search(len(lines)-1, func(i int) bool {
		var n yaml.Node
		err := yaml.Unmarshal(bytes.Join(lines[:i+1], nil), &n)
		if err == nil {
			return false
		}
		_, other := split(err)
		return other == text
	})
}
