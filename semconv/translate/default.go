package translate

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"sync"
)

//go:embed rules/*.yaml
var ruleFiles embed.FS

// Default is the table of the embedded vocabularies.
var Default = sync.OnceValue(func() *Table { return New(Options{}, Embedded()...) })

// Embedded are the vocabularies that come with the package, in the order of their file
// names.
var Embedded = sync.OnceValue(func() []*Vocabulary {
	vocabularies, err := ParseVocabularies(ruleFiles, "rules/*.yaml")
	if err != nil {
		panic(err) // a test reads the embedded files
	}
	return vocabularies
})

// ParseVocabularies reads the files of a folder that match a pattern, in the order of
// their names.
func ParseVocabularies(files fs.FS, pattern string) ([]*Vocabulary, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, err
	}
	var vocabularies []*Vocabulary
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("vocabulary %s: %w", name, err)
		}
		v, err := ParseVocabulary(path.Base(name), data)
		if err != nil {
			return nil, err
		}
		vocabularies = append(vocabularies, v)
	}
	return vocabularies, nil
}
