//go:build cgo

package treesitter

import (
	file "path"
	"strings"

	sitter "github.com/tree-sitter/go-tree-sitter"
)

// languages are all that are read.
var languages = []*language{
	&python, &javascript, &typescript, &java, &kotlin,
	&csharp, &ruby, &php, &rust, &cpp,
}

// byExtension finds a file's language.
func byExtension(path string) (*language, string) {
	_, extension, _ := strings.Cut(file.Ext(path), ".")
	for _, l := range languages {
		if _, ok := l.grammars[extension]; ok {
			return l, extension
		}
	}
	return nil, ""
}

// parsed is a file's content as it is parsed.
func (l *language) parsed(content []byte) []byte {
	if l.masked == nil {
		return content
	}
	return l.masked(content)
}

// prepare compiles a language's tables, once.
func (l *language) prepare() {
	l.once.Do(func() {
		l.compiled, l.byName = map[string]*grammar{}, map[string][]*callee{}
		for extension, grammar := range l.grammars {
			l.compiled[extension] = compile(sitter.NewLanguage(grammar()), l.syntax)
		}
		for i := range l.calls {
			for id := range strings.FieldsSeq(l.calls[i].names) {
				l.byName[id] = append(l.byName[id], &l.calls[i])
			}
		}
	})
}
