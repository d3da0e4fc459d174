package semconvlint

import (
	"github.com/koine-otel/koine/semconv"
	"github.com/koine-otel/koine/semconv/dialects"
	"github.com/koine-otel/koine/semconv/registry"
	"github.com/koine-otel/koine/semconv/registry/weaver"
	"github.com/koine-otel/koine/semconv/translate"
)

// Conventions are what is right.
type Conventions struct {
	*semconv.Judge
	Registry *registry.Registry
	Table    *translate.Table
}

// NewConventions are those of a version of the semantic conventions, "" for the newest that is
// known, with company registries in Weaver's format over them: folders.
func NewConventions(target string, registries ...string) (*Conventions, error) {
	r, err := weaver.Load(registries...)
	if err != nil {
		return nil, err // it says that it is of a registry
	}
	vocabularies := append(translate.Embedded(), dialects.All()...)
	table := translate.New(translate.Options{Registry: r, Target: target}, vocabularies...)
	return &Conventions{Judge: semconv.NewJudge(r, table), Registry: r, Table: table}, nil
}
