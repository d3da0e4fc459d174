// Package dialects are the vocabularies that are not of OpenTelemetry's conventions: what
// other tracing libraries and proxies call the same things. Each is a file of rules as
// package translate reads them; names that mean something else elsewhere are translated
// only beside a mark of who wrote them.
package dialects

import (
	"embed"
	"slices"
	"sync"

	"github.com/koine-otel/koine/semconv/translate"
)

//go:generate go run ../internal/conversiontable ../../docs/conversions.md

//go:embed *.yaml
var files embed.FS

// All are the dialects by name in order. Where two have a source for one attribute, the
// first is preferred. The slice is the caller's, the vocabularies must not be changed.
func All() []*translate.Vocabulary { return slices.Clone(parsed()) }

// Names are the dialects' names in order.
func Names() []string {
	var names []string
	for _, v := range parsed() {
		names = append(names, v.Name)
	}
	return names
}

var parsed = sync.OnceValue(func() []*translate.Vocabulary {
	all, err := parse()
	if err != nil {
		panic(err) // a test reads the embedded files
	}
	return all
})

func parse() ([]*translate.Vocabulary, error) { return translate.ParseVocabularies(files, "*.yaml") }
